#include "accounts/permissions.h"

#include <gtest/gtest.h>

#include <set>

#include "accounts/credentials.h"
#include "accounts/model.h"
#include "i18n/words.h"

namespace cairn::accounts {
namespace {

TEST(Permissions, TheTableAsItIsMeant) {
  std::set<std::string_view> names;
  for (const Permission& permission : permissions()) {
    EXPECT_TRUE(names.insert(permission.name).second) << permission.name << " is there twice";
    for (i18n::Language language : json::enum_values<i18n::Language>())
      EXPECT_TRUE(i18n::Words::in(language).has(fmt::format("accounts.permission.{}", permission.name)));
    EXPECT_TRUE(allows(Role::owner, permission.name)) << permission.name;
    EXPECT_EQ(find_permission(permission.name), &permission);
  }
  EXPECT_EQ(find_permission("no_such"), nullptr);
  for (Role role : json::enum_values<Role>()) {
    EXPECT_FALSE(allows(role, "no_such"));
    EXPECT_TRUE(allows(role, kViewReport));
    EXPECT_EQ(allows(role, kManageOwners), role == Role::owner);
    EXPECT_EQ(allows(role, kManageKeys), role == Role::owner || role == Role::admin);
    EXPECT_EQ(allows(role, kViewCustomers), role != Role::read);
  }
  EXPECT_TRUE(allows(Role::manager, kRunImport));
  EXPECT_FALSE(allows(Role::agent, kExport));
}

TEST(Permissions, AKeyCannotMakeKeysOrUsers) {
  for (std::string_view name : {kManageKeys, kManageUsers, kManageOwners})
    EXPECT_FALSE(find_permission(name)->is_scope) << name;
}

TEST(Credentials, KeysAreRecognisedByTheirForm) {
  KeyText key = make_key(system_entropy());
  EXPECT_EQ(key.id.size(), 16u);
  EXPECT_EQ(key_id(key.text), key.id);
  EXPECT_NE(make_key(system_entropy()).text, key.text);
  for (std::string bad : {std::string(), std::string("ck_"), key.text + "x", key.text.substr(1),
                          "sk" + key.text.substr(2), std::string(key.text.size(), '_')})
    EXPECT_FALSE(key_id(bad)) << bad;
}

TEST(Credentials, TheCsrfTokenIsTheCookiesOwn) {
  EXPECT_EQ(csrf_of("a"), csrf_of("a"));
  EXPECT_NE(csrf_of("a"), csrf_of("b"));
  EXPECT_EQ(csrf_of("a").size(), 43u);
}

}  // namespace
}  // namespace cairn::accounts

// One suite on SQLite and on PostgreSQL.
#include "accounts/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "accounts/credentials.h"
#include "crypto/secret.h"
#include "support/on_stores.h"

namespace cairn::accounts {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class AccountsTest : public test::OnStores {
 protected:
  void SetUp() override {
    OnStores::SetUp();
    if (store_) open_accounts();
  }
  void TearDown() override { accounts_.reset(); }
  /// As after a restart: nothing in memory but what the store gives.
  void reopen() {
    accounts_.reset();
    open_store();
    open_accounts();
  }
  void open_accounts() {
    auto opened = Accounts::open(world_, store());
    ASSERT_TRUE(opened) << opened.error().message;
    accounts_ = std::move(*opened);
  }
  Accounts& accounts() { return *accounts_; }

  std::string new_link() { return accounts().create_owner_link(Actor::operator_of_machine(), {}).value().token; }
  Accounts::SignedIn sign_in() { return accounts().sign_in(new_link()).value(); }
  Accounts::NewKey new_key(std::vector<std::string> scopes = {"send_events"}) {
    return accounts().create_key(Actor::operator_of_machine(), "shop", std::move(scopes)).value();
  }
  std::string sign_in_error(std::string_view token) {
    auto in = accounts().sign_in(token);
    EXPECT_FALSE(in);
    if (in) return "signed in";
    EXPECT_EQ(in.error().code, Code::unauthenticated);
    return in.error().message;
  }
  std::vector<std::string> acts() {
    std::vector<std::string> out;
    auto read = store().read([&](db::Session& s) -> Result<void> {
      for (const AuditEntry& e : TRY(audit_before(s, INT64_MAX, 100))) out.push_back(e.actor + ": " + e.act);
      return {};
    });
    EXPECT_TRUE(read) << read.error().message;
    return out;
  }
  /// Waits for what is written behind: the writer serves a lane in order.
  void drain() {
    write([](db::Transaction&) { return Result<void>{}; });
  }
  /// Every text the store has, to look for what must not be there.
  std::string everything();

  std::unique_ptr<Accounts> accounts_;
};
CAIRN_ON_STORES(AccountsTest);

TEST_P(AccountsTest, ALinkOpensOneSession) {
  auto link = accounts().create_owner_link(Actor::operator_of_machine(), {"Ada", " Ada@Example.org "});
  ASSERT_TRUE(link) << link.error().message << link.error().detail;
  EXPECT_EQ(link->expires_at, clock_.now() + hours(24));
  auto in = accounts().sign_in(link->token);
  ASSERT_TRUE(in) << in.error().message;
  EXPECT_EQ(in->session.user.name, "Ada");
  EXPECT_EQ(in->session.user.email, "ada@example.org");
  EXPECT_EQ(in->session.user.role, Role::owner);
  EXPECT_EQ(in->cookie.size(), 43u) << "256 bits";
  auto session = accounts().authenticate(in->cookie);
  ASSERT_TRUE(session) << session.error().message;
  EXPECT_EQ(session->user.id, in->session.user.id);
  EXPECT_EQ(session->csrf, in->session.csrf);
  EXPECT_THAT(sign_in_error(link->token), HasSubstr("has been used"));
  EXPECT_THAT(acts(), ElementsAre("session: signed_in", "operator: link_created"));
}

TEST_P(AccountsTest, ANewLinkVoidsTheOneBefore) {
  std::string first = new_link();
  std::string second = new_link();
  sign_in_error(first);
  auto in = accounts().sign_in(second);
  ASSERT_TRUE(in);
  std::string third = new_link();
  EXPECT_EQ(accounts().sign_in(third)->session.user.id, in->session.user.id) << "one owner, however many links";
  EXPECT_TRUE(accounts().authenticate(in->cookie)) << "an open session stays open";
}

TEST_P(AccountsTest, ALinkEndsAfterADay) {
  std::string link = new_link();
  clock_.advance(hours(24));
  EXPECT_THAT(sign_in_error(link), HasSubstr("over 24 hours old"));
  link = new_link();
  clock_.advance(hours(24) - microseconds(1));
  EXPECT_TRUE(accounts().sign_in(link));
  for (std::string_view bad : {"", "x", "' OR 1=1 --"}) sign_in_error(bad);
}

TEST_P(AccountsTest, OfTwoWithOneLinkOneGetsIn) {
  std::string link = new_link();
  std::atomic<int> in{0};
  world_.executor.parallel_for(8, [&](size_t) { in += accounts().sign_in(link).has_value(); });
  EXPECT_EQ(in, 1);
}

TEST_P(AccountsTest, ASessionEndsWhenIdleForThirtyDays) {
  auto in = sign_in();
  for (int i = 0; i < 3; ++i) {
    clock_.advance(days(29));
    ASSERT_TRUE(accounts().authenticate(in.cookie)) << "used every 29 days it goes on";
    drain();
  }
  reopen();
  ASSERT_TRUE(accounts().authenticate(in.cookie)) << "it survives a restart";
  clock_.advance(days(30));
  auto late = accounts().authenticate(in.cookie);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::unauthenticated);
}

TEST_P(AccountsTest, EndingASessionEndsThatOne) {
  auto one = sign_in();
  auto two = sign_in();
  ASSERT_TRUE(accounts().end_session(one.cookie));
  EXPECT_FALSE(accounts().authenticate(one.cookie));
  EXPECT_TRUE(accounts().authenticate(two.cookie));
  EXPECT_TRUE(accounts().end_session(one.cookie)) << "again is fine";
  EXPECT_FALSE(accounts().authenticate(""));
  EXPECT_FALSE(accounts().authenticate("a"));
}

TEST_P(AccountsTest, TheLastOwnerStays) {
  auto in = sign_in();
  auto removed = accounts().disable_user(Actor::operator_of_machine(), in.session.user.id);
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().code, Code::conflict);
  EXPECT_TRUE(accounts().authenticate(in.cookie));
  EXPECT_EQ(accounts().disable_user(Actor::operator_of_machine(), UserId{5}).error().code, Code::not_found);

  User agent{.id = UserId{5}, .name = "Bo", .email = "bo@example.org", .role = Role::agent, .created_at = clock_.now()};
  std::string cookie = "the cookie of Bo";
  write([&](db::Transaction& tx) -> Result<void> {
    TRY(rows::add_user(tx, agent));
    return rows::add_session(tx, crypto::hash_token(cookie), agent.id, clock_.now());
  });
  EXPECT_EQ(accounts().authenticate(cookie)->user.role, Role::agent);
  ASSERT_TRUE(accounts().disable_user(Actor::operator_of_machine(), agent.id));
  EXPECT_FALSE(accounts().authenticate(cookie));
}

TEST_P(AccountsTest, AnEmailIsOneUsers) {
  User one{.id = UserId{1}, .name = "A", .email = "a@example.org", .role = Role::read, .created_at = clock_.now()};
  User two = one;
  two.id = UserId{2};
  write([&](db::Transaction& tx) { return rows::add_user(tx, one); });
  auto second = store().write_now(db::Lane::people, [&](db::Transaction& tx) { return rows::add_user(tx, two); });
  EXPECT_EQ(second.error().code, Code::conflict);
  one.email = two.email = "";
  one.id = UserId{3};
  write([&](db::Transaction& tx) { return rows::add_user(tx, one); });
  write([&](db::Transaction& tx) { return rows::add_user(tx, two); });
}

TEST_P(AccountsTest, KeysDoWhatTheirScopesName) {
  Accounts::NewKey made = new_key({"send_events", "view_report", "send_events"});
  EXPECT_THAT(made.key.scopes, ElementsAre("send_events", "view_report"));
  auto key = accounts().authenticate_key(made.text);
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(key->id, made.key.id);
  clock_.advance(seconds(1));
  Accounts::NewKey newer = new_key();
  auto keys = accounts().keys();
  ASSERT_EQ(keys.size(), 2u);
  EXPECT_EQ(keys[0].id, newer.key.id) << "newest first";
  EXPECT_FALSE(accounts().authenticate_key(made.text.substr(0, 20) + newer.text.substr(20))) << "another key's secret";
  drain();
  reopen();
  ASSERT_TRUE(accounts().authenticate_key(made.text));
  EXPECT_EQ(accounts().keys()[1].name, "shop");
}

TEST_P(AccountsTest, ARevokedKeyDoesNothing) {
  Accounts::NewKey made = new_key();
  ASSERT_TRUE(accounts().revoke_key(Actor::operator_of_machine(), made.key.id));
  auto key = accounts().authenticate_key(made.text);
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().code, Code::unauthenticated);
  EXPECT_EQ(accounts().revoke_key(Actor::operator_of_machine(), made.key.id).error().code, Code::not_found);
  EXPECT_TRUE(accounts().keys().empty());
  reopen();
  EXPECT_FALSE(accounts().authenticate_key(made.text));
  EXPECT_TRUE(accounts().keys().empty());
  EXPECT_THAT(acts(), ElementsAre("operator: key_revoked", "operator: key_created"));
}

TEST_P(AccountsTest, LastUsedIsWrittenOnceAnHour) {
  Accounts::NewKey made = new_key();
  drain();
  uint64_t before = store().figures().writes;
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(accounts().authenticate_key(made.text));
  drain();
  EXPECT_EQ(store().figures().writes, before + 2) << "one use, one drain";
  EXPECT_EQ(accounts().keys()[0].used_at, clock_.now());
  clock_.advance(hours(2));
  ASSERT_TRUE(accounts().authenticate_key(made.text));
  drain();
  reopen();
  EXPECT_EQ(accounts().keys()[0].used_at, clock_.now());
}

TEST_P(AccountsTest, RefusesKeysThatNameNothing) {
  auto error = [&](std::string name, std::vector<std::string> scopes) {
    auto made = accounts().create_key(Actor::operator_of_machine(), std::move(name), std::move(scopes));
    return made ? "made" : made.error().field + ": " + made.error().message;
  };
  EXPECT_THAT(error(" ", {"send_events"}), HasSubstr("name: a key needs a name"));
  EXPECT_THAT(error(std::string(81, 'x'), {"send_events"}), HasSubstr("name: "));
  EXPECT_THAT(error("x", {}), HasSubstr("scopes: a key needs at least one of view_report"));
  EXPECT_THAT(error("x", {"send_events", "zzz"}), HasSubstr("scopes[1]: 'zzz' is nothing that a key may do"));
  EXPECT_THAT(error("x", {"manage_keys"}), HasSubstr("scopes[0]: 'manage_keys'"));
}

std::string AccountsTest::everything() {
  std::string all;
  auto read = store().read([&](db::Session& s) -> Result<void> {
    for (const auto& stored : TRY(rows::keys(s))) all += stored.hash + stored.key.name + stored.key.id + "\n";
    for (const auto& e : TRY(audit_before(s, INT64_MAX, 100))) all += e.actor + e.act + e.subject + e.detail + "\n";
    return {};
  });
  EXPECT_TRUE(read);
  if (GetParam() == db::Driver::sqlite)
    for (const char* name : {"/cairn.db", "/cairn.db-wal"})
      all += world_.files.read(directory() + name).value_or("");
  return all;
}

TEST_P(AccountsTest, TheStoreHasNoSecret) {
  std::string link = new_link();
  auto in = sign_in();
  Accounts::NewKey key = new_key();
  std::string all = everything();
  EXPECT_THAT(all, HasSubstr(crypto::hash_token(key.text))) << "looking in the wrong place";
  for (const std::string& secret : {link, in.cookie, in.session.csrf, key.text, key.text.substr(20)})
    EXPECT_EQ(all.find(secret), std::string::npos) << secret;
}

}  // namespace
}  // namespace cairn::accounts

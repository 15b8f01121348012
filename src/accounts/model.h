// Users, sessions, keys, and what is kept of them.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/permissions.h"
#include "base/id.h"
#include "base/time.h"
#include "json/describe.h"

namespace cairn::accounts {

inline constexpr Duration kLinkLife = hours(24);
inline constexpr Duration kSessionIdle = days(30);
/// How old a stored 'last used' may be before a use writes it again: a request is not worth a commit.
inline constexpr Duration kTouchEvery = hours(1);

struct User {
  UserId id;
  std::string name;
  std::string email;  ///< Lower case; empty when none is known.
  Role role = Role::read;
  Time created_at;
  bool is_disabled = false;
};

/// A signed-in browser.
struct Session {
  User user;
  std::string csrf;  ///< Goes with every request that changes something.
  Time seen_at;
};

/// An API key without its secret.
struct ApiKey {
  std::string id;  ///< 16 hex digits, the middle of `ck_<id>_<secret>`.
  std::string name;
  std::vector<std::string> scopes;  ///< Names of permissions.
  UserId created_by;                ///< 0: this machine's operator.
  Time created_at;
  std::optional<Time> used_at;  ///< To the hour.
};
BOOST_DESCRIBE_STRUCT(ApiKey, (), (id, name, scopes, created_by, created_at, used_at))

struct AuditEntry {
  int64_t id = 0;
  Time at;
  std::string actor;  ///< `operator`, `session`, `key <id>`, or `schedule` for what Cairn does by itself.
  UserId user;
  std::string act;      ///< `key_created`
  std::string subject;  ///< What it was done to: an id, never a person's data.
  std::string detail;
};

/// A stored column that can tell who a person is; erasing goes by this list and the other modules'.
struct PersonalColumn {
  std::string_view table;
  std::string_view column;
  std::string_view why;
};
inline constexpr std::array kPersonalColumns = {
    PersonalColumn{"users", "name", "a user of the back office, by name"},
    PersonalColumn{"users", "email", "a user of the back office, to write to"},
    PersonalColumn{"audit", "actor", "who did it, by name"},
};

}  // namespace cairn::accounts

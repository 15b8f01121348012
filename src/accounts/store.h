// Rows of users, links, sessions, keys and the audit. SQL in, structs out; no rules.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/model.h"
#include "base/result.h"
#include "db/session.h"

namespace cairn::accounts::rows {

Result<std::optional<User>> find_user(db::Session& session, UserId id);
Result<std::optional<User>> first_owner(db::Session& session);
/// Error conflict when the e-mail is another user's.
Result<void> add_user(db::Transaction& tx, const User& user);
Result<void> disable_user(db::Transaction& tx, UserId id, Time at);

/// The only link of its user from now on.
Result<void> replace_link(db::Transaction& tx, UserId user, std::string_view hash, Time now, Time expires_at);
Result<void> remove_links_of(db::Transaction& tx, UserId user);
/// Whose link it was; it is gone with this. Nothing when it is unknown or expired.
Result<std::optional<UserId>> take_link(db::Transaction& tx, std::string_view hash, Time now);

Result<void> add_session(db::Transaction& tx, std::string_view hash, UserId user, Time now);
/// Without its csrf. Nothing when there is none that was seen after `idle_since`.
Result<std::optional<Session>> find_session(db::Session& session, std::string_view hash, Time idle_since);
Result<void> touch_session(db::Transaction& tx, std::string_view hash, Time at);
Result<void> remove_session(db::Transaction& tx, std::string_view hash);
Result<void> remove_sessions_of(db::Transaction& tx, UserId user);
/// Expired links too.
Result<void> remove_expired(db::Transaction& tx, Time idle_since, Time now);

struct StoredKey {
  ApiKey key;
  std::string hash;
};
Result<void> add_key(db::Transaction& tx, const StoredKey& key);
/// All that are not revoked, newest first.
Result<std::vector<StoredKey>> keys(db::Session& session);
Result<void> touch_key(db::Transaction& tx, std::string_view id, Time at);
/// False when there is no such key, or it is revoked already.
Result<bool> revoke_key(db::Transaction& tx, std::string_view id, Time at);

}  // namespace cairn::accounts::rows

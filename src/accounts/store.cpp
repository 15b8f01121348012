#include "accounts/store.h"

#include "base/text.h"
#include "json/codec.h"

namespace cairn::accounts::rows {
namespace {

/// From the columns id, name, email, role, created_at, disabled_at. A role this version does not know may read only.
User user_of(const db::Row& row) {
  return {.id = row.id<UserId>(0),
          .name = std::string(row.text(1)),
          .email = std::string(row.text(2)),
          .role = json::enum_from<Role>(row.text(3)).value_or(Role::read),
          .created_at = row.time(4),
          .is_disabled = !row.is_null(5)};
}

std::optional<std::string> or_null(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace

Result<std::optional<User>> find_user(db::Session& session, UserId id) {
  return session.first("accounts.find_user", {{"id", id}}, user_of);
}

Result<std::optional<User>> first_owner(db::Session& session) {
  return session.first("accounts.first_owner", {}, user_of);
}

Result<void> add_user(db::Transaction& tx, const User& user) {
  TRY(tx.run("accounts.add_user", {{"id", user.id},
                                   {"name", user.name},
                                   {"email", or_null(user.email)},
                                   {"role", json::enum_name(user.role)},
                                   {"created_at", user.created_at}}));
  return {};
}

Result<void> disable_user(db::Transaction& tx, UserId id, Time at) {
  TRY(tx.run("accounts.disable_user", {{"id", id}, {"at", at}}));
  return {};
}

Result<void> replace_link(db::Transaction& tx, UserId user, std::string_view hash, Time now, Time expires_at) {
  TRY(remove_links_of(tx, user));
  TRY(tx.run("accounts.add_link",
             {{"hash", hash}, {"user_id", user}, {"created_at", now}, {"expires_at", expires_at}}));
  return {};
}

Result<void> remove_links_of(db::Transaction& tx, UserId user) {
  TRY(tx.run("accounts.remove_links_of", {{"user_id", user}}));
  return {};
}

Result<std::optional<UserId>> take_link(db::Transaction& tx, std::string_view hash, Time now) {
  return tx.first("accounts.take_link", {{"hash", hash}, {"now", now}},
                  [](const db::Row& row) { return row.id<UserId>(0); });
}

Result<void> add_session(db::Transaction& tx, std::string_view hash, UserId user, Time now) {
  TRY(tx.run("accounts.add_session", {{"hash", hash}, {"user_id", user}, {"at", now}}));
  return {};
}

Result<std::optional<Session>> find_session(db::Session& session, std::string_view hash, Time idle_since) {
  return session.first("accounts.find_session", {{"hash", hash}, {"idle_since", idle_since}}, [](const db::Row& row) {
    return Session{.user = user_of(row), .csrf = {}, .seen_at = row.time(6)};
  });
}

Result<void> touch_session(db::Transaction& tx, std::string_view hash, Time at) {
  TRY(tx.run("accounts.touch_session", {{"hash", hash}, {"at", at}}));
  return {};
}

Result<void> remove_session(db::Transaction& tx, std::string_view hash) {
  TRY(tx.run("accounts.remove_session", {{"hash", hash}}));
  return {};
}

Result<void> remove_sessions_of(db::Transaction& tx, UserId user) {
  TRY(tx.run("accounts.remove_sessions_of", {{"user_id", user}}));
  return {};
}

Result<void> remove_expired(db::Transaction& tx, Time idle_since, Time now) {
  TRY(tx.run("accounts.remove_sessions_before", {{"idle_since", idle_since}}));
  TRY(tx.run("accounts.remove_links_before", {{"now", now}}));
  return {};
}

Result<void> add_key(db::Transaction& tx, const StoredKey& stored) {
  const ApiKey& key = stored.key;
  TRY(tx.run("accounts.add_key", {{"id", key.id},
                                  {"hash", stored.hash},
                                  {"name", key.name},
                                  {"scopes", json::encode_text(key.scopes)},
                                  {"created_by", key.created_by},
                                  {"created_at", key.created_at}}));
  return {};
}

Result<std::vector<StoredKey>> keys(db::Session& session) {
  return session.all("accounts.keys", {}, [](const db::Row& row) {
    auto scopes = json::decode_text<std::vector<std::string>>(row.text(3));
    StoredKey stored;
    stored.hash = row.text(1);
    stored.key = {.id = std::string(row.text(0)),
                  .name = std::string(row.text(2)),
                  .scopes = scopes.value_or(std::vector<std::string>()),
                  .created_by = row.id<UserId>(4),
                  .created_at = row.time(5),
                  .used_at = row.is_null(6) ? std::nullopt : std::optional(row.time(6))};
    return stored;
  });
}

Result<void> touch_key(db::Transaction& tx, std::string_view id, Time at) {
  TRY(tx.run("accounts.touch_key", {{"id", id}, {"at", at}}));
  return {};
}

Result<bool> revoke_key(db::Transaction& tx, std::string_view id, Time at) {
  return TRY(tx.run("accounts.revoke_key", {{"id", id}, {"at", at}})) > 0;
}

}  // namespace cairn::accounts::rows

#include "accounts/service.h"

#include <algorithm>

#include "accounts/credentials.h"
#include "base/log.h"
#include "base/text.h"
#include "crypto/secret.h"

namespace cairn::accounts {
namespace {

constexpr size_t kTokenBytes = 32;
constexpr size_t kNameLength = 80;

Result<void> check_key(const std::string& name, const std::vector<std::string>& scopes) {
  if (name.empty() || length(name) > kNameLength)
    return fail_at("name", "a key needs a name of up to {} characters that says what uses it", kNameLength);
  std::vector<std::string_view> allowed;
  for (const Permission& permission : permissions())
    if (permission.is_scope) allowed.push_back(permission.name);
  if (scopes.empty()) return fail_at("scopes", "a key needs at least one of {}", fmt::join(allowed, ", "));
  for (size_t i = 0; i < scopes.size(); ++i)
    if (std::find(allowed.begin(), allowed.end(), scopes[i]) == allowed.end())
      return fail_at(fmt::format("scopes[{}]", i), "'{}' is nothing that a key may do; it may be {}",
                     to_utf8(scopes[i].substr(0, 40)), fmt::join(allowed, ", "));
  return {};
}

tl::unexpected<Error> fail_link() {
  return fail(Code::unauthenticated, "this link has been used, or is over 24 hours old; ask for a new one");
}

}  // namespace

Result<std::unique_ptr<Accounts>> Accounts::open(const World& world, db::Store& store) {
  std::unique_ptr<Accounts> accounts(new Accounts(world, store));
  TRY(store.read([&](db::Session& session) -> Result<void> {
    for (rows::StoredKey& stored : TRY(rows::keys(session))) {
      std::string id = stored.key.id;
      accounts->keys_.emplace(std::move(id), std::move(stored));
    }
    return {};
  }));
  return accounts;
}

Result<User> Accounts::ensure_owner(db::Transaction& tx, const Owner& owner) {
  if (auto found = TRY(rows::first_owner(tx))) return *found;
  User user{.id = UserId{static_cast<int64_t>(world_.entropy.next64() >> 2) + 1},
            .name = owner.name,
            .email = to_lower(trim(owner.email)),
            .role = Role::owner,
            .created_at = world_.clock.now()};
  TRY(rows::add_user(tx, user));
  return user;
}

Result<Accounts::Link> Accounts::create_owner_link(const Actor& by, const Owner& owner) {
  Time now = world_.clock.now();
  Link link{crypto::random_token(world_.entropy, kTokenBytes), now + kLinkLife};
  TRY(store_.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    User user = TRY(ensure_owner(tx, owner));
    TRY(rows::replace_link(tx, user.id, crypto::hash_token(link.token), now, link.expires_at));
    return write_audit(tx, now, by, {"link_created", std::to_string(user.id.value)});
  }));
  return link;
}

Result<Accounts::SignedIn> Accounts::sign_in(std::string_view token) {
  Time now = world_.clock.now();
  SignedIn out;
  out.cookie = crypto::random_token(world_.entropy, kTokenBytes);
  TRY(store_.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    auto id = TRY(rows::take_link(tx, crypto::hash_token(token), now));
    if (!id) return fail_link();
    auto user = TRY(rows::find_user(tx, *id));
    if (!user || user->is_disabled) return fail_link();
    TRY(rows::remove_expired(tx, now - kSessionIdle, now));
    TRY(rows::add_session(tx, crypto::hash_token(out.cookie), *id, now));
    out.session = {.user = std::move(*user), .csrf = csrf_of(out.cookie), .seen_at = now};
    return write_audit(tx, now, {"session", *id}, {"signed_in", std::to_string(id->value)});
  }));
  return out;
}

Result<Session> Accounts::authenticate(std::string_view cookie) {
  Time now = world_.clock.now();
  std::string hash = crypto::hash_token(cookie);
  std::optional<Session> session;
  TRY(store_.read([&](db::Session& s) -> Result<void> {
    session = TRY(rows::find_session(s, hash, now - kSessionIdle));
    return {};
  }));
  if (!session || session->user.is_disabled)
    return fail(Code::unauthenticated, "you are signed out; open a new sign-in link");
  if (session->seen_at + kTouchEvery < now)
    touch_later([=](db::Transaction& tx) { return rows::touch_session(tx, hash, now); });
  session->csrf = csrf_of(cookie);
  return std::move(*session);
}

Result<void> Accounts::end_session(std::string_view cookie) {
  std::string hash = crypto::hash_token(cookie);
  return store_.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    auto session = TRY(rows::find_session(tx, hash, Time{INT64_MIN}));
    if (!session) return {};
    TRY(rows::remove_session(tx, hash));
    std::string id = std::to_string(session->user.id.value);
    return write_audit(tx, world_.clock.now(), {"session", session->user.id}, {"session_ended", id});
  });
}

Result<void> Accounts::disable_user(const Actor& by, UserId id) {
  Time now = world_.clock.now();
  return store_.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    auto user = TRY(rows::find_user(tx, id));
    if (!user || user->is_disabled) return fail(Code::not_found, "there is no such user");
    TRY(rows::disable_user(tx, id, now));
    if (user->role == Role::owner && !TRY(rows::first_owner(tx)))
      return fail(Code::conflict, "the last owner cannot be removed; make somebody else owner first");
    TRY(rows::remove_sessions_of(tx, id));
    TRY(rows::remove_links_of(tx, id));
    return write_audit(tx, now, by, {"user_disabled", std::to_string(id.value)});
  });
}

Result<Accounts::NewKey> Accounts::create_key(const Actor& by, std::string name, std::vector<std::string> scopes) {
  name = trim(name);
  std::sort(scopes.begin(), scopes.end());
  scopes.erase(std::unique(scopes.begin(), scopes.end()), scopes.end());
  TRY(check_key(name, scopes));
  KeyText made = make_key(world_.entropy);
  Time now = world_.clock.now();
  rows::StoredKey stored{.key = {.id = made.id,
                                 .name = std::move(name),
                                 .scopes = std::move(scopes),
                                 .created_by = by.user,
                                 .created_at = now,
                                 .used_at = {}},
                         .hash = crypto::hash_token(made.text)};
  TRY(store_.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    TRY(rows::add_key(tx, stored));
    return write_audit(tx, now, by, {"key_created", made.id, fmt::format("{}", fmt::join(stored.key.scopes, " "))});
  }));
  NewKey out{stored.key, std::move(made.text)};
  std::unique_lock lock(mutex_);
  keys_.emplace(made.id, std::move(stored));
  return out;
}

std::vector<ApiKey> Accounts::keys() const {
  std::vector<ApiKey> out;
  {
    std::shared_lock lock(mutex_);
    for (const auto& [id, stored] : keys_) out.push_back(stored.key);
  }
  std::sort(out.begin(), out.end(), [](const ApiKey& a, const ApiKey& b) {
    return a.created_at != b.created_at ? a.created_at > b.created_at : a.id < b.id;
  });
  return out;
}

Result<void> Accounts::revoke_key(const Actor& by, std::string_view id) {
  Time now = world_.clock.now();
  TRY(store_.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    if (!TRY(rows::revoke_key(tx, id, now))) return fail(Code::not_found, "there is no such key");
    return write_audit(tx, now, by, {"key_revoked", id});
  }));
  std::unique_lock lock(mutex_);
  keys_.erase(std::string(id));
  return {};
}

Result<ApiKey> Accounts::authenticate_key(std::string_view text) {
  auto bad = [] {
    return fail(Code::unauthenticated, "this API key is unknown or revoked; make a new one under Keys");
  };
  auto id = key_id(text);
  if (!id) return bad();
  std::string hash = crypto::hash_token(text);
  Time now = world_.clock.now();
  ApiKey key;
  {
    std::shared_lock lock(mutex_);
    auto found = keys_.find(std::string(*id));
    if (found == keys_.end() || !crypto::equal(found->second.hash, hash)) return bad();
    key = found->second.key;
  }
  if (!key.used_at || *key.used_at + kTouchEvery < now) note_use(key.id, now);
  return key;
}

void Accounts::note_use(const std::string& id, Time now) {
  {
    std::unique_lock lock(mutex_);
    auto found = keys_.find(id);
    if (found == keys_.end()) return;
    auto& used_at = found->second.key.used_at;
    if (used_at && *used_at + kTouchEvery >= now) return;  // another request was first
    used_at = now;
  }
  touch_later([id, now](db::Transaction& tx) { return rows::touch_key(tx, id, now); });
}

void Accounts::touch_later(db::Store::Work work) {
  auto done = [](const Result<void>& result) {
    if (!result) log_warning("'last used' was not written: {}", result.error().message);
  };
  if (auto queued = store_.write(db::Lane::people, std::move(work), done); !queued)
    log_warning("'last used' was not written: {}", queued.error().message);
}

}  // namespace cairn::accounts

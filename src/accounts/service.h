// Signing in and out, keys, and who a request is.
//
// Invariants:
// 1. A secret is shown once, to the one it is for. The store has only its SHA-256 (they hold 256 random bits, so
//    nothing slower is needed).
// 2. A link opens one session, within 24 hours; making a new one voids the unused one before.
// 3. A session ends by being ended, with its user, or when it was not used for 30 days.
// 4. A key does what its scopes name and nothing else; a revoked key does nothing from the moment that is durable.
// 5. Using a session or a key waits for no commit: 'last used' is written behind, at most once an hour.
#pragma once
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "accounts/audit.h"
#include "accounts/model.h"
#include "accounts/store.h"
#include "base/world.h"
#include "db/store.h"

namespace cairn::accounts {

/// Safe from any thread, but not from the writer's own: what changes something waits for its commit.
class Accounts {
 public:
  /// Reads the keys into memory. The store must outlive it; one Accounts a store.
  static Result<std::unique_ptr<Accounts>> open(const World& world, db::Store& store);

  struct Owner {
    std::string name = "Owner";
    std::string email = {};
  };
  struct Link {
    std::string token;  ///< For `/sign-in?token=…`.
    Time expires_at;
  };
  /// A one-time link for the owner, who is made when there is none yet; `owner` names them then.
  Result<Link> create_owner_link(const Actor& by, const Owner& owner);

  struct SignedIn {
    std::string cookie;
    Session session;
  };
  /// Error unauthenticated when the token is unknown, used or expired, without saying which.
  Result<SignedIn> sign_in(std::string_view token);
  /// Who has this cookie. Error unauthenticated. A short read; not for the network thread.
  Result<Session> authenticate(std::string_view cookie);
  /// No error when it has ended already.
  Result<void> end_session(std::string_view cookie);
  /// Ends their sessions and links too. Error not_found; conflict for the last owner.
  Result<void> disable_user(const Actor& by, UserId user);

  struct NewKey {
    ApiKey key;
    std::string text;  ///< `ck_…`, shown this once.
  };
  /// Error invalid (field name or scopes) for an empty or long name, no scope, or one that keys may not have.
  Result<NewKey> create_key(const Actor& by, std::string name, std::vector<std::string> scopes);
  /// Newest first.
  std::vector<ApiKey> keys() const;
  /// Error not_found.
  Result<void> revoke_key(const Actor& by, std::string_view id);
  /// The key of `ck_…`. Error unauthenticated. Reads memory only: fit for the network thread.
  Result<ApiKey> authenticate_key(std::string_view text);

 private:
  Accounts(const World& world, db::Store& store) : world_(world), store_(store) {}
  Result<User> ensure_owner(db::Transaction& tx, const Owner& owner);
  void note_use(const std::string& id, Time now);
  void touch_later(db::Store::Work work);

  World world_;
  db::Store& store_;
  mutable std::shared_mutex mutex_;
  std::unordered_map<std::string, rows::StoredKey> keys_;  ///< By id; those not revoked.
};

}  // namespace cairn::accounts

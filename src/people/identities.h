// Whose event is it? From the identifiers that an event carries to the customer it belongs to, by the rules of identity
// (resolve.h states them), within the transaction that appends it.
//
// Example. `anonymous_id=b1` browses: customer A. `user_id=7, anonymous_id=b1` signs in: A has no user_id, so A is now
// 7. `user_id=8, anonymous_id=b1` signs in on the same browser: A is 7 already, so 8 is a new customer B; b1 stays A's,
// and it is noted that 8 uses it. `user_id=7, anonymous_id=b2`, where b2 had browsed before as C: C is merged into A.
#pragma once
#include <memory>
#include <mutex>
#include <vector>

#include "base/world.h"
#include "db/store.h"
#include "events/aliases.h"
#include "events/log.h"
#include "people/memory.h"
#include "people/model.h"
#include "people/newcomers.h"
#include "people/resolve.h"

namespace cairn::people {

class Identities final : public events::Identify {
 public:
  /// By the standard rules, nobody merged, until load().
  explicit Identities(World& world, size_t buckets_of_memory = Memory::kMostBuckets);
  ~Identities() override;

  /// Reads the rules and who is merged: at start, and after others changed them (an import undone, somebody
  /// erased). On the writer's thread, or before there is one. What is in memory is forgotten.
  Result<void> load(db::Session& session);

  Result<void> begin(db::Transaction& tx, std::span<const events::NewEvent* const> events) override;
  Result<std::vector<events::Told>> end(db::Transaction& tx, Seq next) override;
  Result<CustomerId> identify(db::Transaction& tx, const std::vector<events::Identifier>& identifiers,
                              const Context& context) override;

  /// Forgets what is in memory: call after identifiers were removed by other means. On the writer's thread.
  void forget();

  /// Who is one person, by all merges that are committed (and those that are about to be). Any thread.
  const events::Aliases& aliases() const { return aliases_; }
  /// For merges by hand, within the transaction that writes them.
  events::Aliases& aliases() { return aliases_; }
  /// Any thread.
  std::shared_ptr<const Rulebook> rules() const;

 private:
  /// What one append found missing and makes, until end() writes it. Shared with the roll-back hook, which outlives it.
  struct Pending;
  class Lookup;

  /// `prints`: what memory_ keeps each of them by.
  CustomerId remembered_owner(const Rulebook& rulebook, std::span<const events::Identifier> ids,
                              const Memory::Print* prints);
  Result<CustomerId> find(db::Transaction& tx, const events::Identifier& normal);
  CustomerId make(const Context& context);
  void join(CustomerId customer, const events::Identifier& identifier, const Context& context);
  void merge(const Decision::Merging& merging, const Context& context);
  void note(const Decision::Demoted& demoted, CustomerId customer, const Context& context);
  Result<void> write_customers(db::Transaction& tx, const Pending& pending) const;
  Result<void> write_identifiers(db::Transaction& tx, const Pending& pending) const;
  Result<void> write_conflicts(db::Transaction& tx, const Pending& pending) const;

  World& world_;
  Newcomers newcomers_;
  Memory memory_;
  events::Aliases aliases_;
  std::shared_ptr<Pending> pending_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Rulebook> rules_;  // guarded by mutex_
};

Result<std::vector<StoredIdentifier>> identifiers_of(db::Session& session, CustomerId customer);
Result<int64_t> count_customers(db::Session& session);

/// Removes a customer and all that they are known by. REQUIRES: no event of theirs is left, and forget() afterwards.
Result<void> remove_customer(db::Transaction& tx, CustomerId customer);
}  // namespace cairn::people

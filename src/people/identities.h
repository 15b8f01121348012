// Whose event is it? From the identifiers that an event carries to the customer it belongs to.
//
// The rule of this release, in full (merging known people by evidence comes with identity resolution):
// 1. Identifiers are tried strongest first. The first that belongs to a customer decides whose the event is.
// 2. When a stronger identifier was unknown: it joins that customer, unless they are known by another value of
//    the same kind already (an anonymous browser that two people sign in on): then the event is a new customer's,
//    under the stronger identifier.
// 3. Unknown weaker identifiers join the customer; weaker ones that belong to someone else stay theirs. Nobody is
//    merged.
// 4. When none is known a customer is made, with an id that nobody can guess.
//
// Example. `anonymous_id=b1` browses: customer A. `user_id=7, anonymous_id=b1` signs in: A has no user_id, so A
// is now 7. `user_id=8, anonymous_id=b1` signs in on the same browser: A is 7 already, so 8 is a new customer B;
// b1 stays A's.
#pragma once
#include <memory>
#include <vector>

#include "base/world.h"
#include "db/store.h"
#include "events/log.h"
#include "people/memory.h"
#include "people/model.h"

namespace cairn::people {

class Identities final : public events::Identify {
 public:
  explicit Identities(World& world) : world_(world), memory_(world.entropy) {}

  Result<void> begin(db::Transaction& tx, std::span<const events::NewEvent* const> events) override;
  Result<void> end(db::Transaction& tx) override;
  Result<CustomerId> identify(db::Transaction& tx, const std::vector<events::Identifier>& identifiers,
                              const Context& context) override;

  /// Forgets what is in memory: call after identifiers were removed by other means. On the writer's thread.
  void forget();

 private:
  Result<CustomerId> find(db::Transaction& tx, const events::Identifier& identifier);
  Result<bool> may_join(db::Transaction& tx, CustomerId customer, std::span<const events::Identifier> stronger);
  CustomerId make(const Context& context);
  void join(CustomerId customer, const events::Identifier& identifier, const Context& context);

  /// What one append found missing and makes, until end() writes it. Shared with the roll-back hook, which outlives it.
  struct Pending;

  World& world_;
  Memory memory_;
  std::shared_ptr<Pending> pending_;
};

Result<std::vector<StoredIdentifier>> identifiers_of(db::Session& session, CustomerId customer);
Result<int64_t> count_customers(db::Session& session);

/// Removes a customer and all that they are known by. REQUIRES: no event of theirs is left, and forget() afterwards.
Result<void> remove_customer(db::Transaction& tx, CustomerId customer);
}  // namespace cairn::people

#include "people/identities.h"

#include "base/check.h"
#include "base/hash.h"

namespace cairn::people {

void Identities::forget() { memory_.clear(); }

Result<CustomerId> Identities::find(db::Transaction& tx, const events::Identifier& id) {
  if (CustomerId known = memory_.find(id); known.is_set()) return known;
  auto found = TRY(tx.first("people.customer_of", {{"kind", id.kind}, {"value", id.value}},
                            [](const db::Row& row) { return CustomerId{row.integer(0)}; }));
  if (found) memory_.remember(id, *found);
  return found.value_or(CustomerId{});
}

Result<bool> Identities::may_join(db::Transaction& tx, CustomerId customer,
                                  std::span<const events::Identifier> stronger) {
  for (const events::Identifier& id : stronger) {
    auto other =
        TRY(tx.first("people.has_kind", {{"shard", shard_of(customer)}, {"customer", customer}, {"kind", id.kind}},
                     [](const db::Row&) { return true; }));
    if (other) return false;
  }
  return true;
}

Result<CustomerId> Identities::make(db::Transaction& tx, const Context& context) {
  // 63 random bits: two customers never get the same in practice, and if they did the primary key would refuse it.
  CustomerId customer{static_cast<int64_t>(world_.entropy.next64() >> 1)};
  std::optional<int64_t> run;
  if (context.run.is_set()) run = context.run.value;
  TRY(tx.run("people.add_customer", {{"shard", shard_of(customer)},
                                     {"id", customer},
                                     {"created_at", context.known_at},
                                     {"created_seq", context.seq},
                                     {"run", run}}));
  return customer;
}

Result<void> Identities::join(db::Transaction& tx, CustomerId customer, const events::Identifier& id,
                              const Context& context) {
  std::optional<int64_t> run;
  if (context.run.is_set()) run = context.run.value;
  TRY(tx.run("people.add_identifier", {{"kind", id.kind},
                                       {"value", id.value},
                                       {"shard", shard_of(customer)},
                                       {"customer", customer},
                                       {"known_at", context.known_at},
                                       {"source", context.source},
                                       {"run", run}}));
  tx.on_rollback([this, id] { memory_.forget(id); });
  memory_.remember(id, customer);
  return {};
}

Result<CustomerId> Identities::identify(db::Transaction& tx, const std::vector<events::Identifier>& identifiers,
                                        const Context& context) {
  CHECK(!identifiers.empty());
  CustomerId customer;
  size_t decisive = 0;
  for (; decisive < identifiers.size(); ++decisive) {
    customer = TRY(find(tx, identifiers[decisive]));
    if (customer.is_set()) break;
  }
  std::span<const events::Identifier> stronger(identifiers.data(), decisive);
  bool known = customer.is_set() && TRY(may_join(tx, customer, stronger));
  if (!known) customer = TRY(make(tx, context));
  for (size_t i = 0; i < identifiers.size(); ++i) {
    if (known && i == decisive) continue;
    // Looked up again even when the first walk found nothing: one event may carry the same identifier twice.
    if (!TRY(find(tx, identifiers[i])).is_set()) TRY(join(tx, customer, identifiers[i], context));
  }
  return customer;
}

Result<std::vector<StoredIdentifier>> identifiers_of(db::Session& session, CustomerId customer) {
  return session.all(
      "people.identifiers_of", {{"shard", shard_of(customer)}, {"customer", customer}}, [](const db::Row& row) {
        return StoredIdentifier{std::string(row.text(0)), std::string(row.text(1)), row.time(2), {row.integer(3)}};
      });
}

Result<int64_t> count_customers(db::Session& session) {
  auto n = TRY(session.first("people.count_customers", {}, [](const db::Row& row) { return row.integer(0); }));
  return n.value_or(0);
}

Result<void> remove_customer(db::Transaction& tx, CustomerId customer) {
  TRY(tx.run("people.remove_identifiers_of", {{"shard", shard_of(customer)}, {"customer", customer}}));
  TRY(tx.run("people.remove_customer", {{"shard", shard_of(customer)}, {"customer", customer}}));
  return {};
}

}  // namespace cairn::people

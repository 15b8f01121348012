#include "people/identities.h"

#include <unordered_map>
#include <unordered_set>

#include "base/check.h"
#include "base/hash.h"
#include "json/value.h"

namespace cairn::people {

namespace {

constexpr db::BulkColumn kCustomerColumns[] = {{"shard", db::ColumnType::int64},
                                               {"id", db::ColumnType::int64},
                                               {"created_at", db::ColumnType::int64},
                                               {"created_seq", db::ColumnType::int64},
                                               {"run", db::ColumnType::int64}};
constexpr db::BulkTable kCustomers{"customers", kCustomerColumns};
constexpr db::BulkColumn kIdentifierColumns[] = {
    {"kind", db::ColumnType::text},      {"value", db::ColumnType::text},     {"shard", db::ColumnType::int64},
    {"customer", db::ColumnType::int64}, {"known_at", db::ColumnType::int64}, {"source", db::ColumnType::int64},
    {"run", db::ColumnType::int64}};
constexpr db::BulkTable kIdentifiers{"identifiers", kIdentifierColumns};

/// No kind holds '=': kind and value cannot run into each other.
std::string text_of(const events::Identifier& id) { return id.kind + "=" + id.value; }

void put_run(db::BulkWriter& writer, RunId run) {
  if (run.is_set()) writer.integer(run.value);
  else writer.null();
}

}  // namespace

struct Identities::Pending {
  struct Made {
    CustomerId customer;
    Context context;
  };
  struct Joined {
    events::Identifier identifier;
    CustomerId customer;
    Context context;
  };
  /// By event, in the order of begin(): the customer whom its only identifier names, where it was remembered.
  std::vector<CustomerId> known;
  size_t at = 0;                           ///< The event that is identified next.
  std::unordered_set<std::string> absent;  ///< Asked for and not in the store.
  std::vector<Made> made;
  std::vector<Joined> joined;
  std::unordered_map<int64_t, std::vector<size_t>> joined_to;  ///< By customer, into `joined`.
  std::unordered_set<int64_t> made_ids;
};

void Identities::forget() { memory_.clear(); }

Result<void> Identities::begin(db::Transaction& tx, std::span<const events::NewEvent* const> events) {
  auto pending = std::make_shared<Pending>();
  pending_ = pending;
  tx.on_rollback([this, pending] {
    for (const Pending::Joined& joined : pending->joined) memory_.forget(joined.identifier);
    if (pending_ == pending) pending_.reset();
  });
  std::string list = "[";
  pending->known.resize(events.size());
  for (size_t i = 0; i < events.size(); ++i)
    for (const events::Identifier& id : events[i]->identifiers) {
      CustomerId known = memory_.find(id);
      if (known.is_set() && events[i]->identifiers.size() == 1) pending->known[i] = known;
      if (known.is_set() || !pending->absent.insert(text_of(id)).second) continue;
      list += list.size() > 1 ? ",[" : "[";
      json::append_text(list, id.kind);
      list += ',';
      json::append_text(list, id.value);
      list += ']';
    }
  if (list.size() == 1) return {};
  list += ']';
  return tx.each("people.customers_of", {{"list", list}}, [&](const db::Row& row) {
    events::Identifier id{std::string(row.text(0)), std::string(row.text(1))};
    memory_.remember(id, row.id<CustomerId>(2));
    pending->absent.erase(text_of(id));
    return true;
  });
}

Result<CustomerId> Identities::find(db::Transaction& tx, const events::Identifier& id) {
  if (CustomerId known = memory_.find(id); known.is_set()) return known;
  if (pending_->absent.contains(text_of(id))) return CustomerId{};
  // Asked for by begin() and pushed out of the memory since.
  auto found = TRY(tx.first("people.customer_of", {{"kind", id.kind}, {"value", id.value}},
                            [](const db::Row& row) { return CustomerId{row.integer(0)}; }));
  if (found) memory_.remember(id, *found);
  return found.value_or(CustomerId{});
}

Result<bool> Identities::may_join(db::Transaction& tx, CustomerId customer,
                                  std::span<const events::Identifier> stronger) {
  bool is_stored = !pending_->made_ids.contains(customer.value);
  auto joined = pending_->joined_to.find(customer.value);
  for (const events::Identifier& id : stronger) {
    if (joined != pending_->joined_to.end())
      for (size_t i : joined->second)
        if (pending_->joined[i].identifier.kind == id.kind) return false;
    if (!is_stored) continue;
    auto other =
        TRY(tx.first("people.has_kind", {{"shard", shard_of(customer)}, {"customer", customer}, {"kind", id.kind}},
                     [](const db::Row&) { return true; }));
    if (other) return false;
  }
  return true;
}

CustomerId Identities::make(const Context& context) {
  // 63 random bits: two customers never get the same in practice, and if they did the primary key would refuse it.
  CustomerId customer{static_cast<int64_t>(world_.entropy.next64() >> 1)};
  pending_->made.push_back({customer, context});
  pending_->made_ids.insert(customer.value);
  return customer;
}

void Identities::join(CustomerId customer, const events::Identifier& id, const Context& context) {
  pending_->joined_to[customer.value].push_back(pending_->joined.size());
  pending_->joined.push_back({id, customer, context});
  pending_->absent.erase(text_of(id));
  memory_.remember(id, customer);
}

Result<CustomerId> Identities::identify(db::Transaction& tx, const std::vector<events::Identifier>& identifiers,
                                        const Context& context) {
  CHECK(!identifiers.empty() && pending_ && pending_->at < pending_->known.size());
  CustomerId customer = pending_->known[pending_->at++];
  if (customer.is_set()) return customer;
  size_t decisive = 0;
  for (; decisive < identifiers.size(); ++decisive) {
    customer = TRY(find(tx, identifiers[decisive]));
    if (customer.is_set()) break;
  }
  if (decisive == 0 && identifiers.size() == 1) return customer;
  std::span<const events::Identifier> stronger(identifiers.data(), decisive);
  bool known = customer.is_set() && TRY(may_join(tx, customer, stronger));
  if (!known) customer = make(context);
  for (size_t i = 0; i < identifiers.size(); ++i) {
    if (known && i == decisive) continue;
    // Looked up again even when the first walk found nothing: one event may carry the same identifier twice.
    if (!TRY(find(tx, identifiers[i])).is_set()) join(customer, identifiers[i], context);
  }
  return customer;
}

Result<void> Identities::end(db::Transaction& tx) {
  std::shared_ptr<Pending> pending = std::move(pending_);
  pending_.reset();
  if (!pending->made.empty()) {
    auto writer = TRY(tx.pour(kCustomers));
    for (const Pending::Made& made : pending->made) {
      writer->integer(shard_of(made.customer));
      writer->integer(made.customer.value);
      writer->integer(made.context.known_at.micros);
      writer->integer(made.context.seq.value);
      put_run(*writer, made.context.run);
      TRY(writer->end_row());
    }
    TRY(writer->finish());
  }
  if (pending->joined.empty()) return {};
  auto writer = TRY(tx.pour(kIdentifiers));
  for (const Pending::Joined& joined : pending->joined) {
    writer->text(joined.identifier.kind);
    writer->text(joined.identifier.value);
    writer->integer(shard_of(joined.customer));
    writer->integer(joined.customer.value);
    writer->integer(joined.context.known_at.micros);
    writer->integer(joined.context.source.value);
    put_run(*writer, joined.context.run);
    TRY(writer->end_row());
  }
  return writer->finish();
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

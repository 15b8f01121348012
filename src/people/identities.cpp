#include "people/identities.h"

#include <mutex>
#include <unordered_map>
#include <unordered_set>

#include "base/check.h"
#include "base/hash.h"
#include "json/value.h"
#include "people/merges.h"
#include "people/normal.h"

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
    {"run", db::ColumnType::int64},      {"seq", db::ColumnType::int64}};
constexpr db::BulkTable kIdentifiers{"identifiers", kIdentifierColumns};

/// No kind holds '=': kind and value cannot run into each other.
std::string text_of(const events::Identifier& id) { return id.kind + "=" + id.value; }

void put_run(db::BulkWriter& writer, RunId run) {
  if (run.is_set()) writer.integer(run.value);
  else writer.null();
}

std::string evidence_of(const Decision::Merging& merging, bool is_trusted) {
  std::string out = R"({"identifiers":[)";
  for (const events::Identifier* id : {&merging.of_a, &merging.of_b}) {
    out += id == &merging.of_a ? R"({"kind":)" : R"(,{"kind":)";
    json::append_text(out, id->kind);
    out += R"(,"value":)";
    json::append_text(out, id->value);
    out += '}';
  }
  return out + (is_trusted ? R"(],"trusted":true})" : R"(],"trusted":false})");
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
  struct Merged {
    Merge merge;
    Context context;
  };
  struct Conflict {
    events::Identifier identifier;
    CustomerId customer, owner;
    Demotion reason;
    Context context;
  };
  /// By event, in the order of begin(): the customer whom its identifiers name, where all of them were remembered as
  /// one person's.
  std::vector<CustomerId> known;
  size_t at = 0;                           ///< The event that is identified next.
  std::unordered_set<std::string> absent;  ///< Asked for and not in the store.
  /// By text_of: what joined in this append, which is not in the store yet.
  std::unordered_map<std::string, CustomerId> owners;
  std::vector<Made> made;
  std::vector<Joined> joined;
  std::vector<Merged> merged;
  std::vector<Conflict> conflicts;
  std::unordered_map<CustomerId, std::vector<size_t>> joined_to;  ///< By customer, into `joined`.
  std::unordered_set<CustomerId> made_ids;
  std::vector<events::Identifier> written_so;              ///< As they came, where memory knows that.
  std::unordered_map<CustomerId, std::vector<Held>> held;  ///< By person, as far as somebody asked.
};

/// What a decision asks, from memory, from what this append makes, from the store.
class Identities::Lookup final : public Knowledge {
 public:
  Lookup(Identities& identities, db::Transaction& tx) : identities_(identities), tx_(tx) {}
  Result<CustomerId> owner(const events::Identifier& identifier) override { return identities_.find(tx_, identifier); }
  const events::Aliases& aliases() const override { return identities_.aliases_; }
  Result<const std::vector<Held>*> held(CustomerId root) override {
    Pending& pending = *identities_.pending_;
    auto [it, is_new] = pending.held.try_emplace(root);
    if (!is_new) return &it->second;
    for (CustomerId id : identities_.aliases_.members(root)) {
      if (auto joined = pending.joined_to.find(id); joined != pending.joined_to.end())
        for (size_t i : joined->second)
          it->second.push_back({pending.joined[i].identifier.kind, pending.joined[i].context.known_at});
      if (pending.made_ids.contains(id)) continue;
      TRY(tx_.each("people.held_by", {{"shard", shard_of(id)}, {"customer", id}}, [&](const db::Row& row) {
        it->second.push_back({std::string(row.text(0)), row.time(1)});
        return true;
      }));
    }
    return &it->second;
  }

 private:
  Identities& identities_;
  db::Transaction& tx_;
};

Identities::Identities(World& world, size_t buckets_of_memory)
    : world_(world), newcomers_(world.entropy), memory_(world.entropy, buckets_of_memory) {
  auto rules = Rulebook::make(Rules::standard());
  CHECK(rules, "the standard rules are wrong: {}", rules.error().message);
  rules_ = *rules;
}
Identities::~Identities() = default;

std::shared_ptr<const Rulebook> Identities::rules() const {
  std::lock_guard lock(mutex_);
  return rules_;
}

Result<void> Identities::load(db::Session& session) {
  auto rules = TRY(Rulebook::make(TRY(read_rules(session))));
  {
    std::lock_guard lock(mutex_);
    rules_ = std::move(rules);
  }
  events::Aliases fresh;
  TRY(read_ties(
      session, [&](const events::Tie& tie) { fresh.add(tie); },
      [&](CustomerId a, CustomerId b) { fresh.keep_apart(a, b); }));
  aliases_ = fresh;
  memory_.clear();
  return {};
}

void Identities::forget() { memory_.clear(); }

Result<void> Identities::begin(db::Transaction& tx, std::span<const events::NewEvent* const> events) {
  auto pending = std::make_shared<Pending>();
  pending_ = pending;
  tx.on_rollback([this, pending] {
    for (const Pending::Joined& joined : pending->joined) memory_.forget(joined.identifier);
    for (const events::Identifier& id : pending->written_so) memory_.forget(id);
    for (const Pending::Merged& merged : pending->merged) aliases_.remove(merged.merge.tie.merge);
    if (pending_ == pending) pending_.reset();
  });
  auto rulebook = rules();
  std::string list = "[";
  pending->known.resize(events.size());
  std::vector<Memory::Print> prints;
  std::vector<size_t> first_prints;
  for (const events::NewEvent* event : events) {
    first_prints.push_back(prints.size());
    for (const events::Identifier& id : event->identifiers) prints.push_back(memory_.look_ahead(id));
  }
  auto look = [&](size_t i) {
    pending->known[i] = remembered_owner(*rulebook, events[i]->identifiers, prints.data() + first_prints[i]);
  };
  for (size_t i = 0; i < events.size(); ++i) {
    look(i);
    if (pending->known[i].is_set()) continue;
    for (const events::Identifier& id : rulebook->usable(events[i]->identifiers)) {
      if (memory_.find(id).is_set() || !pending->absent.insert(text_of(id)).second) continue;
      list += list.size() > 1 ? ",[" : "[";
      json::append_text(list, id.kind);
      list += ',';
      json::append_text(list, id.value);
      list += ']';
    }
  }
  if (list.size() == 1) return {};
  list += ']';
  TRY(tx.each("people.customers_of", {{"list", list}}, [&](const db::Row& row) {
    events::Identifier id{std::string(row.text(0)), std::string(row.text(1))};
    memory_.remember(id, row.id<CustomerId>(2));
    pending->absent.erase(text_of(id));
    return true;
  }));
  for (size_t i = 0; i < events.size(); ++i)
    if (!pending->known[i].is_set()) look(i);
  return {};
}

/// Whose the strongest identifier is, where all of them are remembered as one person's: nothing is to be decided then.
CustomerId Identities::remembered_owner(const Rulebook& rulebook, std::span<const events::Identifier> ids,
                                        const Memory::Print* prints) {
  const events::Identifier* strongest = nullptr;
  CustomerId owner, person;
  for (const events::Identifier& id : ids) {
    CustomerId known = memory_.find(*prints++);
    if (!known.is_set() || (strongest && aliases_.root(known) != person)) return {};
    if (strongest && !rulebook.is_stronger(id.kind, strongest->kind)) continue;
    strongest = &id;
    owner = known;
    person = aliases_.root(known);
  }
  return owner;
}

Result<CustomerId> Identities::find(db::Transaction& tx, const events::Identifier& id) {
  if (CustomerId known = memory_.find(id); known.is_set()) return known;
  std::string text = text_of(id);
  if (pending_->absent.contains(text)) return CustomerId{};
  if (auto own = pending_->owners.find(text); own != pending_->owners.end()) return own->second;
  // Asked for by begin() and pushed out of the memory since.
  auto found = TRY(tx.first("people.customer_of", {{"kind", id.kind}, {"value", id.value}},
                            [](const db::Row& row) { return CustomerId{row.integer(0)}; }));
  if (found) memory_.remember(id, *found);
  return found.value_or(CustomerId{});
}

CustomerId Identities::make(const Context& context) {
  CustomerId customer = newcomers_.next();
  pending_->made.push_back({customer, context});
  pending_->made_ids.insert(customer);
  return customer;
}

void Identities::join(CustomerId customer, const events::Identifier& id, const Context& context) {
  pending_->joined_to[customer].push_back(pending_->joined.size());
  pending_->joined.push_back({id, customer, context});
  std::string text = text_of(id);
  pending_->absent.erase(text);
  pending_->owners.emplace(std::move(text), customer);
  if (auto held = pending_->held.find(aliases_.root(customer)); held != pending_->held.end())
    held->second.push_back({id.kind, context.known_at});
  memory_.remember(id, customer);
}

/// The merge has its number when the event that tells of it has a seq; until then one that no merge has.
void Identities::merge(const Decision::Merging& merging, const Context& context) {
  Merge merge;
  auto number = static_cast<int64_t>(pending_->merged.size());
  merge.tie = {events::MergeId{INT64_MAX - 1'000'000'000 + number}, merging.a, merging.b, merging.into};
  merge.at = context.known_at;
  merge.source = context.source;
  merge.cause = context.seq;
  merge.run = context.run;
  merge.evidence = evidence_of(merging, context.is_trusted);
  for (CustomerId person : aliases_.add(merge.tie).before) pending_->held.erase(person);
  pending_->merged.push_back({std::move(merge), context});
}

void Identities::note(const Decision::Demoted& demoted, CustomerId customer, const Context& context) {
  pending_->conflicts.push_back({demoted.identifier, customer, demoted.owner, demoted.reason, context});
}

Result<CustomerId> Identities::identify(db::Transaction& tx, const std::vector<events::Identifier>& identifiers,
                                        const Context& context) {
  CHECK(!identifiers.empty() && pending_ && pending_->at < pending_->known.size());
  CustomerId customer = pending_->known[pending_->at++];
  if (customer.is_set()) return customer;
  auto rulebook = rules();
  std::string why;
  std::vector<events::Identifier> usable = rulebook->usable(identifiers, &why);
  if (usable.empty()) return fail_at("identifiers", "nobody is named: {}", why);
  Lookup lookup(*this, tx);
  Decision decision = TRY(decide(*rulebook, lookup, usable, context.known_at, context.is_trusted));
  customer = decision.customer.is_set() ? decision.customer : make(context);
  for (const events::Identifier& id : decision.joining) join(customer, id, context);
  for (const Decision::Merging& merging : decision.merges) merge(merging, context);
  for (const Decision::Demoted& demoted : decision.demoted) note(demoted, customer, context);
  // So that what is written in another way is found at once the next time.
  for (const events::Identifier& id : identifiers)
    if (auto same = normal(id.kind, id.value, rulebook->rules().phone_region); same && *same != id.value)
      if (CustomerId owner = memory_.find({id.kind, *same}); owner.is_set() && !rulebook->is_blocked(id.value)) {
        memory_.remember(id, owner);
        pending_->written_so.push_back(id);
      }
  return customer;
}

Result<std::vector<events::Told>> Identities::end(db::Transaction& tx, Seq next) {
  std::shared_ptr<Pending> pending = std::move(pending_);
  pending_.reset();
  TRY(write_customers(tx, *pending));
  TRY(write_identifiers(tx, *pending));
  TRY(write_conflicts(tx, *pending));
  std::vector<events::Told> told;
  for (Pending::Merged& merged : pending->merged) {
    events::Tie& tie = merged.merge.tie;
    // Under its own number; nothing but that changes.
    aliases_.renumber(tie.merge, events::MergeId{next.value});
    tie.merge = events::MergeId{next.value++};
    TRY(write_merge(tx, merged.merge));
    told.push_back(told_of(tie, merged.merge.rule, merged.context.known_at));
    told.back().event.cause = merged.context.seq;
    told.back().event.depth = 1;
  }
  return told;
}

Result<void> Identities::write_customers(db::Transaction& tx, const Pending& pending) const {
  if (pending.made.empty()) return {};
  auto writer = TRY(tx.pour(kCustomers));
  for (const Pending::Made& made : pending.made) {
    writer->integer(shard_of(made.customer));
    writer->integer(made.customer.value);
    writer->integer(made.context.known_at.micros);
    writer->integer(made.context.seq.value);
    put_run(*writer, made.context.run);
    TRY(writer->end_row());
  }
  return writer->finish();
}

Result<void> Identities::write_identifiers(db::Transaction& tx, const Pending& pending) const {
  if (pending.joined.empty()) return {};
  auto writer = TRY(tx.pour(kIdentifiers));
  for (const Pending::Joined& joined : pending.joined) {
    writer->text(joined.identifier.kind);
    writer->text(joined.identifier.value);
    writer->integer(shard_of(joined.customer));
    writer->integer(joined.customer.value);
    writer->integer(joined.context.known_at.micros);
    writer->integer(joined.context.source.value);
    put_run(*writer, joined.context.run);
    writer->integer(joined.context.seq.value);
    TRY(writer->end_row());
  }
  return writer->finish();
}

Result<void> Identities::write_conflicts(db::Transaction& tx, const Pending& pending) const {
  std::unordered_set<std::string> seen;
  for (const Pending::Conflict& one : pending.conflicts) {
    if (!seen.insert(fmt::format("{} {}", one.customer.value, text_of(one.identifier))).second) continue;
    TRY(tx.run("people.add_conflict", {{"shard", shard_of(one.customer)},
                                       {"customer", one.customer},
                                       {"kind", one.identifier.kind},
                                       {"value", one.identifier.value},
                                       {"owner", one.owner},
                                       {"reason", json::enum_name(one.reason)},
                                       {"first_at", one.context.known_at},
                                       {"source", one.context.source}}));
  }
  return {};
}

Result<std::vector<StoredIdentifier>> identifiers_of(db::Session& session, CustomerId customer) {
  return session.all(
      "people.identifiers_of", {{"shard", shard_of(customer)}, {"customer", customer}}, [](const db::Row& row) {
        return StoredIdentifier{
            std::string(row.text(0)), std::string(row.text(1)), row.time(2), {row.integer(3)}, {row.integer(4)}};
      });
}

Result<int64_t> count_customers(db::Session& session) {
  auto n = TRY(session.first("people.count_customers", {}, [](const db::Row& row) { return row.integer(0); }));
  return n.value_or(0);
}

Result<void> remove_customer(db::Transaction& tx, CustomerId customer) {
  TRY(tx.run("people.remove_identifiers_of", {{"shard", shard_of(customer)}, {"customer", customer}}));
  TRY(tx.run("people.remove_conflicts_of", {{"customer", customer}}));
  TRY(tx.run("people.remove_merges_of", {{"customer", customer}}));
  TRY(tx.run("people.remove_customer", {{"shard", shard_of(customer)}, {"customer", customer}}));
  return {};
}

}  // namespace cairn::people

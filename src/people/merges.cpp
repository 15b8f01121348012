#include "people/merges.h"

#include <algorithm>
#include <map>
#include <utility>

#include "events/own.h"
#include "json/value.h"
#include "people/rules.h"

namespace cairn::people {
namespace {

using events::MergeId;
using events::Tie;

events::Told told(std::string_view kind, const Tie& tie, Time at, json::Object properties) {
  events::Told out;
  out.customer = tie.a;
  out.event.kind = kind;
  out.event.occurred_at = at;
  out.event.known_at = at;
  out.event.identifiers = events::own_identifiers(tie.a);
  properties["merged"] = std::to_string(tie.a.value);
  properties["into"] = std::to_string(tie.b.value);
  out.event.properties = json::serialize(json::Value(std::move(properties)));
  return out;
}

Tie tie_of(const db::Row& row) {
  return {row.id<MergeId>(0), row.id<CustomerId>(1), row.id<CustomerId>(2), row.id<CustomerId>(3)};
}

Merge merge_of(const db::Row& row) {
  Merge out;
  out.tie = tie_of(row);
  out.at = row.time(4);
  out.rule = row.text(5) == json::enum_name(MergeRule::by_hand) ? MergeRule::by_hand : MergeRule::identifiers;
  out.evidence = row.text(6);
  out.source = row.id<SourceId>(7);
  out.cause = row.id<Seq>(8);
  out.actor = row.text(9);
  out.run = row.id<RunId>(10);
  if (auto at = row.find_integer(11)) out.undone_at = Time{*at};
  out.undone_by = row.text(12);
  out.undone_why = row.text(13);
  return out;
}

/// `[1,2]` for the store's list functions.
std::string list_of(std::span<const CustomerId> ids) {
  std::string out = "[";
  for (CustomerId id : ids) out += (out.size() > 1 ? "," : "") + std::to_string(id.value);
  return out + "]";
}

Result<bool> is_there(db::Session& session, CustomerId customer) {
  auto found = TRY(session.first("people.customer_is_there", {{"shard", shard_of(customer)}, {"customer", customer}},
                                 [](const db::Row&) { return true; }));
  return found.has_value();
}

}  // namespace

Result<void> read_ties(db::Session& session, const std::function<void(const Tie&)>& tie,
                       const std::function<void(CustomerId, CustomerId)>& apart) {
  return session.each("people.ties", {}, [&](const db::Row& row) {
    if (row.is_null(4)) tie(tie_of(row));
    else if (row.integer(5) != 0) apart(row.id<CustomerId>(1), row.id<CustomerId>(2));
    return true;
  });
}

Result<void> write_merge(db::Transaction& tx, const Merge& merge) {
  auto optional = [](auto id) { return id.is_set() ? std::optional(id.value) : std::nullopt; };
  std::optional<std::string_view> actor;
  if (!merge.actor.empty()) actor = merge.actor;
  TRY(tx.run("people.add_merge", {{"shard", shard_of(merge.tie.a)},
                                  {"seq", merge.tie.merge},
                                  {"a", merge.tie.a},
                                  {"b", merge.tie.b},
                                  {"into", merge.tie.into},
                                  {"at", merge.at},
                                  {"rule", json::enum_name(merge.rule)},
                                  {"evidence", merge.evidence},
                                  {"source", merge.source},
                                  {"cause", optional(merge.cause)},
                                  {"actor", actor},
                                  {"run", optional(merge.run)}}));
  return {};
}

events::Told told_of(const Tie& tie, MergeRule rule, Time at) {
  json::Object properties;
  properties["rule"] = json::String(json::enum_name(rule));
  return told(events::kCustomersMerged, tie, at, std::move(properties));
}

events::Told told_of_end(const Tie& tie, Time at) {
  json::Object properties;
  properties["merge_id"] = tie.merge.value;
  return told(events::kCustomersUnmerged, tie, at, std::move(properties));
}

Result<std::vector<Merge>> merges_of(db::Session& session, std::span<const CustomerId> ids) {
  return session.all("people.merges_of", {{"ids", list_of(ids)}}, merge_of);
}

Result<std::vector<Conflict>> conflicts_of(db::Session& session, std::span<const CustomerId> ids) {
  return session.all("people.conflicts_of", {{"ids", list_of(ids)}}, [](const db::Row& row) {
    auto reason = json::enum_from<Demotion>(row.text(4));
    return Conflict{row.id<CustomerId>(0),
                    {std::string(row.text(1)), std::string(row.text(2))},
                    row.id<CustomerId>(3),
                    reason ? *reason : Demotion::limit,
                    row.time(5)};
  });
}

Result<void> remove_merges_of_run(db::Transaction& tx, RunId run) {
  TRY(tx.run("people.remove_merges_of_run", {{"run", run}}));
  return {};
}

Result<void> Merging::check(db::Session& session, CustomerId from, CustomerId into) const {
  for (CustomerId id : {from, into})
    if (!TRY(is_there(session, id))) return fail(Code::not_found, "there is no customer {}", id.value);
  if (identities_.aliases().root(from) == identities_.aliases().root(into))
    return fail(Code::conflict, "{} and {} are one customer already", from.value, into.value);
  return {};
}

Result<Merging::Preview> Merging::preview(CustomerId from, CustomerId into) const {
  const events::Aliases& aliases = std::as_const(identities_).aliases();
  auto rules = identities_.rules();
  Preview out;
  TRY(store_.read([&](db::Session& session) -> Result<void> {
    TRY(check(session, from, into));
    out = {aliases.root(from), aliases.root(into), {}, {}, {}, aliases.are_apart(from, into)};
    for (auto [person, list] : {std::pair(out.from, &out.of_from), std::pair(out.into, &out.of_into)})
      for (CustomerId id : aliases.members(person))
        for (StoredIdentifier& one : TRY(identifiers_of(session, id))) list->push_back(std::move(one));
    return {};
  }));
  std::map<std::string, int> counts;
  for (const auto* list : {&out.of_from, &out.of_into})
    for (const StoredIdentifier& one : *list) ++counts[one.kind];
  for (const auto& [kind, n] : counts)
    if (int limit = rules->rule_of(kind).limit; limit > 0 && n > limit) out.beyond_limits.push_back(kind);
  return out;
}

Result<Merge> Merging::merge(CustomerId from, CustomerId into, const By& by) {
  SourceId source = TRY(log_.ensure_source("identity"));
  auto out = std::make_shared<Merge>();
  TRY(store_.write_now(db::Lane::people, [&, out](db::Transaction& tx) -> Result<void> {
    TRY(check(tx, from, into));
    events::Aliases& aliases = identities_.aliases();
    Time now = world_.clock.now();
    *out = {};
    out->tie = {{}, from, into, aliases.root(into)};
    out->at = now;
    out->rule = MergeRule::by_hand;
    out->source = source;
    out->actor = by.actor;
    json::Object evidence;
    evidence["reason"] = json::String(by.reason);
    out->evidence = json::serialize(json::Value(evidence));
    events::ById identify;
    std::vector<events::NewEvent> events = {told_of(out->tie, out->rule, now).event};
    out->tie.merge = {TRY(log_.append(tx, identify, events, {.source = source})).at(0).seq.value};
    TRY(write_merge(tx, *out));
    if (by.also) TRY(by.also(tx, *out));
    TRY(tx.run("people.allow", {{"a", from}, {"b", into}}));
    bool was_apart = aliases.are_apart(from, into);
    aliases.add(out->tie);
    aliases.allow(from, into);
    tx.on_rollback([this, tie = out->tie, was_apart] {
      identities_.aliases().remove(tie.merge);
      if (was_apart) identities_.aliases().keep_apart(tie.a, tie.b);
    });
    return {};
  }));
  return *out;
}

Result<Merge> Merging::unmerge(MergeId merge, const By& by) {
  SourceId source = TRY(log_.ensure_source("identity"));
  auto out = std::make_shared<Merge>();
  TRY(store_.write_now(db::Lane::people, [&, out](db::Transaction& tx) -> Result<void> {
    auto found = TRY(tx.first("people.merge", {{"seq", merge}}, merge_of));
    if (!found) return fail(Code::not_found, "there is no merge {}", merge.value);
    if (found->undone_at) return fail(Code::conflict, "merge {} was taken back already", merge.value);
    Time now = world_.clock.now();
    *out = *found;
    out->undone_at = now;
    out->undone_by = by.actor;
    out->undone_why = by.reason;
    events::ById identify;
    std::vector<events::NewEvent> events = {told_of_end(found->tie, now).event};
    Seq seq = TRY(log_.append(tx, identify, events, {.source = source})).at(0).seq;
    TRY(tx.run("people.end_merge",
               {{"merge", merge}, {"seq", seq}, {"at", now}, {"by", by.actor}, {"why", by.reason}}));
    if (by.also) TRY(by.also(tx, *out));
    identities_.aliases().remove(merge);
    identities_.aliases().keep_apart(found->tie.a, found->tie.b);
    tx.on_rollback([this, tie = found->tie] {
      identities_.aliases().allow(tie.a, tie.b);
      identities_.aliases().add(tie);
    });
    return {};
  }));
  return *out;
}

}  // namespace cairn::people

#include "rights/eraser.h"

#include <algorithm>
#include <set>

#include "events/own.h"
#include "base/hash.h"
#include "base/log.h"
#include "json/scalar.h"
#include "rights/mentions.h"
#include "rights/store.h"
#include "timeline/rows_of.h"

namespace cairn::rights {
namespace {

constexpr size_t kRowsAWrite = 500;
/// Rows that came under an old id while others were rewritten are found by looking again; so often at most.
constexpr int kRounds = 6;
constexpr size_t kIdentifiersMax = 20'000;

std::span<const Seq> chunk_of(std::span<const Seq> rows, size_t at) {
  return rows.subspan(at, std::min(kRowsAWrite, rows.size() - at));
}

/// What they are known by, in the form in which it is compared.
Result<std::vector<events::Identifier>> own_identifiers(db::Session& session, std::span<const CustomerId> ids) {
  std::vector<events::Identifier> out;
  for (CustomerId id : ids)
    for (people::StoredIdentifier& one : TRY(people::identifiers_of(session, id)))
      out.push_back({std::move(one.kind), std::move(one.value)});
  return out;
}

/// Every one that leads to them: their own, and those in conflict.
Result<std::vector<events::Identifier>> stored_identifiers(db::Session& session, std::span<const CustomerId> ids) {
  std::vector<events::Identifier> out = TRY(own_identifiers(session, ids));
  auto others = TRY(session.all("rights.identifiers_in_conflict", {{"ids", list_of(ids)}}, [](const db::Row& row) {
    return events::Identifier{std::string(row.text(0)), std::string(row.text(1))};
  }));
  out.insert(out.end(), others.begin(), others.end());
  return out;
}

/// What an event came with, and the e-mail and telephone that it tells.
std::vector<events::Identifier> told_by(const events::LogRow& row) {
  std::vector<events::Identifier> out = events::split_identifiers(row.identifiers);
  for (std::string_view name : {"email", "phone"}) {
    if (row.properties.find(name) == row.properties.npos) continue;
    auto properties = json::parse_object(row.properties);
    auto text = properties ? json::text_at(*properties, name) : std::nullopt;
    events::Identifier told{std::string(name), std::string(text.value_or(""))};
    if (events::check_identifier(told)) out.push_back(std::move(told));
  }
  return out;
}

Result<bool> is_customer(db::Session& session, std::span<const CustomerId> ids) {
  for (CustomerId id : ids)
    if (TRY(session.first("rights.is_customer", {{"shard", shard_of(id)}, {"customer", id}},
                          [](const db::Row&) { return true; })))
      return true;
  return false;
}

tl::unexpected<Error> no_customer(CustomerId customer) {
  return fail(Code::not_found, "there is no customer {}", customer.value);
}

}  // namespace

CustomerId Eraser::fresh_id(CustomerId old) const {
  // Shards are 64 groups by the upper bits of this hash, and intervals of figures are drawn over 256 of them
  // (measures/facts.h): in the same group they stay what they were. Of the old number it tells these 8 bits.
  auto group_of = [](CustomerId id) { return mix(static_cast<uint64_t>(id.value)) >> 56; };
  for (;;) {
    CustomerId out{static_cast<int64_t>(parts_.world.entropy.next64() >> 1)};
    if (out.is_set() && group_of(out) == group_of(old)) return out;
  }
}

Result<Preview> Eraser::preview(CustomerId customer) const {
  Preview out;
  out.customer = parts_.identities.aliases().root(customer);
  out.ids = parts_.identities.aliases().members(customer);
  TRY(parts_.history.catch_up());
  auto version = parts_.history.version();
  std::vector<Seq> rows = TRY(timeline::rows_of(*version, out.ids));
  TRY(parts_.store.read([&](db::Session& session) -> Result<void> {
    out.events.clear();
    if (!TRY(is_customer(session, out.ids)) && rows.empty()) return no_customer(customer);
    out.identifiers = static_cast<int64_t>(TRY(stored_identifiers(session, out.ids)).size());
    return {};
  }));
  for (size_t at = 0; at < rows.size(); at += kRowsAWrite)
    TRY(parts_.store.read([&](db::Session& session) {
      return events::visit_rows(session, chunk_of(rows, at),
                                [&](const events::LogRow& row) { ++out.events[parts_.log.kind_name(row.kind)]; });
    }));
  return out;
}

Result<Request> Eraser::begin(const Asked& asked) {
  // A customer without a row of their own: made by other means than an event. They are known by their events alone.
  bool has_events = parts_.history.version() && parts_.history.version()->find(asked.customer);
  auto made = std::make_shared<Request>();
  TRY(parts_.store.write_now(db::Lane::people, [this, asked, made, has_events](db::Transaction& tx) -> Result<void> {
    Request request;
    request.customer = parts_.identities.aliases().root(asked.customer);
    request.ids = parts_.identities.aliases().members(asked.customer);
    // Any id that was theirs: who was merged is not known any more.
    if (auto other = TRY(erasure_of(tx, asked.customer)))
      return fail(Code::conflict, "customer {} is erased: request {}", asked.customer.value, other->value);
    if (!TRY(is_customer(tx, request.ids)) && !has_events) return no_customer(asked.customer);
    request.fresh = fresh_id(request.customer);
    request.origin = asked.origin;
    request.actor = asked.actor.who();
    request.asked_at = parts_.world.clock.now();
    request.hidden_at = request.asked_at;
    request.id = TRY(add_request(tx, request, asked.key));
    TRY(hide(tx, request));
    std::string subject = fmt::format("request {}", request.id.value);
    TRY(accounts::write_audit(tx, request.asked_at, asked.actor, {"customer_erased", subject}));
    *made = std::move(request);
    return {};
  }));
  return std::move(*made);
}

Result<void> Eraser::hide(db::Transaction& tx, const Request& request) const {
  auto own = TRY(own_identifiers(tx, request.ids));
  TRY(note_own_identifiers(tx, request.id, own));
  TRY(note_identifiers(tx, request.id, TRY(stored_identifiers(tx, request.ids))));
  TRY(note_mentions(tx, request.id, request.ids, own));
  for (const events::Identifier& one : own)
    TRY(tx.run("rights.remove_conflicts_of_nobody", {{"kind", one.kind}, {"value", one.value}}));
  for (CustomerId id : request.ids) TRY(people::remove_customer(tx, id));
  std::string ids = list_of(request.ids);
  TRY(tx.run("rights.remove_conflicts", {{"ids", ids}}));
  TRY(tx.run("rights.remove_merges", {{"ids", ids}}));
  for (const Holder& holder : parts_.holders)
    if (holder.erase) TRY(holder.erase(tx, request.ids));
  // Here on the writer's thread: no event behind this one finds them.
  parts_.identities.forget();
  return {};
}

Result<void> Eraser::note_raw_identifiers(const Request& request, std::span<const Seq> rows) {
  auto key = [](const events::Identifier& id) { return id.kind + "=" + id.value; };
  std::set<std::string> seen;
  std::vector<events::Identifier> found;
  for (size_t at = 0; at < rows.size() && found.size() < kIdentifiersMax; at += kRowsAWrite)
    TRY(parts_.store.read([&](db::Session& session) {
      return events::visit_rows(session, chunk_of(rows, at), [&](const events::LogRow& row) {
        if (!std::binary_search(request.ids.begin(), request.ids.end(), row.customer)) return;
        for (events::Identifier& id : told_by(row))
          if (id.kind != events::kOwnIdentifier && seen.insert(key(id)).second) found.push_back(std::move(id));
      });
    }));
  if (found.empty()) return {};
  return parts_.store.write_now(db::Lane::people,
                                [&](db::Transaction& tx) { return note_identifiers(tx, request.id, found); });
}

Result<void> Eraser::rewrite(const Request& request, const events::Needles& needles, std::span<const Seq> rows,
                             std::map<std::string, int64_t>& counts) {
  events::Erasing erasing{request.ids, request.fresh, needles};
  for (size_t at = 0; at < rows.size(); at += kRowsAWrite) {
    auto chunk = chunk_of(rows, at);
    auto kinds = std::make_shared<std::map<std::string, int64_t>>();
    TRY(parts_.store.write_now(db::Lane::reactor, [&, kinds](db::Transaction& tx) -> Result<void> {
      kinds->clear();
      TRY(events::visit_rows(tx, chunk, [&](const events::LogRow& row) {
        if (std::binary_search(request.ids.begin(), request.ids.end(), row.customer))
          ++(*kinds)["events: " + parts_.log.kind_name(row.kind)];
      }));
      TRY(events::erase_rows(tx, parts_.log, erasing, chunk));
      Request now = TRY(find_request(tx, request.id));
      for (const auto& [kind, count] : *kinds) now.counts[kind] += count;
      return change_request(tx, now);
    }));
    for (const auto& [kind, count] : *kinds) counts[kind] += count;
  }
  return {};
}

/// One round. Returns how many rows the timelines had of them.
Result<int64_t> Eraser::erase_rows(Request& request) {
  TRY(parts_.history.catch_up());
  auto version = parts_.history.version();
  std::vector<Seq> rows = TRY(timeline::rows_of(*version, request.ids));
  version.reset();
  size_t counted = rows.size();
  TRY(parts_.store.read([&](db::Session& session) -> Result<void> {
    rows.resize(counted);
    auto apart = TRY(events::find_outside_timelines(session, request.ids));
    rows.insert(rows.end(), apart.begin(), apart.end());
    return {};
  }));
  if (rows.empty()) return 0;
  TRY(note_raw_identifiers(request, rows));
  events::Needles needles;
  TRY(parts_.store.read([&](db::Session& session) -> Result<void> {
    needles = events::Needles(TRY(noted_identifiers(session, request.id)), request.ids);
    return {};
  }));
  TRY(rewrite(request, needles, rows, request.counts));
  if (counted > 0) TRY(parts_.history.forget(request.ids, rows));
  return static_cast<int64_t>(counted);
}

Result<void> Eraser::carry_out(RequestId id) {
  Request request;
  events::Needles needles;
  auto read = [&](db::Session& session) -> Result<void> {
    request = TRY(find_request(session, id));
    needles = events::Needles(TRY(noted_identifiers(session, id)), request.ids);
    return {};
  };
  TRY(parts_.store.read(read));
  if (request.act != Act::erase || request.state != State::begun) return {};
  for (int round = 0; round < kRounds; ++round) {
    if (TRY(erase_rows(request)) > 0) continue;
    // A crash may have come behind the rows: what was built anew has nothing of theirs, an older snapshot has.
    if (round == 0) TRY(parts_.history.forget(request.ids, {}));
    break;
  }
  TRY(take_out_mentions(parts_, id));
  TRY(parts_.store.read(read));
  std::map<std::string, int64_t> removed;
  for (const Trace& trace : parts_.traces)
    if (int64_t count = TRY(trace.erase(needles))) removed[std::string(trace.name)] = count;
  return parts_.store.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    Request now = TRY(find_request(tx, id));
    for (const auto& [name, count] : removed) now.counts[name] += count;
    now.counts["identifiers"] = static_cast<int64_t>(TRY(noted_identifiers(tx, id)).size());
    // Once more: who followed the log may have written of a row that was still there.
    for (const Holder& holder : parts_.holders)
      if (holder.erase) TRY(holder.erase(tx, now.ids));
    now.state = State::cleaning;
    now.finding.clear();
    TRY(tx.run("rights.remove_identifiers", {{"request", id}}));
    TRY(tx.run("rights.remove_mentions", {{"request", id}}));
    return change_request(tx, now);
  });
}

Result<void> Eraser::finish() {
  std::vector<Request> cleaning;
  TRY(parts_.store.read([&](db::Session& session) -> Result<void> {
    cleaning = TRY(requests_in(session, State::cleaning));
    return {};
  }));
  if (cleaning.empty()) return {};
  auto wiped = parts_.store.wipe();
  // A store that is too large is wiped by its keeper; the certificate says so.
  if (!wiped && wiped.error().code != Code::too_large) return tl::unexpected(wiped.error());
  return parts_.store.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    for (const Request& one : cleaning) {
      Request now = TRY(find_request(tx, one.id));
      now.state = State::done;
      now.fresh = {};
      now.done_at = parts_.world.clock.now();
      if (!wiped) now.finding = wiped.error().message;
      TRY(change_request(tx, now));
    }
    return {};
  });
}

Result<int64_t> Eraser::sweep_stragglers(Time since) {
  std::vector<std::vector<CustomerId>> erased;
  TRY(parts_.store.read([&](db::Session& session) {
    return session.each("rights.erased_since", {{"since", since}}, [&](const db::Row& row) {
      auto ids = json::parse(row.text(0));
      erased.emplace_back();
      if (!ids || !ids->is_array()) return true;
      for (const json::Value& id : ids->get_array()) erased.back().push_back({json::whole_of(id).value_or(0)});
      return true;
    });
  }));
  if (erased.empty()) return 0;
  TRY(parts_.history.catch_up());
  int64_t count = 0;
  for (const auto& ids : erased) {
    std::vector<Seq> rows = TRY(timeline::rows_of(*parts_.history.version(), ids));
    if (rows.empty()) continue;
    events::Needles needles({}, ids);
    events::Erasing erasing{ids, fresh_id(ids.front()), needles};
    for (size_t at = 0; at < rows.size(); at += kRowsAWrite)
      TRY(parts_.store.write_now(db::Lane::reactor, [&](db::Transaction& tx) -> Result<void> {
        TRY(events::erase_rows(tx, parts_.log, erasing, chunk_of(rows, at)));
        return {};
      }));
    TRY(parts_.history.forget(ids, rows));
    count += static_cast<int64_t>(rows.size());
  }
  if (count > 0) log_info("rights: {} rows of erased people came behind their erasure and were taken out, too", count);
  return count;
}

}  // namespace cairn::rights

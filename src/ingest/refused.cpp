#include "ingest/refused.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "crypto/encode.h"
#include "crypto/hash.h"
#include "json/codec.h"

namespace cairn::ingest {
namespace {

/// Texts in the index: PostgreSQL's entries end at 2,700 bytes.
constexpr size_t kFieldBytes = 200, kReasonBytes = 400, kKindBytes = 200;
constexpr size_t kToldCalls = 100;
constexpr size_t kChunk = 200;

/// Of source and call, without what differs from one try to the next.
std::string print_of(SourceId source, const std::string& body) {
  std::string text = fmt::format("{}\n", source.value);
  if (auto call = json::parse_object(body)) {
    call->erase("receivedAt");
    call->erase("sentAt");
    call->erase("receivedFrom");
    json::serialize_to(text, *call);
  } else {
    text += body;
  }
  return crypto::to_hex(crypto::bytes_of(crypto::sha256(text)));
}

RefusedState state_of(std::string_view text) {
  return json::enum_from<RefusedState>(text).value_or(RefusedState::dropped);
}

RefusedRow read_row(const db::Row& row) {
  RefusedRow out{.id = row.integer(0),
                 .source = row.id<SourceId>(1),
                 .at = row.time(2),
                 .kind = std::string(row.text(3)),
                 .field = std::string(row.text(4)),
                 .reason = std::string(row.text(5)),
                 .body = std::string(row.text(6))};
  out.state = state_of(row.text(7));
  if (!row.is_null(8)) out.settled_at = row.time(8);
  out.seq = row.id<Seq>(9);
  return out;
}

/// One waiting call on its way through a replay.
struct Try {
  RefusedRow row;
  std::string call;   // mended
  Delivery delivery;  // what it was read as
  Refused::Replayed result;
  std::vector<events::Outcome> outcomes;
};

void refuse(Try& one, std::string_view field, std::string_view reason) {
  one.result.state = RefusedState::waiting;
  one.result.field = excerpt(field, kFieldBytes);
  one.result.reason = excerpt(reason, kReasonBytes);
}

bool is_readable(const Try& one) { return !one.delivery.events.empty(); }

void read_call(Try& one, const Refused::Ask& ask, const ReadAgain& read) {
  one.result.id = one.row.id;
  auto call = ask.mend.is_empty() ? Result<std::string>(one.row.body) : mended(one.row.body, ask.mend);
  if (!call) return refuse(one, call.error().field, call.error().message);
  one.call = std::move(*call);
  auto delivery = read(one.row.source, one.call, one.row.at);
  if (!delivery) return refuse(one, delivery.error().field, delivery.error().message);
  if (!delivery->refused.empty()) return refuse(one, delivery->refused[0].field, delivery->refused[0].reason);
  if (delivery->events.empty()) return refuse(one, "", "there is no event in this call");
  one.delivery = std::move(*delivery);
}

bool is_named(const RefusedFilter& filter) {
  return !filter.ids.empty() || filter.source || filter.field || filter.reason;
}

std::string subject_of(const RefusedFilter& filter) {
  // Not the reason: it may quote what a customer wrote.
  return fmt::format("refused_events{}{}{}", filter.ids.empty() ? "" : fmt::format(" {} chosen", filter.ids.size()),
                     filter.source ? fmt::format(" source {}", filter.source->value) : "",
                     filter.field ? fmt::format(" field {}", excerpt(*filter.field, 60)) : "");
}

}  // namespace

struct Refused::State {
  explicit State(Parts p) : parts(std::move(p)) {}

  Parts parts;
  int64_t waiting = 0, waiting_bytes = 0, settled = 0;  // on the writer's thread alone, after open

  /// Adds to the sizes, and takes it back with the transaction.
  void resize(db::Transaction& tx, int64_t rows, int64_t bytes) {
    waiting += rows;
    waiting_bytes += bytes;
    tx.on_rollback([this, rows, bytes] {
      waiting -= rows;
      waiting_bytes -= bytes;
    });
  }

  /// True when the row was waiting.
  Result<bool> settle(db::Transaction& tx, int64_t id, int64_t bytes, RefusedState state, Seq seq) {
    std::optional<int64_t> row = seq.is_set() ? std::optional(seq.value) : std::nullopt;
    int64_t changed =
        TRY(tx.run("ingest.settle_refused",
                   {{"id", id}, {"state", json::enum_name(state)}, {"at", parts.world.clock.now()}, {"seq", row}}));
    if (changed == 0) return false;
    resize(tx, -1, -bytes);
    ++settled;
    tx.on_rollback([this] { --settled; });
    return true;
  }

  /// Of the settled rows only the newest are remembered; looked after now and then.
  Result<void> forget(db::Transaction& tx) {
    if (settled <= kSettledMax + kSettledMax / 10) return {};
    int64_t gone = TRY(tx.run("ingest.forget_refused", {{"kept", kSettledMax}}));
    settled -= gone;
    tx.on_rollback([this, gone] { settled += gone; });
    return {};
  }

  struct Oldest {
    int64_t id = 0, bytes = 0;
  };
  Result<std::vector<Oldest>> oldest(db::Session& session, const RefusedFilter& filter) {
    return session.all("ingest.oldest_refused",
                       {{"source", filter.source.value_or(SourceId{})},
                        {"any_field", filter.field ? 0 : 1},
                        {"field", filter.field.value_or("")},
                        {"any_reason", filter.reason ? 0 : 1},
                        {"reason", filter.reason.value_or("")}},
                       [](const db::Row& row) { return Oldest{row.integer(0), row.integer(1)}; });
  }

  /// A percent less than the limit, so that it is not done for every row.
  Result<void> make_room(db::Transaction& tx) {
    if (waiting <= parts.waiting_max && waiting_bytes <= parts.waiting_bytes_max) return {};
    int64_t rows_left = parts.waiting_max - parts.waiting_max / 100;
    int64_t bytes_left = parts.waiting_bytes_max - parts.waiting_bytes_max / 100;
    int64_t out = 0;
    while (waiting > rows_left || waiting_bytes > bytes_left) {
      auto rows = TRY(oldest(tx, {}));
      if (rows.empty()) break;
      for (const Oldest& row : rows) {
        if (waiting <= rows_left && waiting_bytes <= bytes_left) break;
        TRY(settle(tx, row.id, row.bytes, RefusedState::crowded_out, {}));
        ++out;
      }
    }
    TRY(forget(tx));
    tx.on_commit([this, out] {
      log_warning("the refused list is full ({} calls wait): the {} oldest were given up", waiting, out);
    });
    return {};
  }

  /// What the filter names of those that wait, oldest first, at most ask.limit.
  Result<std::vector<int64_t>> waiting_ids(const Ask& ask) {
    std::vector<int64_t> ids = ask.filter.ids;
    if (ids.empty()) {
      TRY(parts.store.read([&](db::Session& session) -> Result<void> {
        ids = TRY(session.all("ingest.refused_ids_after",
                              {{"after", ask.after},
                               {"limit", ask.limit},
                               {"source", ask.filter.source.value_or(SourceId{})},
                               {"any_field", ask.filter.field ? 0 : 1},
                               {"field", ask.filter.field.value_or("")},
                               {"any_reason", ask.filter.reason ? 0 : 1},
                               {"reason", ask.filter.reason.value_or("")}},
                              [](const db::Row& row) { return row.integer(0); }));
        return {};
      }));
      return ids;
    }
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    ids.erase(ids.begin(), std::upper_bound(ids.begin(), ids.end(), ask.after));
    if (ids.size() > static_cast<size_t>(ask.limit)) ids.resize(static_cast<size_t>(ask.limit));
    return ids;
  }

  /// Those of them that wait.
  Result<std::shared_ptr<std::vector<Try>>> read_chunk(std::span<const int64_t> ids, const Ask& ask) {
    auto chunk = std::make_shared<std::vector<Try>>();
    TRY(parts.store.read([&](db::Session& session) -> Result<void> {
      for (int64_t id : ids) {
        auto row = TRY(session.first("ingest.find_refused", {{"id", id}}, read_row));
        if (!row || row->state != RefusedState::waiting) continue;
        chunk->emplace_back();
        chunk->back().row = std::move(*row);
      }
      return {};
    }));
    for (Try& one : *chunk) read_call(one, ask, parts.read);
    return chunk;
  }

  /// Appends and settles one, or notes why it goes on waiting.
  Result<void> settle_try(db::Transaction& tx, Try& one, bool is_mended) {
    if (is_readable(one)) {
      auto now = TRY(tx.first("ingest.find_refused", {{"id", one.row.id}}, read_row));
      if (!now || now->state != RefusedState::waiting) {  // another replay was here before
        one.result.state = now ? now->state : RefusedState::dropped;
        one.result.seq = now ? now->seq : Seq{};
        one.outcomes.clear();
        return {};
      }
      events::AppendOptions options;
      options.source = one.row.source;
      options.trusted = one.delivery.is_trusted;
      one.outcomes = TRY(parts.log.append(tx, parts.identify, one.delivery.events, options));
      TRY(parts.undeclared.note(tx, one.delivery.names, one.delivery.events, one.outcomes, {one.row.source}));
      const events::Outcome& outcome = one.outcomes.front();
      if (outcome.fate != events::Fate::refused) {
        one.result.state = outcome.fate == events::Fate::kept ? RefusedState::replayed : RefusedState::already_there;
        one.result.seq = outcome.seq;
        TRY(settle(tx, one.row.id, static_cast<int64_t>(one.row.body.size()), one.result.state, outcome.seq));
        return {};
      }
      refuse(one, outcome.error.field, outcome.error.message);
    }
    if (is_mended || (one.result.field == one.row.field && one.result.reason == one.row.reason)) return {};
    TRY(tx.run("ingest.rename_refused",
               {{"id", one.row.id}, {"field", one.result.field}, {"reason", one.result.reason}}));
    return {};
  }

  Result<void> write_chunk(const accounts::Actor& actor, const Ask& ask, std::shared_ptr<std::vector<Try>> chunk) {
    return parts.store.write_now(db::Lane::people, [this, &actor, &ask, chunk](db::Transaction& tx) -> Result<void> {
      int64_t replayed = 0, already_there = 0;
      for (Try& one : *chunk) {
        TRY(settle_try(tx, one, !ask.mend.is_empty()));
        replayed += one.result.state == RefusedState::replayed;
        already_there += one.result.state == RefusedState::already_there;
      }
      if (replayed + already_there == 0) return {};
      TRY(forget(tx));
      std::string detail = fmt::format("{} replayed, {} already there{}", replayed, already_there,
                                       ask.mend.is_empty() ? "" : ", mended");
      std::string subject = subject_of(ask.filter);
      return accounts::write_audit(tx, parts.world.clock.now(), actor, {"refused_replayed", subject, detail});
    });
  }
};

namespace {

void count(Refused::Report& report, const std::vector<Try>& chunk, bool is_trial) {
  for (const Try& one : chunk) {
    report.replayed += one.result.state == RefusedState::replayed;
    report.already_there += one.result.state == RefusedState::already_there;
    report.still_waiting += one.result.state == RefusedState::waiting;
    if (report.calls.size() >= kToldCalls) continue;
    report.calls.push_back(one.result);
    if (is_trial) report.calls.back().call = one.call;
  }
}

}  // namespace

Refused::Refused(std::shared_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<Refused>> Refused::open(Parts parts) {
  auto state = std::make_shared<State>(std::move(parts));
  TRY(state->parts.store.read([&](db::Session& session) -> Result<void> {
    TRY(session.each("ingest.refused_size", {}, [&](const db::Row& row) {
      state->waiting = row.integer(0);
      state->waiting_bytes = row.integer(1);
      return true;
    }));
    return session.each("ingest.refused_counts", {}, [&](const db::Row& row) {
      if (row.text(0) != "waiting") state->settled += row.integer(1);
      return true;
    });
  }));
  return std::unique_ptr<Refused>(new Refused(std::move(state)));
}

Result<void> Refused::keep(db::Transaction& tx, SourceId source, Time at, std::span<const RefusedCall> calls) {
  for (const RefusedCall& call : calls) {
    std::string print = print_of(source, call.body);
    std::string kind = excerpt(call.kind, kKindBytes), field = excerpt(call.field, kFieldBytes);
    std::string reason = excerpt(call.reason, kReasonBytes);
    int64_t added = TRY(tx.run("ingest.add_refused", {{"source", source},
                                                      {"print", print},
                                                      {"at", at},
                                                      {"kind", kind},
                                                      {"field", field},
                                                      {"reason", reason},
                                                      {"body", call.body}}));
    if (added > 0) state_->resize(tx, 1, static_cast<int64_t>(call.body.size()));
  }
  return state_->make_room(tx);
}

Result<std::vector<Refused::Group>> Refused::groups() const {
  std::vector<Group> out;
  TRY(state_->parts.store.read([&](db::Session& session) -> Result<void> {
    out = TRY(session.all("ingest.refused_groups", {}, [](const db::Row& row) {
      return Group{row.id<SourceId>(0), std::string(row.text(1)), std::string(row.text(2)),
                   row.integer(3),      row.integer(4),           row.time(5)};
    }));
    return {};
  }));
  return out;
}

Result<Refused::Listed> Refused::list(const RefusedFilter& filter, std::optional<RefusedState> state, int64_t before,
                                      int limit) const {
  Listed out;
  TRY(state_->parts.store.read([&](db::Session& session) -> Result<void> {
    out.rows = TRY(session.all("ingest.refused_before",
                               {{"before", before},
                                {"limit", limit},
                                {"state", state ? json::enum_name(*state) : std::string_view()},
                                {"source", filter.source.value_or(SourceId{})},
                                {"any_field", filter.field ? 0 : 1},
                                {"field", filter.field.value_or("")},
                                {"any_reason", filter.reason ? 0 : 1},
                                {"reason", filter.reason.value_or("")}},
                               read_row));
    return {};
  }));
  if (out.rows.size() == static_cast<size_t>(limit)) out.next = out.rows.back().id;
  return out;
}

Result<std::vector<std::pair<RefusedState, int64_t>>> Refused::counts() const {
  std::vector<std::pair<RefusedState, int64_t>> out;
  TRY(state_->parts.store.read([&](db::Session& session) -> Result<void> {
    out = TRY(session.all("ingest.refused_counts", {},
                          [](const db::Row& row) { return std::pair(state_of(row.text(0)), row.integer(1)); }));
    return {};
  }));
  return out;
}

Result<Refused::Report> Refused::replay(const accounts::Actor& actor, const Ask& ask) {
  Report report;
  std::vector<int64_t> ids = TRY(state_->waiting_ids(ask));
  for (size_t at = 0; at < ids.size(); at += kChunk) {
    std::span<const int64_t> part(ids.data() + at, std::min(kChunk, ids.size() - at));
    auto chunk = TRY(state_->read_chunk(part, ask));
    if (ask.is_trial) {
      for (Try& one : *chunk)
        if (is_readable(one)) one.result.state = RefusedState::replayed;
    } else {
      TRY(state_->write_chunk(actor, ask, chunk));
      for (const Try& one : *chunk)
        if (!one.outcomes.empty()) state_->parts.live.delivered(one.delivery, one.outcomes);
    }
    count(report, *chunk, ask.is_trial);
  }
  if (ids.size() == static_cast<size_t>(ask.limit)) report.next = ids.back();
  return report;
}

Result<int64_t> Refused::drop(const accounts::Actor& actor, const RefusedFilter& filter) {
  if (!is_named(filter)) return fail_at("ids", "say which calls to drop: ids, or a source, field or reason");
  auto total = std::make_shared<int64_t>(0);
  for (bool goes_on = true; goes_on;) {
    auto dropped = std::make_shared<int64_t>(0);
    TRY(state_->parts.store.write_now(db::Lane::people, [&, dropped](db::Transaction& tx) -> Result<void> {
      *dropped = 0;
      std::vector<State::Oldest> rows;
      if (filter.ids.empty()) {
        rows = TRY(state_->oldest(tx, filter));
      } else {
        for (int64_t id : filter.ids)
          if (auto row = TRY(tx.first("ingest.find_refused", {{"id", id}}, read_row)))
            rows.push_back({id, static_cast<int64_t>(row->body.size())});
      }
      for (const State::Oldest& row : rows)
        *dropped += TRY(state_->settle(tx, row.id, row.bytes, RefusedState::dropped, {}));
      if (*dropped == 0) return {};
      TRY(state_->forget(tx));
      std::string subject = subject_of(filter), detail = fmt::format("{} dropped", *dropped);
      return accounts::write_audit(tx, state_->parts.world.clock.now(), actor, {"refused_dropped", subject, detail});
    }));
    *total += *dropped;
    goes_on = filter.ids.empty() && *dropped > 0;
  }
  return *total;
}

Result<int64_t> Refused::forget(const events::Needles& needles) {
  constexpr int64_t kRows = 500;
  int64_t count = 0;
  for (int64_t after = 0;;) {
    std::vector<RefusedRow> named;
    int64_t last = after;
    TRY(state_->parts.store.read([&](db::Session& session) {
      named.clear();
      return session.each("ingest.refused_after", {{"after", after}, {"limit", kRows}}, [&](const db::Row& row) {
        RefusedRow one = read_row(row);
        last = one.id;
        bool is_named = needles.are_in_json(one.body) || needles.are_in(one.reason) || needles.are_in(one.kind);
        if (is_named) named.push_back(std::move(one));
        return true;
      });
    }));
    if (last == after) return count;
    after = last;
    if (named.empty()) continue;
    TRY(state_->parts.store.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
      for (const RefusedRow& one : named) {
        TRY(state_->settle(tx, one.id, static_cast<int64_t>(one.body.size()), RefusedState::dropped, {}));
        TRY(tx.run("ingest.blank_refused", {{"id", one.id}}));
      }
      return {};
    }));
    count += static_cast<int64_t>(named.size());
  }
}

}  // namespace cairn::ingest

#include <charconv>
#include <limits>
#include <map>

#include "accounts/authorize.h"
#include "accounts/permissions.h"
#include "events/kinds.h"
#include "http/json_body.h"
#include "ingest/live_detail.h"
#include "ingest/live_routes.h"

namespace cairn::ingest {
namespace {

using http::Method;
using http::Request;
using http::Response;

constexpr size_t kIdsMax = 1000;

struct GroupView {
  std::string source;
  SourceId source_id;
  std::string field, reason;
  int64_t count = 0;
  Time newest_at;
};
BOOST_DESCRIBE_STRUCT(GroupView, (), (source, source_id, field, reason, count, newest_at))

struct RowView {
  int64_t id = 0;
  std::string source;
  SourceId source_id;
  Time at;
  std::string kind, field, reason;
  std::optional<std::string> body;
  RefusedState state = RefusedState::waiting;
  std::optional<Time> settled_at;
  std::optional<Seq> seq;
};
BOOST_DESCRIBE_STRUCT(RowView, (), (id, source, source_id, at, kind, field, reason, body, state, settled_at, seq))

struct RefusedPage {
  std::vector<GroupView> groups;
  std::vector<RowView> rows;
  std::optional<std::string> next;
  std::map<std::string, int64_t> counts;
  int64_t waiting_max = Refused::kWaitingMax;
};
BOOST_DESCRIBE_STRUCT(RefusedPage, (), (groups, rows, next, counts, waiting_max))

struct MendBody {
  std::map<std::string, std::string> rename;
  std::optional<json::Object> merge;
  static constexpr bool kDefaults = true;
};
BOOST_DESCRIBE_STRUCT(MendBody, (), (rename, merge))

struct FilterBody {
  std::vector<int64_t> ids;
  std::optional<SourceId> source;
  std::optional<std::string> field, reason;
  static constexpr bool kDefaults = true;
};
BOOST_DESCRIBE_STRUCT(FilterBody, (), (ids, source, field, reason))

struct ReplayBody : FilterBody {
  MendBody mend;
  int64_t after = 0;
  int64_t limit = 1000;
  bool is_trial = false;
};
BOOST_DESCRIBE_STRUCT(ReplayBody, (FilterBody), (mend, after, limit, is_trial))

struct ReplayedView {
  int64_t id = 0;
  RefusedState state = RefusedState::waiting;
  std::optional<Seq> seq;
  std::string field, reason;
  std::optional<std::string> call;
};
BOOST_DESCRIBE_STRUCT(ReplayedView, (), (id, state, seq, field, reason, call))

struct ReportView {
  int64_t replayed = 0, already_there = 0, still_waiting = 0;
  std::vector<ReplayedView> calls;
  std::optional<int64_t> next;
};
BOOST_DESCRIBE_STRUCT(ReportView, (), (replayed, already_there, still_waiting, calls, next))

struct DroppedView {
  int64_t dropped = 0;
};
BOOST_DESCRIBE_STRUCT(DroppedView, (), (dropped))

bool sees_customers(const Request& request) { return accounts::may(request.caller, accounts::kViewCustomers); }

std::optional<Seq> known(Seq seq) { return seq.is_set() ? std::optional(seq) : std::nullopt; }

/// What a sender called a refused thing may be anything; a declared kind is harmless.
std::string shown_kind(const std::string& kind, bool sees) {
  return sees || kind.empty() || events::declared_kinds().find(kind) ? kind : std::string(kMask);
}

std::string shown_reason(const std::string& reason, bool sees) { return sees ? reason : mask_quotes(reason); }

Result<std::optional<RefusedState>> state_asked(const Request& request) {
  std::string_view asked = request.query_value("state").value_or("waiting");
  if (asked == "all") return std::nullopt;
  auto state = json::enum_from<RefusedState>(asked);
  if (!state) return fail_at("state", "{}", state.error().message);
  return *state;
}

Result<RefusedFilter> filter_asked(const Request& request) {
  RefusedFilter out;
  int64_t source = TRY(http::query_int(request, "source", 0, 0, std::numeric_limits<int64_t>::max()));
  if (source) out.source = SourceId{source};
  if (auto field = request.query_value("field")) out.field = std::string(*field);
  if (auto reason = request.query_value("reason")) out.reason = std::string(*reason);
  return out;
}

RowView view_of(const LiveParts& parts, const RefusedRow& row, bool sees) {
  RowView out{.id = row.id,
              .source = parts.log.source_name(row.source),
              .source_id = row.source,
              .at = row.at,
              .kind = shown_kind(row.kind, sees),
              .field = row.field,
              .reason = shown_reason(row.reason, sees),
              .body = std::nullopt,
              .state = row.state,
              .settled_at = row.settled_at,
              .seq = known(row.seq)};
  if (sees && !row.body.empty()) out.body = row.body;
  return out;
}

Result<Response> list(const LiveParts& parts, const Request& request) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  auto state = TRY(state_asked(request));
  auto filter = TRY(filter_asked(request));
  int64_t before = TRY(http::query_int(request, "before", kMax, 1, kMax));
  int64_t limit = TRY(http::query_int(request, "limit", 50, 1, 200));
  bool sees = sees_customers(request);
  RefusedPage page;
  for (const Refused::Group& g : TRY(parts.refused.groups()))
    page.groups.push_back(
        {parts.log.source_name(g.source), g.source, g.field, shown_reason(g.reason, sees), g.count, g.newest_at});
  auto listed = TRY(parts.refused.list(filter, state, before, static_cast<int>(limit)));
  for (const RefusedRow& row : listed.rows) page.rows.push_back(view_of(parts, row, sees));
  if (listed.next) page.next = std::to_string(*listed.next);
  for (RefusedState one : json::enum_values<RefusedState>()) page.counts[std::string(json::enum_name(one))] = 0;
  for (auto [one, count] : TRY(parts.refused.counts())) page.counts[std::string(json::enum_name(one))] = count;
  return http::json_of(page);
}

Result<RefusedFilter> filter_of(const FilterBody& body) {
  if (body.ids.size() > kIdsMax) return fail_at("ids", "at most {} at a time", kIdsMax);
  return RefusedFilter{body.ids, body.source, body.field, body.reason};
}

Result<Response> replay(const LiveParts& parts, const Request& request) {
  auto body = TRY(http::read_body<ReplayBody>(request));
  if (body.limit < 1 || body.limit > 1000) return fail_at("limit", "1 to 1000 calls at a time");
  Refused::Ask ask;
  ask.filter = TRY(filter_of(body));
  ask.mend.rename.assign(body.mend.rename.begin(), body.mend.rename.end());
  ask.mend.merge = std::move(body.mend.merge);
  ask.after = body.after;
  ask.limit = static_cast<int>(body.limit);
  ask.is_trial = body.is_trial;
  auto report = TRY(parts.refused.replay(accounts::Actor::of(request.caller), ask));
  bool sees = sees_customers(request);
  ReportView out{report.replayed, report.already_there, report.still_waiting, {}, report.next};
  for (const Refused::Replayed& one : report.calls) {
    out.calls.push_back({one.id, one.state, known(one.seq), one.field, shown_reason(one.reason, sees), std::nullopt});
    if (sees && !one.call.empty()) out.calls.back().call = one.call;
  }
  return http::json_of(out);
}

Result<Response> drop(const LiveParts& parts, const Request& request) {
  auto body = TRY(http::read_body<FilterBody>(request));
  auto filter = TRY(filter_of(body));
  return http::json_of(DroppedView{TRY(parts.refused.drop(accounts::Actor::of(request.caller), filter))});
}

}  // namespace

std::vector<http::Route> refused_routes(LiveParts parts) {
  return {
      {.method = Method::get,
       .path = "/api/v1/refused",
       .permission = accounts::kViewLive,
       .summary = "Calls that could not become events: by reason, and one by one, newest first",
       .query = {{.name = "state", .what = "waiting (the default), replayed, already_there, dropped, crowded_out, all"},
                 {.name = "source", .what = "Of this source, by id"},
                 {.name = "field", .what = "With this field"},
                 {.name = "reason", .what = "With this reason, word for word"},
                 {.name = "before", .what = "`next` of the page before", .type = "integer"},
                 {.name = "limit", .what = "1 to 200, 50 when not given", .type = "integer"}},
       .handler = http::answer([parts](const Request& r) { return list(parts, r); })},
      {.method = Method::post,
       .path = "/api/v1/refused/replay",
       .permission = accounts::kManageSources,
       .lane = http::Lane::long_questions,
       .summary = "Read waiting calls again, mended if you like; each becomes an event once",
       .description = "At most 1000 at a time, oldest first; go on with `after` = `next`. `is_trial` keeps nothing.",
       .handler = http::answer([parts](const Request& r) { return replay(parts, r); })},
      {.method = Method::post,
       .path = "/api/v1/refused/drop",
       .permission = accounts::kManageSources,
       .lane = http::Lane::long_questions,
       .summary = "Give up waiting calls: by ids, source, field or reason",
       .handler = http::answer([parts](const Request& r) { return drop(parts, r); })},
  };
}

}  // namespace cairn::ingest

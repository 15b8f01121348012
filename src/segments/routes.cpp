#include "segments/routes.h"

#include "accounts/authorize.h"
#include "accounts/permissions.h"
#include "http/json_body.h"
#include "http/path.h"
#include "questions/form.h"
#include "questions/wanted.h"

namespace cairn::segments {
namespace {

using http::Method;
using http::Request;
using http::Response;
using RunningPtr = std::shared_ptr<questions::Running>;

struct SegmentView {
  int64_t id = 0;
  std::string name, query, description;
  Time created_at, changed_at;
  bool is_archived = false;
  bool is_ready = false;
  std::optional<int64_t> count;
  std::string finding;
  std::string preset;  ///< That it follows; empty: none.
  std::optional<Time> thresholds_at;
};
BOOST_DESCRIBE_STRUCT(SegmentView, (),
                      (id, name, query, description, created_at, changed_at, is_archived, is_ready, count, finding,
                       preset, thresholds_at))
struct SegmentsView {
  std::vector<SegmentView> segments;
};
BOOST_DESCRIBE_STRUCT(SegmentsView, (), (segments))

struct AddBody {
  std::string name, query, description, preset;
  static constexpr bool kDefaults = true;
};
BOOST_DESCRIBE_STRUCT(AddBody, (), (name, query, description, preset))
struct ChangeBody {
  std::optional<std::string> name, query, description;
  std::optional<bool> is_archived;
  std::optional<std::string> preset;
};
BOOST_DESCRIBE_STRUCT(ChangeBody, (), (name, query, description, is_archived, preset))
struct PreviewBody {
  std::string query;
};
BOOST_DESCRIBE_STRUCT(PreviewBody, (), (query))
struct PreviewView {
  std::string query;
  int64_t count = 0, customers = 0;
  std::vector<CustomerId> sample;  ///< Empty for who may not see customers.
};
BOOST_DESCRIBE_STRUCT(PreviewView, (), (query, count, customers, sample))
struct MembersView {
  std::vector<CustomerId> customers;
  std::optional<CustomerId> next_after;
};
BOOST_DESCRIBE_STRUCT(MembersView, (), (customers, next_after))
struct PassageView {
  Seq seq;
  CustomerId customer;
  bool is_in = false;
  Time at;
};
BOOST_DESCRIBE_STRUCT(PassageView, (), (seq, customer, is_in, at))
struct HistoryView {
  std::vector<PassageView> passages;
  std::optional<Seq> next_before;
};
BOOST_DESCRIBE_STRUCT(HistoryView, (), (passages, next_before))
struct DayView {
  std::string day;
  int64_t count = 0, entered = 0, left = 0, silent = 0;
};
BOOST_DESCRIBE_STRUCT(DayView, (), (day, count, entered, left, silent))
struct CountsView {
  std::vector<DayView> days;
};
BOOST_DESCRIBE_STRUCT(CountsView, (), (days))
struct PresetsView {
  std::vector<Preset> presets;
};
BOOST_DESCRIBE_STRUCT(PresetsView, (), (presets))

SegmentView view_of(const Service::View& v) {
  const Definition& d = v.definition;
  SegmentView out{d.id,       d.name, d.query,   d.description, d.created_at,   d.changed_at, d.archived_at.has_value(),
                  v.is_ready, {},     v.finding, d.preset,      d.thresholds_at};
  if (v.is_ready) out.count = static_cast<int64_t>(v.count);
  return out;
}

Result<int64_t> segment_of(const Request& r) { return http::path_number(r.param("id"), "segment"); }

HistoryView view_of(const std::vector<Service::Passage>& passages, size_t limit) {
  HistoryView out;
  for (const auto& p : passages) out.passages.push_back({p.seq, p.customer, p.is_in, p.at});
  if (passages.size() == limit) out.next_before = passages.back().seq;
  return out;
}

Result<Response> list(Service& s, const Request&) {
  SegmentsView view;
  for (const auto& v : s.list()) view.segments.push_back(view_of(v));
  return http::json_of(view);
}
bool sees_customers(const Request& r) { return accounts::may(r.caller, accounts::kViewCustomers); }

i18n::Language language_of(const Request& r) {
  return i18n::from_accept_language(r.header("accept-language").value_or(""), i18n::Language::en);
}
Result<Response> add(Service& s, const Request& r, const RunningPtr& running) {
  auto body = TRY(http::read_body<AddBody>(r));
  if (body.preset.empty()) TRY(s.check_personal(body.query, sees_customers(r)));
  else TRY(s.check_personal_preset(body.preset, sees_customers(r), running));
  auto made = TRY(s.add(accounts::Actor::of(r.caller),
                        {body.name, body.query, body.description, body.preset, language_of(r)}, running));
  return http::created_response(json::encode_text(view_of(made)),
                                fmt::format("/api/v1/segments/{}", made.definition.id));
}
Result<Response> get(Service& s, const Request& r) { return http::json_of(view_of(TRY(s.find(TRY(segment_of(r)))))); }
Result<Response> change(Service& s, const Request& r, const RunningPtr& running) {
  int64_t id = TRY(segment_of(r));
  auto body = TRY(http::read_body<ChangeBody>(r));
  if (body.query) TRY(s.check_personal(*body.query, sees_customers(r)));
  if (body.preset && !body.preset->empty()) TRY(s.check_personal_preset(*body.preset, sees_customers(r), running));
  std::optional<i18n::Language> language;
  if (r.header("accept-language")) language = language_of(r);
  auto made =
      TRY(s.change(accounts::Actor::of(r.caller), id,
                   {body.name, body.query, body.description, body.is_archived, body.preset, language}, running));
  return http::json_of(view_of(made));
}
Result<Response> archive(Service& s, const Request& r) {
  Service::Change change;
  change.is_archived = true;
  TRY(s.change(accounts::Actor::of(r.caller), TRY(segment_of(r)), change));
  return http::empty_response();
}
Result<Response> preview(Service& s, const Request& r, const RunningPtr& running) {
  constexpr size_t kSample = 20;
  auto body = TRY(http::read_body<PreviewBody>(r));
  TRY(s.check_personal(body.query, sees_customers(r)));
  auto found = TRY(s.preview(body.query, sees_customers(r) ? kSample : 0, running));
  return http::json_of(
      PreviewView{found.query, static_cast<int64_t>(found.count), static_cast<int64_t>(found.customers), found.sample});
}
Result<Response> members(Service& s, const Request& r) {
  int64_t id = TRY(segment_of(r));
  int64_t after = TRY(http::query_int(r, "after", INT64_MIN, INT64_MIN, INT64_MAX));
  auto limit = static_cast<size_t>(TRY(http::query_int(r, "limit", 100, 1, 10'000)));
  MembersView out{TRY(s.members(id, {after}, limit)), {}};
  if (out.customers.size() == limit) out.next_after = out.customers.back();
  return http::json_of(out);
}
Result<Response> history(Service& s, const Request& r) {
  int64_t id = TRY(segment_of(r));
  int64_t before = TRY(http::query_int(r, "before", INT64_MAX, 0, INT64_MAX));
  auto limit = static_cast<size_t>(TRY(http::query_int(r, "limit", 100, 1, 1'000)));
  return http::json_of(view_of(TRY(s.passages(id, {}, {before}, limit)), limit));
}
Result<Response> counts(Service& s, const Request& r) {
  int64_t id = TRY(segment_of(r));
  auto limit = static_cast<size_t>(TRY(http::query_int(r, "days", 90, 1, 3'660)));
  CountsView out;
  for (const auto& d : TRY(s.counts(id, limit)))
    out.days.push_back({to_text(d.day), d.count, d.entered, d.left, d.silent});
  return http::json_of(out);
}
Result<Response> reason(Service& s, const Request& r, const RunningPtr& running) {
  int64_t id = TRY(segment_of(r));
  CustomerId customer{TRY(http::path_number(r.param("customer"), "customer"))};
  auto found = TRY(s.reason(id, customer, true, running));
  return http::json_response(fmt::format(R"({{"is_in":{},"answer":{},"history":{}}})", found.is_in,
                                         questions::to_json(found.answer),
                                         json::encode_text(view_of(found.passages, SIZE_MAX))));
}
Result<Response> presets(Service& s, const Request& r, const RunningPtr& running) {
  return http::json_of(PresetsView{TRY(s.presets(language_of(r), running))});
}

}  // namespace

std::vector<http::Route> routes(Service& service) {
  auto with = [](Method method, std::string_view path, std::string_view permission, std::string_view summary,
                 http::Handler handler, http::Lane lane, std::vector<http::QueryDoc> query) {
    return http::Route{.method = method,
                       .path = path,
                       .permission = permission,
                       .lane = lane,
                       .summary = summary,
                       .query = std::move(query),
                       .handler = std::move(handler)};
  };
  auto route = [&](Method method, std::string_view path, std::string_view permission, std::string_view summary,
                   Result<Response> (*handle)(Service&, const Request&), http::Lane lane = http::Lane::pages,
                   std::vector<http::QueryDoc> query = {}) {
    return with(method, path, permission, summary,
                http::answer([&service, handle](const Request& r) { return handle(service, r); }), lane,
                std::move(query));
  };
  /// Ends when its client has gone.
  auto question = [&](Method method, std::string_view path, std::string_view permission, std::string_view summary,
                      Result<Response> (*handle)(Service&, const Request&, const RunningPtr&)) {
    auto handler = [&service, handle](const Request& r, const RunningPtr& running) {
      return handle(service, r, running);
    };
    return with(method, path, permission, summary, questions::while_wanted(std::move(handler)),
                http::Lane::long_questions, {});
  };
  using accounts::kAskQuestions;
  using accounts::kManageSegments;
  using accounts::kViewCustomers;
  constexpr auto kLong = http::Lane::long_questions;
  http::QueryDoc limit{.name = "limit", .what = "So many at most", .type = "integer"};
  return {
      route(Method::get, "/api/v1/segments", kAskQuestions, "Segments with how many are in each", list),
      question(Method::post, "/api/v1/segments", kManageSegments, "A new segment, of a query or a preset", add),
      question(Method::post, "/api/v1/segments/preview", kAskQuestions, "How many a query finds now, and some of them",
               preview),
      question(Method::get, "/api/v1/segments/presets", kAskQuestions,
               "Segments that most shops want, with thresholds of the moment", presets),
      route(Method::get, "/api/v1/segments/{id}", kAskQuestions, "One segment", get),
      question(Method::patch, "/api/v1/segments/{id}", kManageSegments,
               "Changes a segment, archives it or takes it back; another query is computed anew", change),
      route(Method::delete_, "/api/v1/segments/{id}", kManageSegments, "Archives a segment", archive),
      route(Method::get, "/api/v1/segments/{id}/members", kViewCustomers, "Who is in it, by id", members, kLong,
            {{.name = "after", .what = "The last id of the page before", .type = "integer"}, limit}),
      route(Method::get, "/api/v1/segments/{id}/history", kViewCustomers, "Who entered and left, latest first", history,
            kLong, {{.name = "before", .what = "The last seq of the page before", .type = "integer"}, limit}),
      route(Method::get, "/api/v1/segments/{id}/counts", kAskQuestions, "How many were in it at the end of each day",
            counts, http::Lane::pages, {{.name = "days", .what = "So many days at most, 90", .type = "integer"}}),
      question(Method::get, "/api/v1/segments/{id}/customers/{customer}", kViewCustomers,
               "Whether one customer is in it, why, until when, and when they entered and left", reason),
  };
}

}  // namespace cairn::segments

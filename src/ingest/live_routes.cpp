#include "ingest/live_routes.h"

#include <charconv>
#include <limits>

#include "accounts/authorize.h"
#include "accounts/permissions.h"
#include "events/kinds.h"
#include "base/text.h"
#include "http/json_body.h"
#include "ingest/live_detail.h"

namespace cairn::ingest {
namespace {

using http::Method;
using http::Request;
using http::Response;

Live::Viewer viewer_of(const Request& request) {
  return {.sees_customers = accounts::may(request.caller, accounts::kViewCustomers)};
}

// ---- what arrives ----

Result<Response> snapshot(const LiveParts& parts, const Request& request) {
  return http::json_response(parts.live.snapshot(viewer_of(request)));
}

/// Browsers send Last-Event-ID when they come again; the page says `after` when it has read the snapshot.
Result<Live::Watch> watch_of(const Request& request) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  Live::Watch watch;
  int64_t after = TRY(http::query_int(request, "after", -1, 0, kMax));
  if (auto last = request.header("Last-Event-ID")) {
    auto [end, error] = std::from_chars(last->data(), last->data() + last->size(), after);
    if (error != std::errc() || end != last->data() + last->size()) after = -1;
  }
  if (after >= 0) watch.after = after;
  watch.limit = seconds(TRY(http::query_int(request, "seconds", 900, 1, 900)));
  return watch;
}

void stream(const LiveParts& parts, const Request& request, const http::Reply& reply) {
  auto watch = watch_of(request);
  if (!watch) return reply.answer(watch.error());
  if (auto room = parts.live.check_room(); !room) return reply.answer(room.error());
  Live::Viewer viewer = viewer_of(request);
  auto opened = reply.open_stream();
  // Full since a moment ago: the browser comes again.
  if (!parts.live.watch(opened, viewer, *watch)) opened->close();
}

// ---- what nobody declared ----

struct UndeclaredView {
  std::string kind;
  std::optional<std::string> property;
  bool kind_is_declared = false;
  std::string type;
  std::optional<std::string> example;
  std::string source;
  SourceId source_id;
  Time first_at;
  std::optional<std::string> meant;
};
BOOST_DESCRIBE_STRUCT(UndeclaredView, (),
                      (kind, property, kind_is_declared, type, example, source, source_id, first_at, meant))

struct UndeclaredPage {
  std::vector<UndeclaredView> names;
  bool is_full = false;
};
BOOST_DESCRIBE_STRUCT(UndeclaredPage, (), (names, is_full))

/// The declared name that was likely meant.
std::optional<std::string> meant(const events::UndeclaredProperty& name, const query::Kind* kind) {
  std::vector<std::string_view> known;
  if (name.property.empty())
    for (const query::Kind& k : events::declared_kinds().kinds()) known.push_back(k.name);
  else if (kind)
    for (const query::Property& p : kind->properties) known.push_back(p.name);
  const std::string& given = name.property.empty() ? name.kind : name.property;
  for (std::string_view one : known)
    if (to_snake(one) == to_snake(given)) return std::string(one);
  std::string_view found = nearest(given, known);
  return found.empty() ? std::nullopt : std::optional<std::string>(found);
}

Result<Response> undeclared(const LiveParts& parts, const Request& request) {
  auto listed = TRY(parts.undeclared.list());
  bool sees = viewer_of(request).sees_customers;
  UndeclaredPage page{{}, listed.is_full};
  for (const events::UndeclaredProperty& name : listed.names) {
    const query::Kind* kind = events::declared_kinds().find(name.kind);
    UndeclaredView view{.kind = name.kind,
                        .property = std::nullopt,
                        .kind_is_declared = kind != nullptr,
                        .type = name.type,
                        .example = std::nullopt,
                        .source = parts.log.source_name(name.source),
                        .source_id = name.source,
                        .first_at = name.first_at,
                        .meant = meant(name, kind)};
    if (!name.property.empty()) view.property = name.property;
    if (sees && !name.property.empty()) view.example = name.example;
    page.names.push_back(std::move(view));
  }
  return http::json_of(page);
}

// ---- rules ----

struct RulesView {
  std::vector<Rule> rules;
  int64_t version = 0;
  std::vector<Rule> defaults;
};
BOOST_DESCRIBE_STRUCT(RulesView, (), (rules, version, defaults))

struct RulesBody {
  std::vector<Rule> rules;
  int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(RulesBody, (), (rules, version))

struct Sample {
  std::optional<std::vector<Rule>> rules;  // absent: those that hold
  SourceForm form = SourceForm::browser;
  std::string user_agent, ip, kind, email;
  std::map<std::string, std::string> identifiers;
  json::Object properties, traits;
  static constexpr bool kDefaults = true;
};
BOOST_DESCRIBE_STRUCT(Sample, (), (rules, form, user_agent, ip, kind, email, identifiers, properties, traits))

struct MatchView {
  std::string rule;
  Apart sets_apart = Apart::bot;
  std::string field;
  std::string value;
};
BOOST_DESCRIBE_STRUCT(MatchView, (), (rule, sets_apart, field, value))

struct TriedView {
  std::vector<std::string> set_apart;
  std::vector<MatchView> matches;
};
BOOST_DESCRIBE_STRUCT(TriedView, (), (set_apart, matches))

RulesView view_of(Rules::Listed listed) { return {std::move(listed.rules), listed.version, default_rules()}; }

Result<Response> save_rules(const LiveParts& parts, const Request& request) {
  auto body = TRY(http::read_body<RulesBody>(request));
  auto saved = TRY(parts.rules.save(accounts::Actor::of(request.caller), std::move(body.rules), body.version));
  return http::json_of(view_of(std::move(saved)));
}

Result<Response> try_rules(const LiveParts& parts, const Request& request) {
  auto sample = TRY(http::read_body<Sample>(request));
  auto set = sample.rules ? TRY(RuleSet::make(std::move(*sample.rules))) : parts.rules.current();
  std::vector<events::Identifier> identifiers;
  for (auto& [kind, value] : sample.identifiers) identifiers.push_back({kind, value});
  if (!sample.email.empty()) identifiers.push_back({"email", sample.email});
  bool is_browser = sample.form == SourceForm::browser;
  std::string user_agent = is_browser ? sample.user_agent : "", ip = is_browser ? sample.ip : "";
  Facts facts{sample.kind, identifiers, &sample.properties, &sample.traits, set->of_request(user_agent, ip)};
  TriedView out;
  for (std::string_view name : set_apart_names(set->flags_of(facts))) out.set_apart.emplace_back(name);
  for (const RuleSet::Match& m : set->explain(user_agent, ip, facts))
    out.matches.push_back({m.rule, m.sets_apart, m.field, m.value});
  return http::json_of(out);
}

std::vector<http::Route> rule_routes(LiveParts parts) {
  return {
      {.method = Method::get,
       .path = "/api/v1/ingest/rules",
       .permission = accounts::kViewLive,
       .summary = "The rules that set apart bots, staff and tests, and what they are by default",
       .handler = http::answer(
           [parts](const Request&) -> Result<Response> { return http::json_of(view_of(parts.rules.list())); })},
      {.method = Method::put,
       .path = "/api/v1/ingest/rules",
       .permission = accounts::kManageSettings,
       .summary = "Replace the rules; they hold from the next request on",
       .description = "`version` is the one that was read: 409 when somebody saved meanwhile.",
       .handler = http::answer([parts](const Request& r) { return save_rules(parts, r); })},
      {.method = Method::post,
       .path = "/api/v1/ingest/rules/try",
       .permission = accounts::kViewLive,
       .summary = "Which rules match a made-up event; keeps nothing",
       .handler = http::answer([parts](const Request& r) { return try_rules(parts, r); })},
  };
}

}  // namespace

std::vector<http::Route> live_routes(LiveParts parts) {
  std::vector<http::Route> out = {
      {.method = Method::get,
       .path = "/api/v1/live",
       .permission = accounts::kViewLive,
       .summary = "The last events and requests that were turned away, and a minute of counts by source",
       .description = "Personal data is masked for who may not see customers.",
       .handler = http::answer([parts](const Request& r) { return snapshot(parts, r); })},
      {.method = Method::get,
       .path = "/api/v1/live/stream",
       .permission = accounts::kViewLive,
       .summary = "What arrives, as server-sent events: `event`, `turned_away`, and `counts` each second",
       .query = {{.name = "after", .what = "Id of the newest line that is known", .type = "integer"},
                 {.name = "seconds", .what = "When to end, 1 to 900", .type = "integer"}},
       .handler = [parts](const Request& r, http::Reply reply) { stream(parts, r, reply); }},
      {.method = Method::get,
       .path = "/api/v1/live/undeclared",
       .permission = accounts::kViewLive,
       .summary = "Kinds and properties that nobody declared, newest first, with what was likely meant",
       .handler = http::answer([parts](const Request& r) { return undeclared(parts, r); })},
  };
  for (auto& routes : {rule_routes(parts), refused_routes(parts)}) out.insert(out.end(), routes.begin(), routes.end());
  return out;
}

}  // namespace cairn::ingest

#include "report/routes.h"

#include <map>
#include <mutex>

#include "base/text.h"
#include "events/brand.h"
#include "report/report.h"

namespace cairn::report {
namespace {

/// How long a picture may be shown again: what ends 'now' moves on.
constexpr Duration kFresh = minutes(1);
/// How long an answer waits for what was written before it was asked, and for the first version of a small shop.
constexpr Duration kWaitForNew = milliseconds(250);
constexpr Duration kWaitForFirst = seconds(1);
constexpr Duration kLook = milliseconds(5);

Result<i18n::Language> language_of(const http::Request& request) {
  auto asked = request.query_value("lang");
  if (!asked || asked->empty())
    return i18n::from_accept_language(request.header("accept-language").value_or(""), i18n::Language::en);
  auto language = i18n::parse_language(*asked);
  if (!language) return fail_at("lang", "{}", language.error().message);
  return *language;
}

Result<std::optional<Time>> parse_bound(std::string_view field, std::string_view text, const Zone& zone,
                                        int more_days) {
  text = trim(text);
  if (text.empty()) return std::optional<Time>();
  auto parsed = parse_time(text);
  if (!parsed) return fail_at(std::string(field), "{}: {}", field, parsed.error().message);
  if (parsed->date_only) {
    Day day{static_cast<int32_t>(parsed->micros / days(1).micros) + more_days};
    return std::optional(zone.start_of(day));
  }
  return std::optional(TRY(parse_moment(text, zone)));
}

}  // namespace

Result<std::optional<Time>> parse_since(std::string_view text, const Zone& zone) {
  return parse_bound("since", text, zone, 0);
}
Result<std::optional<Time>> parse_until(std::string_view text, const Zone& zone) {
  return parse_bound("until", text, zone, 1);
}

struct Service::State {
  World& world;
  db::Store& store;
  history::History& history;

  struct Kept {
    std::weak_ptr<const timeline::Version> version;  // does not keep its memory
    std::string question;                            // brand and period as asked
    Time made_at;
    measures::Picture picture;
  };
  std::mutex mutex;  // held while computing, so that a crowd asking the same waits for one
  std::optional<Kept> kept;

  Result<events::Brand> brand() {
    events::Brand out;
    TRY(store.read([&](db::Session& session) -> Result<void> {
      out = TRY(events::read_brand(session));
      return {};
    }));
    return out;
  }

  /// As the log was when it was asked, where that is a matter of moments; else as it is. Null: not built yet.
  std::shared_ptr<const timeline::Version> version() const {
    Seq last = history.standing().log_last;
    auto out = history.version();
    auto never = world.executor.make_signal();
    for (Duration waited; !out || out->last() < last; waited = waited + kLook) {
      if (waited >= (out ? kWaitForNew : kWaitForFirst)) break;
      never->wait_for(kLook);
      out = history.version();
    }
    return out;
  }

  Result<const measures::Picture*> picture(const measures::Question& q, const std::string& question) {
    auto version = this->version();
    bool is_same = kept && version && kept->version.lock() == version && kept->question == question;
    if (!is_same || q.now - kept->made_at >= kFresh) {
      auto picture = TRY(measure(world, store, history, version, q));
      kept = Kept{version, question, q.now, std::move(picture)};
    }
    return &kept->picture;
  }
};

Service::Service(World& world, db::Store& store, history::History& history)
    : state_(new State{world, store, history, {}, {}}) {}
Service::~Service() = default;

Result<http::Response> Service::answer(const http::Request& request) {
  i18n::Language language = TRY(language_of(request));
  events::Brand brand = TRY(state_->brand());
  Zone zone = brand.zone();
  std::string since(request.query_value("since").value_or("")), until(request.query_value("until").value_or(""));
  measures::Question question;
  question.since = TRY(parse_since(since, zone));
  question.until = TRY(parse_until(until, zone));
  question.now = state_->world.clock.now();
  question.brand = brand;
  std::string key = fmt::format("{}|{}|{}|{}|{}", brand.name, brand.currency.code(), brand.zone_name, since, until);
  std::lock_guard lock(state_->mutex);
  const measures::Picture* picture = TRY(state_->picture(question, key));
  return http::json_response(to_json(compose(*picture, brand, language)));
}

std::vector<http::Route> routes(Service& service) {
  http::Route route;
  route.method = http::Method::get;
  route.path = "/api/v1/report";
  route.permission = "view_report";
  route.lane = http::Lane::long_questions;
  route.summary = "The report: pyramid, measures, what to do next";
  route.description = "Every measure that the log allows, with its definition, sample and interval.";
  route.query = {{"since", "First day or moment, in the brand's time zone unless it has an offset."},
                 {"until", "Last day (included) or first moment that is left out. Absent: now, or the newest event."},
                 {"lang", "en or fr; else as Accept-Language says."}};
  route.handler = http::answer([&service](const http::Request& request) { return service.answer(request); });
  return {route};
}

}  // namespace cairn::report

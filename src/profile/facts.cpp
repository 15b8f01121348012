#include "profile/facts.h"

#include <fmt/ranges.h>

#include "engine/customer.h"
#include "events/kinds.h"
#include "query/parser.h"
#include "segments/rfm.h"

namespace cairn::profile {
namespace {

constexpr std::string_view kNps = "survey = \"nps\" and (score_max is unknown or score_max = 10)";
constexpr std::string_view kCsat =
    "(survey = \"order_csat\" or survey = \"ticket_csat\") and (score_max is unknown or score_max = 5)";

std::array<std::string, kFacts> texts() {
  std::array<std::string, kFacts> out;
  auto put = [&](Fact fact, std::string text) { out[static_cast<size_t>(fact)] = std::move(text); };
  put(Fact::orders, std::string(segments::kFrequency));
  put(Fact::cancelled, "count(orders where status = \"cancelled\")");
  put(Fact::revenue, std::string(segments::kSpent));
  put(Fact::average, "avg(orders.total where status != \"cancelled\")");
  put(Fact::first_order_at, "first_time(orders where status != \"cancelled\")");
  put(Fact::last_order_at, "last_time(orders where status != \"cancelled\")");
  put(Fact::days_since, std::string(segments::kRecency));
  put(Fact::nps, fmt::format("last(survey_answered.score where {})", kNps));
  put(Fact::nps_at, fmt::format("last_time(survey_answered.score where {})", kNps));
  put(Fact::csat, fmt::format("last(survey_answered.score where {})", kCsat));
  put(Fact::csat_at, fmt::format("last_time(survey_answered.score where {})", kCsat));
  put(Fact::tickets, "count(tickets)");
  put(Fact::open_tickets, "count(tickets where status = \"open\")");
  put(Fact::complaints, "count(tickets where complaint)");
  put(Fact::first_seen_at, "customer.first_seen_at");
  put(Fact::last_seen_at, "customer.last_seen_at");
  return out;
}

const std::array<std::string, kFacts>& all_texts() {
  static const std::array<std::string, kFacts> all = texts();
  return all;
}

Result<std::shared_ptr<const engine::Plan>> plan_of_facts(std::shared_ptr<const timeline::Schema> schema) {
  std::string text = fmt::format("values({})", fmt::join(all_texts(), ", "));
  auto parsed = query::parse(text);
  if (!parsed) return fail(Code::internal, "{}", query::to_error(parsed.error(), text).message);
  query::CheckOptions options{.currency = schema->reading().currency};
  auto checked = query::check(std::move(*parsed), events::declared_kinds(), options);
  if (!checked) return fail(Code::internal, "{}", query::to_error(checked.error(), text).message);
  return engine::make_plan(std::move(*checked), std::move(schema), {});
}

}  // namespace

std::string_view text_of(Fact fact) { return all_texts()[static_cast<size_t>(fact)]; }

int64_t Facts::count(Fact fact) const {
  const double* number = (*this)[fact].get<double>();
  return number ? static_cast<int64_t>(*number) : 0;
}
std::optional<Time> Facts::time(Fact fact) const {
  const Time* at = (*this)[fact].get<Time>();
  return at ? std::optional(*at) : std::nullopt;
}
std::optional<Money> Facts::money(Fact fact) const {
  const Money* money = (*this)[fact].get<Money>();
  return money && money->currency.is_set() ? std::optional(*money) : std::nullopt;
}

Result<std::shared_ptr<const Ready>> make_ready(std::shared_ptr<const timeline::Schema> schema,
                                                std::shared_ptr<const segments::Set> set) {
  auto out = std::make_shared<Ready>();
  out->schema = schema;
  out->set = std::move(set);
  out->facts = TRY(plan_of_facts(schema));
  out->standing = std::make_shared<const measures::OneCustomer>(schema);
  if (!out->set) return std::shared_ptr<const Ready>(std::move(out));
  engine::Setting setting;
  setting.segments = out->set->checked;
  for (const auto& [id, definition] : out->set->definitions) {
    Ready::Segment segment{id, definition.name, definition.query, nullptr};
    auto checked = out->set->checked.find(definition.name);
    if (checked != out->set->checked.end())
      if (auto plan = engine::make_plan(checked->second, schema, setting)) segment.plan = *plan;
    out->segments.push_back(std::move(segment));
  }
  return std::shared_ptr<const Ready>(std::move(out));
}

Facts facts_of(const Ready& ready, const timeline::Place& place, Time now) {
  engine::Customer customer(*ready.facts);
  customer.look(*place.part, place.customer, {now});
  Facts out;
  const auto& columns = ready.facts->question->columns;
  for (size_t i = 0; i < kFacts; ++i)
    out.values[i] = engine::to_value(customer.value(columns[i]), ready.facts->currency);
  return out;
}

}  // namespace cairn::profile

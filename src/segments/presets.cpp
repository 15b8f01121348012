#include "segments/presets.h"

#include <algorithm>
#include <array>
#include <map>

#include "engine/ask.h"
#include "events/kinds.h"
#include "i18n/words.h"
#include "query/parser.h"
#include "query/printer.h"
#include "segments/rfm.h"

namespace cairn::segments {
namespace {

constexpr size_t kCountries = 12;
constexpr std::array<std::string_view, 3> kDated = {"segments.preset.dated", "segments.preset.fifths",
                                                    "segments.preset.fixed"};
/// Names that do not depend on anybody.
struct Fixed {
  std::string_view id, query;
};
constexpr std::array kFixed = {
    Fixed{"one_time_buyers", "count(orders where status != \"cancelled\") = 1"},
    Fixed{"silent_90_days",
          "not exists(page_viewed last 90 days) and not exists(product_viewed last 90 days) and not "
          "exists(order_completed last 90 days) and not exists(email_opened last 90 days) and not "
          "exists(ticket_opened last 90 days)"},
    Fixed{"detractors", "last(survey_answered.score where survey = \"nps\") <= 6"},
    Fixed{"birthday_soon", "days_to_anniversary(customer.birthday) <= 14"},
    Fixed{"stage_awareness", "not exists(product_viewed) and not exists(product_added) and not exists(orders)"},
    Fixed{"stage_consideration", "(exists(product_viewed) or exists(product_added)) and not exists(orders)"},
    Fixed{"stage_purchase", "count(orders) = 1"},
    Fixed{"stage_service", "exists(tickets where status = \"open\")"},
    Fixed{"stage_loyalty", "count(orders) >= 2"},
};

struct Everybody {
  std::vector<double> days, orders;
  std::vector<int64_t> spent;
  std::map<std::string, int64_t> countries;
};

Result<Everybody> look(const timeline::Version& version, const engine::Ask& ask) {
  // What buyers are told apart by, and where they live.
  auto parsed = query::parse(fmt::format("values({}, {}, {}, customer.country)", kRecency, kFrequency, kSpent));
  query::CheckOptions options{.currency = version.schema().reading().currency};
  auto checked = query::check(*parsed, events::declared_kinds(), options);
  if (!checked) return fail(Code::internal, "the presets' own question does not hold");
  auto plan = TRY(engine::make_plan(*checked, version.shared_schema(), {}));
  Everybody out;
  for (const engine::Line& line : TRY(engine::values(*plan, ask))) {
    if (const std::string* country = line.values[3].get<std::string>()) ++out.countries[*country];
    const double* days = line.values[0].get<double>();
    const double* orders = line.values[1].get<double>();
    if (!days || !orders || *orders < 1) continue;
    out.days.push_back(*days);
    out.orders.push_back(*orders);
    if (const Money* spent = line.values[2].get<Money>()) out.spent.push_back(spent->minor);
  }
  return out;
}

/// The conditions of the five classes of recency (5: the latest) and of frequency (5: the most often).
struct Cuts : Fifths {
  explicit Cuts(Everybody& all) : Fifths(all.days, all.orders, all.spent) {}
  /// False when so many bought at the same moment that nobody can be in it.
  bool has_recency(int score) const {
    return score == 5 || score == 1 || days[static_cast<size_t>(4 - score)] < days[static_cast<size_t>(5 - score)];
  }

  std::string recency(int score) const {
    auto at = [&](int i) { return fmt::format("{:.4f}", days[static_cast<size_t>(i)]); };
    if (score == 5) return fmt::format("days_since(orders) <= {}", at(0));
    if (score == 1) return fmt::format("days_since(orders) > {}", at(3));
    return fmt::format("days_since(orders) > {} and days_since(orders) <= {}", at(4 - score), at(5 - score));
  }
  std::string frequency(int score) const {
    constexpr std::string_view kCount = "count(orders where status != \"cancelled\")";
    auto at = [&](int i) { return fmt::format("{}", orders[static_cast<size_t>(i)]); };
    if (score == 1) return fmt::format("{0} >= 1 and {0} <= {1}", kCount, at(0));
    if (score == 5) return fmt::format("{} > {}", kCount, at(3));
    return fmt::format("{0} > {1} and {0} <= {2}", kCount, at(score - 2), at(score - 1));
  }
};

}  // namespace

Result<std::vector<Preset>> presets(const timeline::Version& version, Executor& executor, Time now,
                                    i18n::Language language, engine::Progress* progress) {
  const i18n::Words& words = i18n::Words::in(language);
  Everybody all = TRY(look(version, {version, executor, now, progress}));
  const timeline::Reading& reading = version.schema().reading();
  std::string day = words.date(reading.zone.day(now));
  std::string dated = words.text(kDated[0], {{"day", day}});
  std::vector<Preset> out;
  auto add = [&](std::string_view id, std::string query, const std::string& description) {
    out.push_back({std::string(id), words.text(fmt::format("segments.preset.{}", id)), std::move(query), description,
                   !description.empty()});
  };
  if (!all.days.empty()) {
    Cuts cuts(all);
    std::string often = fmt::format("count(orders where status != \"cancelled\") >= {}", cuts.often);
    std::string spends;
    if (reading.currency.is_set() && !all.spent.empty())
      spends = fmt::format(" and sum(orders.total where status != \"cancelled\") >= {} {}",
                           to_decimal(cuts.spent[3], reading.currency), reading.currency.code());
    add("champions", fmt::format("{} and {}{}", cuts.recency(5), often, spends), dated);
    add("at_risk", fmt::format("{} and {}", cuts.recency(1), often), dated);
    std::string classes = words.text(kDated[cuts.has_fixed ? 2 : 1], {{"day", day}});
    for (int recency = 5; recency >= 1; --recency) {
      if (!cuts.has_recency(recency)) continue;
      for (int frequency = 5; frequency >= 1; --frequency) {
        std::string r = std::to_string(recency), f = std::to_string(frequency);
        out.push_back({fmt::format("rfm_{}{}", r, f), words.text("segments.preset.rfm", {{"r", r}, {"f", f}}),
                       fmt::format("{} and {}", cuts.recency(recency), cuts.frequency(frequency)), classes, true});
      }
    }
  }
  for (const Fixed& fixed : kFixed) add(fixed.id, std::string(fixed.query), {});
  std::vector<std::pair<int64_t, std::string>> countries;
  for (const auto& [country, count] : all.countries) countries.emplace_back(-count, country);
  std::sort(countries.begin(), countries.end());
  for (size_t i = 0; i < std::min(kCountries, countries.size()); ++i) {
    query::Query text;
    text.set_root(text.literal(query::Value(countries[i].second)));
    out.push_back({fmt::format("country_{}", i + 1),
                   words.text("segments.preset.country", {{"country", countries[i].second}}),
                   fmt::format("customer.country = {}", query::print(text)),
                   {},
                   false});
  }
  return out;
}

bool is_dated_description(std::string_view description) {
  constexpr std::string_view kDay = "\n";
  for (i18n::Language language : {i18n::Language::en, i18n::Language::fr})
    for (std::string_view key : kDated) {
      std::string text = i18n::Words::in(language).text(key, {{"day", std::string(kDay)}});
      size_t at = text.find(kDay);
      if (description.starts_with(text.substr(0, at)) && description.ends_with(text.substr(at + 1))) return true;
    }
  return false;
}

}  // namespace cairn::segments

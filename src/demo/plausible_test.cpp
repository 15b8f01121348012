// Does the made-up shop look like one? Figures by simple loops over its events, with loose bounds.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "demo/generator.h"
#include "json/value.h"

namespace cairn::demo {
namespace {

struct Shop {
  Plan plan;
  std::map<std::string, int> kinds;
  std::map<std::string, std::vector<Time>> orders;    // by user_id
  std::map<std::string, std::pair<int, int>> scores;  // survey → good, all
  std::map<int, std::pair<int, int>> late_by_month;   // months since the first → late, delivered
  std::map<int, int> orders_by_month;                 // calendar month → orders
  int promoters = 0, detractors = 0, answers = 0, late = 0, promised = 0, events = 0;
  std::vector<Truth> truths;
};

std::string text(const json::Object& o, std::string_view key) {
  return std::string(json::text_at(o, key).value_or(""));
}

void add_order_event(Shop& shop, const events::NewEvent& e, const json::Object& o) {
  if (e.kind == "Order Completed") {
    shop.orders[e.identifiers[0].value].push_back(e.occurred_at);
    Day day = Zone::find("Europe/Paris")->day(e.occurred_at);
    ++shop.orders_by_month[civil_of(day).month];
  }
  if (e.kind == "Order Delivered" && json::find(o, "promised_at")) {
    bool late = to_text(Zone::find("Europe/Paris")->day(e.occurred_at)) > text(o, "promised_at");
    ++shop.promised;
    shop.late += late;
    auto& month =
        shop.late_by_month[static_cast<int>((e.occurred_at - shop.plan.calendar.begin()).micros / days(30).micros)];
    month.first += late;
    ++month.second;
  }
}

void add_answer(Shop& shop, const json::Object& o) {
  auto score = *json::int_at(o, "score");
  std::string survey = text(o, "survey");
  ++shop.scores[survey].second;
  if (survey == "nps") {
    shop.promoters += score >= 9;
    shop.detractors += score <= 6;
    ++shop.answers;
  } else {
    shop.scores[survey].first += score >= 4;
  }
}

/// Two years of six thousand customers, told once for all tests.
const Shop& shop() {
  static const Shop told = [] {
    Zone zone = *Zone::find("Europe/Paris");
    Options options;
    options.customers = 6000;
    options.months = 24;
    options.until = *parse_moment("2025-03-04", zone);
    Shop out{*make_plan(options, zone, Time{}), {}, {}, {}, {}, {}, 0, 0, 0, 0, 0, 0, {}};
    Generator generator(system_executor(), out.plan);
    for (Slice slice; generator.next(slice);) {
      if (generator.began_wave())
        out.truths.insert(out.truths.end(), generator.truths().begin(), generator.truths().end());
      for (const auto& list : slice.by_source)
        for (const events::NewEvent& e : list) {
          ++out.events;
          ++out.kinds[e.kind];
          bool matters = e.kind == "Survey Answered" || e.kind.starts_with("Order ");
          if (!matters) continue;
          json::Object o = *json::parse_object(e.properties);
          if (e.kind == "Survey Answered") add_answer(out, o);
          else add_order_event(out, e, o);
        }
    }
    return out;
  }();
  return told;
}

double ratio(double of, double all) { return of / all; }
double kinds(std::string_view kind) {
  auto it = shop().kinds.find(std::string(kind));
  return it == shop().kinds.end() ? 0 : it->second;
}
double good(const std::string& survey) {
  return ratio(shop().scores.at(survey).first, shop().scores.at(survey).second);
}

#define EXPECT_BETWEEN(value, low, high) \
  EXPECT_GE(value, low);                 \
  EXPECT_LE(value, high)

TEST(Plausible, how_much_happens) {
  EXPECT_BETWEEN(ratio(shop().events, 6000), 40, 65);
  EXPECT_BETWEEN(ratio(kinds("Order Completed"), 6000), 1.3, 2.2);
}

TEST(Plausible, customers_come_back_at_a_usual_rate) {
  Time year_ago = shop().plan.calendar.end() - days(365);
  int bought = 0, again = 0;
  for (const auto& [user, times] : shop().orders) {
    auto in_year = std::count_if(times.begin(), times.end(), [&](Time t) { return t >= year_ago; });
    bought += in_year > 0;
    again += in_year > 1;
  }
  EXPECT_BETWEEN(ratio(again, bought), 0.25, 0.42);
}

TEST(Plausible, scores_are_those_of_a_decent_shop) {
  EXPECT_BETWEEN(good("order_csat"), 0.75, 0.90);
  EXPECT_BETWEEN(good("ticket_csat"), 0.68, 0.88);
  EXPECT_BETWEEN(good("need_met"), 0.60, 0.88);
  EXPECT_BETWEEN(100 * ratio(shop().promoters - shop().detractors, shop().answers), 20, 45);
}

TEST(Plausible, deliveries_returns_and_complaints) {
  EXPECT_BETWEEN(1 - ratio(shop().late, shop().promised), 0.88, 0.95);
  EXPECT_BETWEEN(ratio(kinds("Return Requested"), kinds("Order Completed")), 0.05, 0.10);
  EXPECT_BETWEEN(ratio(kinds("Ticket Opened"), kinds("Order Completed")), 0.05, 0.20);
  EXPECT_BETWEEN(ratio(kinds("Order Cancelled"), kinds("Order Completed")), 0.01, 0.04);
  EXPECT_BETWEEN(ratio(kinds("Product Reviewed"), kinds("Order Delivered")), 0.04, 0.15);
}

TEST(Plausible, the_slump_shows_and_passes) {
  auto share = [](int from, int to) {
    int late = 0, all = 0;
    for (int month = from; month < to; ++month) {
      auto it = shop().late_by_month.find(month);
      if (it == shop().late_by_month.end()) continue;
      late += it->second.first;
      all += it->second.second;
    }
    return ratio(late, all);
  };
  // The slump is from 8 to 5 months before the end of 24.
  double slump = share(16, 19), before = share(12, 15), after = share(20, 22);
  EXPECT_GT(slump, 1.4 * before);
  EXPECT_GT(slump, 1.3 * after);
}

TEST(Plausible, december_is_busier_than_summer) {
  const auto& months = shop().orders_by_month;
  EXPECT_GT(months.at(12), 1.5 * months.at(8));
  EXPECT_GT(months.at(12), 1.5 * months.at(7));
}

TEST(Plausible, the_truth_hangs_together_with_the_events) {
  int referred = 0, with_gesture = 0, eligible = 0, silent = 0;
  int64_t orders = 0;
  for (const Truth& t : shop().truths) {
    orders += t.orders > 0;
    referred += t.invited_by.has_value();
    eligible += t.was_eligible;
    with_gesture += t.was_treated;
    silent += t.was_dissatisfied && !t.told_so;
    EXPECT_TRUE(t.was_eligible || !t.was_treated);
    EXPECT_BETWEEN(t.satisfied, 0, 1);
    auto it = shop().orders.find(user_id_of(t.customer));
    if (it == shop().orders.end() || !t.left_at) continue;
    EXPECT_LE(it->second.back(), *t.left_at) << "who has left buys nothing more";
  }
  EXPECT_EQ(shop().truths.size(), 6000u - 2);
  EXPECT_BETWEEN(ratio(referred, 6000), 0.03, 0.12);
  EXPECT_GT(eligible, 60);
  EXPECT_BETWEEN(ratio(with_gesture, eligible), 0.35, 0.65);
  EXPECT_GT(silent, 60);
  EXPECT_LE(shop().orders.size(), static_cast<size_t>(orders) + 2);
}

TEST(Plausible, a_gesture_keeps_people) {
  int left[2] = {0, 0}, all[2] = {0, 0};
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    Plan plan = shop().plan;
    plan.seed = seed;
    Tape tape(plan.calendar.begin(), plan.calendar.end());
    for (uint32_t customer = 0; customer < 6000; ++customer) {
      Life life(plan, customer, {}, tape);
      life.live();
      const Truth& t = life.truth();
      if (!t.was_eligible) continue;
      ++all[t.was_treated];
      left[t.was_treated] += t.left_at.has_value();
    }
  }
  ASSERT_GT(all[0], 300);
  EXPECT_LT(ratio(left[1], all[1]), ratio(left[0], all[0]));
}

}  // namespace
}  // namespace cairn::demo

#include "measures/estimate.h"

#include <gtest/gtest.h>

#include <cmath>

#include "measures/log_by_hand.h"
#include "stats/sample.h"

namespace cairn::measures {
namespace {

Sheet empty_sheet() {
  Scope scope{{}, on_day(100)};
  return Sheet(scope, Months(scope, on_day(0), Zone()));
}

TEST(Estimate, ShareWithWilson) {
  Sheet sheet = empty_sheet();
  for (int i = 0; i < 100; ++i) {
    sheet.begin_customer(i % 256);
    sheet.trial(Key::order_csat, on_day(5), i < 55);
    sheet.end_customer(100);
  }
  Figure f = estimate(definition(Key::order_csat), sheet.record(Key::order_csat), sheet.months(), 2);
  EXPECT_TRUE(f.is_enough);
  EXPECT_DOUBLE_EQ(*f.value, 0.55);
  EXPECT_NEAR(*f.low, 0.4524460, 1e-6);
  EXPECT_NEAR(*f.high, 0.6438546, 1e-6);
  EXPECT_EQ(f.stake_customers, 45);
  EXPECT_EQ(f.stake_minor, 4500);
}

TEST(Estimate, BelowTheMinimumThereIsNoNumber) {
  Sheet sheet = empty_sheet();
  sheet.begin_customer(1);
  for (int i = 0; i < 49; ++i) sheet.trial(Key::order_csat, on_day(5), true);
  Figure f = estimate(definition(Key::order_csat), sheet.record(Key::order_csat), sheet.months(), 2);
  EXPECT_EQ(f.n, 49);
  EXPECT_FALSE(f.is_enough);
  EXPECT_FALSE(f.value || f.low || f.high);
}

TEST(Estimate, TrendHidesMonthsBelowTen) {
  Sheet sheet = empty_sheet();
  sheet.begin_customer(1);
  for (int i = 0; i < 9; ++i) sheet.trial(Key::order_csat, on_day(5), true);
  for (int i = 0; i < 10; ++i) sheet.trial(Key::order_csat, on_day(40), i < 5);
  Figure f = estimate(definition(Key::order_csat), sheet.record(Key::order_csat), sheet.months(), 2);
  ASSERT_EQ(f.trend.size(), 4u);
  EXPECT_EQ(f.trend[0].month, "2026-01");
  EXPECT_EQ(f.trend[0].n, 9);
  EXPECT_FALSE(f.trend[0].value);
  EXPECT_DOUBLE_EQ(*f.trend[1].value, 0.5);
  EXPECT_LT(*f.trend[1].low, 0.5);
  EXPECT_EQ(f.trend[2].n, 0);
}

// Golden of the design: 500 promoters, 333 passives, 167 detractors.
TEST(Estimate, Nps) {
  Sheet sheet = empty_sheet();
  sheet.begin_customer(1);
  sheet.add(Key::nps, on_day(5), {500, 167, 1000});
  Figure f = estimate(definition(Key::nps), sheet.record(Key::nps), sheet.months(), 2);
  EXPECT_NEAR(*f.value, 33.3, 1e-9);
  EXPECT_NEAR((*f.low + *f.high) / 2, 33.20, 0.005);
  EXPECT_NEAR((*f.high - *f.low) / 2, 4.62, 0.005);
}

TEST(Estimate, RatePerThousand) {
  Sheet sheet = empty_sheet();
  sheet.begin_customer(1);
  sheet.add(Key::complaints_per_1000_orders, on_day(5), {10, 2000});
  Figure f = estimate(definition(Key::complaints_per_1000_orders), sheet.record(Key::complaints_per_1000_orders),
                      sheet.months(), 2);
  EXPECT_DOUBLE_EQ(*f.value, 5);
  EXPECT_NEAR(*f.low, 4.7954 / 2, 1e-3);  // Garwood for 10 events: 4.795–18.390
  EXPECT_NEAR(*f.high, 18.3904 / 2, 1e-3);
}

TEST(Estimate, UpliftIsWeightedOverStrataWithAHoldout) {
  Sheet sheet = empty_sheet();
  sheet.begin_customer(1);
  auto arm = [&](const char* name, bool holdout, int n, int hits) {
    for (int i = 0; i < n; ++i) sheet.treatment(Key::automation_uplift, name, on_day(5), holdout, i < hits);
  };
  arm("a", false, 300, 60), arm("a", true, 100, 10);  // 0.20 − 0.10
  arm("b", false, 100, 50), arm("b", true, 100, 48);  // 0.50 − 0.48
  arm("c", false, 500, 500), arm("c", true, 29, 0);   // holdout too small
  Figure f = estimate(definition(Key::automation_uplift), sheet.record(Key::automation_uplift), sheet.months(), 2);
  EXPECT_EQ(f.n, 400);
  EXPECT_NEAR(*f.value, 0.75 * 0.10 + 0.25 * 0.02, 1e-12);
  EXPECT_LT(*f.low, *f.value);
  EXPECT_GT(*f.high, *f.value);
}

TEST(Estimate, MoneyIsInMajorUnits) {
  Sheet sheet = empty_sheet();
  for (int i = 0; i < 40; ++i) {
    sheet.begin_customer(i);
    sheet.add(Key::aov, on_day(5), {1000.0 + i, 1, 1});
    sheet.add(Key::revenue, on_day(5), {1000, 1});
  }
  Figure aov = estimate(definition(Key::aov), sheet.record(Key::aov), sheet.months(), 2);
  EXPECT_NEAR(*aov.value, 10.195, 1e-9);
  EXPECT_LT(*aov.low, *aov.value);
  EXPECT_GT(*aov.high, *aov.value);
  ASSERT_TRUE(aov.trend[0].low);
  Figure revenue = estimate(definition(Key::revenue), sheet.record(Key::revenue), sheet.months(), 2);
  EXPECT_DOUBLE_EQ(*revenue.value, 400);
  EXPECT_FALSE(revenue.low);
}

// Leaving a group out is exact: the same as never having seen it.
TEST(Estimate, LeaveOutEqualsComputingWithoutTheGroup) {
  Random chance(7);
  std::vector<std::pair<int, double>> seen;
  for (int i = 0; i < 300; ++i)
    seen.emplace_back(static_cast<int>(chance.below(5)) * 50, std::floor(chance.uniform() * 20));
  auto collect = [&](int without) {
    Sheet sheet = empty_sheet();
    for (auto [bucket, value] : seen) {
      if (bucket == without) continue;
      sheet.begin_customer(bucket);
      sheet.sample(Key::first_reply_hours, on_day(1), value);
      sheet.trial(Key::order_csat, on_day(1), value > 7);
      sheet.add(Key::nps, on_day(1), {value > 15 ? 1.0 : 0, value < 5 ? 1.0 : 0, 1});
      sheet.treatment(Key::automation_uplift, value > 10 ? "a" : "b", on_day(1), std::fmod(value, 3) == 0, value > 12);
    }
    return sheet;
  };
  Sheet all = collect(-1);
  for (Key key : {Key::first_reply_hours, Key::order_csat, Key::nps, Key::automation_uplift}) {
    const Definition& d = definition(key);
    std::vector<double> without = leave_out(d, all.record(key));
    ASSERT_EQ(without.size(), 256u);
    for (int bucket : {0, 50, 100, 150, 200, 7}) {
      Sheet rest = collect(bucket);
      double expected = leave_out(d, rest.record(key))[9];  // a group that nobody is in
      EXPECT_NEAR(without[static_cast<size_t>(bucket)], expected, 1e-12) << d.name << " " << bucket;
    }
  }
  std::vector<double> values;
  for (auto [bucket, value] : seen)
    if (bucket != 100) values.push_back(value);
  EXPECT_DOUBLE_EQ(leave_out(definition(Key::first_reply_hours), all.record(Key::first_reply_hours))[100],
                   stats::median(values));
}

TEST(Months, FollowTheZoneAndTheScope) {
  Zone paris = Zone::find("Europe/Paris").value();
  Scope scope{on_day(20), on_day(100)};
  Months months(scope, on_day(0), paris);
  ASSERT_EQ(months.size(), 4u);
  EXPECT_EQ(months.name(0), "2026-01");
  EXPECT_EQ(months.end(3), scope.until) << "the last month ends with the scope";
  // 31 January, 23:30 UTC is 1 February in Paris.
  Time late{on_day(30, 23).micros + minutes(30).micros};
  EXPECT_EQ(months.index(late), 1);
  // April begins at 22:00 UTC, after the change of the clocks on 29 March.
  EXPECT_EQ(months.start(3), on_day(89, 22));
  EXPECT_EQ(months.index(on_day(-5)), -1);
}

TEST(Months, NoneBeforeTheFirstEventAndNoneWithoutEvents) {
  Scope scope{{}, on_day(70)};
  EXPECT_EQ(Months(scope, on_day(40), Zone()).name(0), "2026-02");
  EXPECT_EQ(Months(scope, std::nullopt, Zone()).size(), 0u);
  EXPECT_EQ(Months(scope, Time{}, Zone()).size(), static_cast<size_t>(Months::kMonthsMax)) << "1970 is cut off";
}

}  // namespace
}  // namespace cairn::measures

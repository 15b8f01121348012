#include "profile/habits.h"

#include <gtest/gtest.h>

namespace cairn::profile {
namespace {

Time at(std::string_view text) { return parse_moment(text, Zone()).value(); }

TEST(Tally, TheMostFrequentAndOfEqualsTheLast) {
  Tally tally;
  EXPECT_FALSE(tally.favourite());
  for (const char* value : {"tea", "cups", "tea", "", "cups"}) tally.add(value);
  auto favourite = tally.favourite();
  ASSERT_TRUE(favourite);
  EXPECT_EQ(favourite->value, "cups") << "two each; cups came last";
  EXPECT_EQ(favourite->times, 2);
  EXPECT_EQ(favourite->of, 4);
  tally.add("tea");
  EXPECT_EQ(tally.favourite()->value, "tea");
}

TEST(UsualHour, IsWhereThreeHoursHoldTheMost) {
  // 21, 22 and 23 of Paris in winter, and 8: around 22.
  Zone paris = Zone::find("Europe/Paris").value();
  std::vector<Time> moments = {at("2026-01-01T20:10:00Z"), at("2026-01-05T21:10:00Z"), at("2026-01-09T22:59:00Z"),
                               at("2026-01-12T07:00:00Z")};
  EXPECT_EQ(usual_hour(moments, paris), 22);
  EXPECT_EQ(usual_hour({at("2026-01-01T23:30:00Z"), at("2026-01-02T00:30:00Z"), at("2026-01-02T00:40:00Z")}, Zone()), 0)
      << "round the clock";
  EXPECT_FALSE(usual_hour({moments[0], moments[1]}, paris)) << "two are no habit";
  EXPECT_EQ(usual_hour({at("1969-12-31T09:00:00Z"), at("1969-12-31T09:05:00Z"), at("1969-12-31T09:06:00Z")}, Zone()),
            9);
}

TEST(PriceBand, IsTheMiddleHalfOfUnits) {
  Currency eur = Currency::parse("EUR").value();
  // Units at 10, 20, 20, 20, 60: the quarters are at 20 and 20. With one more at 60: 20 and 50.
  auto band = price_band({{2000, 3}, {1000, 1}, {6000, 1}}, eur);
  ASSERT_TRUE(band);
  EXPECT_EQ(band->low.minor, 2000);
  EXPECT_EQ(band->high.minor, 2000);
  EXPECT_EQ(band->items, 5);
  band = price_band({{2000, 3}, {1000, 1}, {6000, 2}}, eur);
  EXPECT_EQ(band->low.minor, 2000);
  EXPECT_EQ(band->high.minor, 5000);
  EXPECT_FALSE(price_band({{2000, 2}, {5, 0}}, eur));
}

TEST(Cycle, IsTheMedianBetweenOrders) {
  std::vector<Time> orders = {at("2026-01-01"), at("2026-01-11"), at("2026-02-10"), at("2026-03-02")};
  auto cycle = cycle_of(orders, at("2026-03-10"));
  ASSERT_TRUE(cycle);
  EXPECT_EQ(cycle->days, 20) << "of 10, 30 and 20";
  EXPECT_EQ(cycle->gaps, 3);
  EXPECT_EQ(to_rfc3339(cycle->next_expected_at), "2026-03-22T00:00:00Z");
  EXPECT_FALSE(cycle->is_overdue);
  EXPECT_TRUE(cycle_of(orders, at("2026-03-23"))->is_overdue);
  orders.pop_back();
  EXPECT_EQ(cycle_of(orders, at("2026-03-10"))->days, 20) << "between 10 and 30";
  orders.pop_back();
  EXPECT_FALSE(cycle_of(orders, at("2026-03-10"))) << "two orders have one gap, which is no cycle";
}

}  // namespace
}  // namespace cairn::profile

#include "demo/calendar.h"

#include <gtest/gtest.h>

#include "demo/plan.h"

namespace cairn::demo {
namespace {

Zone paris() { return *Zone::find("Europe/Paris"); }
Calendar year_2024() { return Calendar(paris(), day_of({2024, 1, 1}), day_of({2025, 1, 1})); }
Time utc(std::string_view text) { return *parse_moment(text, Zone()); }

TEST(Calendar, knows_easter_and_the_weeks_of_a_year) {
  EXPECT_EQ(to_text(easter(2024)), "2024-03-31");
  EXPECT_EQ(to_text(easter(2025)), "2025-04-20");
  EXPECT_EQ(to_text(easter(1961)), "1961-04-02");
  EXPECT_EQ(to_text(monday_of_week(2024, 37)), "2024-09-09");
  EXPECT_EQ(to_text(monday_of_week(2021, 37)), "2021-09-13");
  EXPECT_EQ(to_text(monday_of_week(2020, 1)), "2019-12-30");
}

TEST(Calendar, lives_on_the_shops_clock) {
  Calendar c = year_2024();
  EXPECT_EQ(c.days(), 366);
  EXPECT_EQ(to_rfc3339(c.begin()), "2023-12-31T23:00:00Z");
  EXPECT_EQ(to_rfc3339(c.at(182, 12)), "2024-07-01T10:00:00Z");
  EXPECT_EQ(c.weekday(0), 0);
  EXPECT_EQ(c.day_of(c.at(59, 23.9)), 59);
}

TEST(Calendar, counts_working_time_over_nights_and_weekends) {
  Calendar c = year_2024();
  Time friday = utc("2024-07-05T15:00:00Z");  // 17:00 in Paris
  EXPECT_EQ(to_rfc3339(c.after_working(friday, 0.5)), "2024-07-05T15:30:00Z");
  EXPECT_EQ(to_rfc3339(c.after_working(friday, 3)), "2024-07-08T09:00:00Z");
  EXPECT_EQ(to_rfc3339(c.after_working(utc("2024-07-06T10:00:00Z"), 10)), "2024-07-09T08:00:00Z");
}

TEST(Calendar, busy_days_draw_more_people) {
  Calendar c = year_2024();
  Random random(3);
  int december = 0, july = 0;
  for (int i = 0; i < 20'000; ++i) {
    int month = civil_of(c.civil_day(c.day_of(c.arrival(random.uniform(), random)))).month;
    december += month == 12;
    july += month == 7;
  }
  EXPECT_GT(december, 2 * july);
  EXPECT_GT(july, 600);
}

TEST(Calendar, a_moment_on_the_busy_clock_comes_back_to_its_day) {
  Calendar c = year_2024();
  Random random(4);
  for (int day = 0; day < 366; day += 13) {
    Time noon = c.at(day, 12);
    EXPECT_EQ(c.day_of(c.moment(c.busy_at(noon), random)), day);
  }
  EXPECT_EQ(c.moment(1e9, random), c.end());
}

TEST(Plan, refuses_what_is_out_of_range) {
  auto message = [](int customers, int months) {
    Options options;
    options.customers = customers;
    options.months = months;
    auto plan = make_plan(options, paris(), utc("2025-03-04T12:00:00Z"));
    return plan ? std::string() : plan.error().message;
  };
  EXPECT_EQ(message(0, 1), "--customers must be from 1 to 5000000, not 0");
  EXPECT_EQ(message(5'000'001, 1), "--customers must be from 1 to 5000000, not 5000001");
  EXPECT_EQ(message(10, 0), "--months must be from 1 to 60, not 0");
  EXPECT_EQ(message(10, 61), "--months must be from 1 to 60, not 61");
  EXPECT_EQ(message(5'000'000, 60), "");
}

TEST(Plan, ends_with_yesterday_and_finds_the_week_that_broke) {
  Options options;
  options.months = 18;
  Time now = utc("2025-03-31T12:00:00Z");
  auto plan = make_plan(options, paris(), now);
  ASSERT_TRUE(plan);
  EXPECT_EQ(to_rfc3339(plan->calendar.end()), "2025-03-30T22:00:00Z");
  EXPECT_EQ(to_text(plan->calendar.civil_day(0)), "2023-09-30") << "September has no 31st";
  ASSERT_TRUE(plan->incident);
  EXPECT_EQ(to_rfc3339(plan->incident->from), "2024-09-08T22:00:00Z");
  EXPECT_EQ(plan->incident->to - plan->incident->from, days(7));
  options.months = 3;
  EXPECT_FALSE(make_plan(options, paris(), now)->incident);
  options.until = utc("2024-10-01T00:00:00Z");
  EXPECT_TRUE(make_plan(options, paris(), now)->incident);
}

}  // namespace
}  // namespace cairn::demo

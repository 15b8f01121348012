#include "measures/business_hours.h"

#include <gtest/gtest.h>

#include "measures/log_by_hand.h"

namespace cairn::measures {
namespace {

double in_hours(Duration d) { return d.seconds() / 3600; }

// 2026-01-01 is a Thursday: day 0 Thu, 1 Fri, 2 Sat, 3 Sun, 4 Mon.
TEST(BusinessHours, WithinOneDay) {
  EXPECT_EQ(in_hours(working_time(on_day(0, 10), on_day(0, 12), Zone())), 2);
  EXPECT_EQ(in_hours(working_time(on_day(0, 6), on_day(0, 23), Zone())), 9);
  EXPECT_EQ(in_hours(working_time(on_day(0, 19), on_day(0, 23), Zone())), 0);
  EXPECT_EQ(in_hours(working_time(on_day(0, 12), on_day(0, 10), Zone())), 0);
}

TEST(BusinessHours, NightsAndWeekendsDoNotCount) {
  EXPECT_EQ(in_hours(working_time(on_day(0, 17), on_day(1, 10), Zone())), 2);
  EXPECT_EQ(in_hours(working_time(on_day(1, 17), on_day(4, 10), Zone())), 2);
  EXPECT_EQ(in_hours(working_time(on_day(2, 10), on_day(3, 10), Zone())), 0);
}

TEST(BusinessHours, WholeWeeksAreFortyFiveHours) {
  for (int weeks : {1, 2, 5, 52})
    for (int start = 0; start < 7; ++start)
      EXPECT_EQ(in_hours(working_time(on_day(start, 13), on_day(start + 7 * weeks, 13), Zone())), 45 * weeks) << start;
}

// Against the obvious way: minute by minute, over two changes of the clocks.
TEST(BusinessHours, AgreesWithCountingMinutesInParis) {
  Zone paris = Zone::find("Europe/Paris").value();
  auto counted = [&](Time from, Time to) {
    int64_t minutes_open = 0;
    for (Time t = from; t < to; t = t + minutes(15)) {
      int64_t of_day = paris.local(t).micros / minutes(1).micros % (24 * 60);
      int day = (paris.day(t).days + 3) % 7;
      minutes_open += day < 5 && of_day >= 9 * 60 && of_day < 18 * 60 ? 15 : 0;
    }
    return static_cast<double>(minutes_open) / 60;
  };
  for (int start : {80, 85, 86, 87, 295, 297, 298})
    for (int length : {1, 2, 3, 6, 9})
      EXPECT_EQ(in_hours(working_time(on_day(start, 7), on_day(start + length, 16), paris)),
                counted(on_day(start, 7), on_day(start + length, 16)))
          << start << "+" << length;
}

}  // namespace
}  // namespace cairn::measures

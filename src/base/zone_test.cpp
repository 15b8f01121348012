#include "base/zone.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

Time utc(std::string_view text) { return Time{parse_time(text).value().micros}; }
LocalTime reading(std::string_view text) { return {parse_time(text).value().micros}; }
Zone zone(std::string_view name) { return Zone::find(name).value(); }

TEST(Zone, UtcIsTheDefault) {
  EXPECT_EQ(Zone().name(), "UTC");
  EXPECT_EQ(Zone().local(Time{42}).micros, 42);
  EXPECT_EQ(Zone().moment({42}).micros, 42);
}

TEST(Zone, AnUnknownNameIsRefused) {
  Result<Zone> found = Zone::find("Europe/Atlantis");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::invalid);
  EXPECT_NE(found.error().message.find("Europe/Atlantis"), std::string::npos);
}

TEST(Zone, SummerAndWinter) {
  Zone paris = zone("Europe/Paris");
  EXPECT_EQ(paris.name(), "Europe/Paris");
  EXPECT_EQ(paris.moment(reading("2026-01-15T12:00:00")), utc("2026-01-15T11:00:00Z"));
  EXPECT_EQ(paris.moment(reading("2026-07-15T12:00:00")), utc("2026-07-15T10:00:00Z"));
  EXPECT_EQ(paris.local(utc("2026-07-15T10:00:00Z")), reading("2026-07-15T12:00:00"));
}

TEST(Zone, AReadingThatNeverHappensIsTheMomentOfTheChange) {
  Zone paris = zone("Europe/Paris");  // 2026-03-29: 02:00 becomes 03:00
  Time change = utc("2026-03-29T01:00:00Z");
  EXPECT_EQ(paris.moment(reading("2026-03-29T01:59:59")), utc("2026-03-29T00:59:59Z"));
  EXPECT_EQ(paris.moment(reading("2026-03-29T02:00:00")), change);
  EXPECT_EQ(paris.moment(reading("2026-03-29T02:30:00")), change);
  EXPECT_EQ(paris.moment(reading("2026-03-29T03:00:00")), change);
  EXPECT_EQ(paris.moment(reading("2026-03-29T03:00:01")), change + seconds(1));
}

TEST(Zone, AReadingThatHappensTwiceIsTheEarlier) {
  Zone paris = zone("Europe/Paris");  // 2026-10-25: 03:00 becomes 02:00
  EXPECT_EQ(paris.moment(reading("2026-10-25T02:30:00")), utc("2026-10-25T00:30:00Z"));
  EXPECT_EQ(paris.local(utc("2026-10-25T00:30:00Z")), paris.local(utc("2026-10-25T01:30:00Z")));
}

TEST(Zone, DaysAreThoseOfTheWallClock) {
  Zone paris = zone("Europe/Paris");
  EXPECT_EQ(to_text(paris.day(utc("2026-06-30T22:30:00Z"))), "2026-07-01");
  EXPECT_EQ(to_text(Zone().day(utc("2026-06-30T22:30:00Z"))), "2026-06-30");
  EXPECT_EQ(to_text(Zone().day(Time{-1})), "1969-12-31");
  EXPECT_EQ(paris.start_of(day_of({2026, 7, 1})), utc("2026-06-30T22:00:00Z"));
}

TEST(Zone, ADayWhoseMidnightIsSkippedBeginsAtTheChange) {
  Zone sao_paulo = zone("America/Sao_Paulo");  // 2018-11-04: 00:00 becomes 01:00
  Time start = sao_paulo.start_of(day_of({2018, 11, 4}));
  EXPECT_EQ(start, utc("2018-11-04T03:00:00Z"));
  EXPECT_EQ(to_text(sao_paulo.day(start)), "2018-11-04");
  EXPECT_EQ(to_text(sao_paulo.day(start - microseconds(1))), "2018-11-03");
}

TEST(Zone, EveryHourOfAYearRoundTripsButTheRepeatedOne) {
  for (std::string_view name : {"Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"}) {
    Zone z = zone(name);
    int repeated = 0;
    for (Time t = utc("2026-01-01T00:00:00Z"); t < utc("2027-01-01T00:00:00Z"); t = t + minutes(30)) {
      Time back = z.moment(z.local(t));
      if (back != t) ++repeated;
      EXPECT_LE(back, t);
    }
    EXPECT_LE(repeated, 2) << name;
    EXPECT_EQ(repeated > 0, name != "Asia/Kolkata") << name;
  }
}

TEST(ParseMoment, UsesTheZoneOnlyWhenTheTextHasNone) {
  Zone paris = zone("Europe/Paris");
  EXPECT_EQ(parse_moment("2026-07-15 12:00:00", paris).value(), utc("2026-07-15T10:00:00Z"));
  EXPECT_EQ(parse_moment("2026-07-15T12:00:00Z", paris).value(), utc("2026-07-15T12:00:00Z"));
  EXPECT_EQ(parse_moment("2026-07-15", paris).value(), utc("2026-07-14T22:00:00Z"));
  EXPECT_FALSE(parse_moment("soon", paris));
}

}  // namespace
}  // namespace cairn

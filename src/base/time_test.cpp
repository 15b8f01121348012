#include "base/time.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

constexpr int64_t kDay = 86'400'000'000LL;

TEST(Time, ReadsEveryFormOfTheHeader) {
  struct Case {
    std::string_view text;
    bool zoned;
    bool date_only;
    int64_t micros;
  };
  constexpr int64_t kDate = 17758 * kDay;  // 2018-08-15
  constexpr int64_t kClock = (4 * 3600 + 10 * 60 + 37) * 1'000'000LL;
  const Case cases[] = {
      {"2018-08-15", false, true, kDate},
      {"20180815", false, true, kDate},
      {"2018-08-15 04:10:37", false, false, kDate + kClock},
      {"2018-08-15 04:10", false, false, kDate + kClock - 37'000'000},
      {"2018-08-15T04:10:37.5", false, false, kDate + kClock + 500'000},
      {"2018-08-15 04:10:37.123456789", false, false, kDate + kClock + 123'456},
      {"2018-08-15T04:10:37Z", true, false, kDate + kClock},
      {"2018-08-15 04:10:37 UTC", true, false, kDate + kClock},
      {"2018-08-15T04:10:37.25+05:30", true, false, kDate + kClock + 250'000 - 19'800'000'000LL},
      {"2018-08-15T04:10:37-0330", true, false, kDate + kClock + 12'600'000'000LL},
      {"2018-08-15T04:10:37+02", true, false, kDate + kClock - 7'200'000'000LL},
      {"1970-01-01T00:00:00Z", true, false, 0},
      {"1969-12-31T23:59:59.999999Z", true, false, -1},
      {"2016-12-31T23:59:60Z", true, false, 17167 * kDay - 1'000'000},  // a leap second is the one before
  };
  for (const Case& c : cases) {
    Result<ParsedTime> parsed = parse_time(c.text);
    ASSERT_TRUE(parsed) << c.text << ": " << parsed.error().message;
    EXPECT_EQ(parsed->zoned, c.zoned) << c.text;
    EXPECT_EQ(parsed->date_only, c.date_only) << c.text;
    EXPECT_EQ(parsed->micros, c.micros) << c.text;
  }
}

TEST(Time, RefusesWhatIsNoTimeAndSaysWhatItFound) {
  for (std::string_view text : {"",
                                "2018",
                                "2018-8-15",
                                "2018-13-01",
                                "2018-02-29",
                                "2018-00-10",
                                "2018-01-00",
                                "0000-01-01",
                                "15/08/2018",
                                "2018-08-15T",
                                "2018-08-15T24:00:00",
                                "2018-08-15T10:60",
                                "2018-08-15T10:00:61",
                                "2018-08-15T10:00:00.",
                                "2018-08-15T10:00:00+25:00",
                                "2018-08-15T10:00:00Zx",
                                "2018-08-15x",
                                "2018-0815",
                                "1534306237",
                                "-2018-08-15"}) {
    Result<ParsedTime> parsed = parse_time(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, Code::invalid);
    EXPECT_NE(parsed.error().message.find("'" + std::string(text) + "'"), std::string::npos) << parsed.error().message;
  }
}

TEST(Time, PrintsAndReadsBackTheSameMoment) {
  EXPECT_EQ(to_rfc3339({0}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(to_rfc3339({-1}), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(to_rfc3339({-kDay}), "1969-12-31T00:00:00Z");
  EXPECT_EQ(to_rfc3339({1'534'306'237'123'456}), "2018-08-15T04:10:37.123456Z");
  for (int64_t micros = -60'000'000'000'000'000; micros < 200'000'000'000'000'000; micros += 987'654'321'987'654) {
    std::string text = to_rfc3339({micros});
    Result<ParsedTime> parsed = parse_time(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(parsed->micros, micros) << text;
  }
}

TEST(Day, CalendarRoundTripsOverFourCenturies) {
  EXPECT_EQ(day_of({1970, 1, 1}).days, 0);
  EXPECT_EQ(day_of({2000, 3, 1}).days, 11017);
  EXPECT_EQ(to_text(day_of({2024, 2, 29})), "2024-02-29");
  EXPECT_EQ(to_month_text(day_of({2024, 2, 29})), "2024-02");
  for (int32_t d = -150'000; d < 150'000; d += 7) {
    CivilDate date = civil_of({d});
    ASSERT_TRUE(is_valid(date));
    ASSERT_EQ(day_of(date).days, d);
  }
  EXPECT_FALSE(is_valid({1900, 2, 29}));
  EXPECT_TRUE(is_valid({2000, 2, 29}));
}

TEST(Duration, Arithmetic) {
  EXPECT_EQ((hours(1) + minutes(1)).micros, 3'660'000'000);
  EXPECT_EQ(days(1), hours(24));
  EXPECT_EQ((Time{5} - Time{7}).micros, -2);
  EXPECT_DOUBLE_EQ(milliseconds(1500).seconds(), 1.5);
}

}  // namespace
}  // namespace cairn

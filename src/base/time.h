// Moments and spans of time in microseconds UTC; calendar days; parsing and printing. Zones are in zone.h.
#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cairn {

/// A span of time, microseconds.
struct Duration {
  int64_t micros = 0;
  constexpr auto operator<=>(const Duration&) const = default;
  constexpr double seconds() const { return static_cast<double>(micros) / 1e6; }
  constexpr Duration operator+(Duration o) const { return {micros + o.micros}; }
  constexpr Duration operator-(Duration o) const { return {micros - o.micros}; }
  constexpr Duration operator*(int64_t n) const { return {micros * n}; }
};
constexpr Duration microseconds(int64_t n) { return {n}; }
constexpr Duration milliseconds(int64_t n) { return {n * 1'000}; }
constexpr Duration seconds(int64_t n) { return {n * 1'000'000}; }
constexpr Duration minutes(int64_t n) { return seconds(n * 60); }
constexpr Duration hours(int64_t n) { return seconds(n * 3600); }
constexpr Duration days(int64_t n) { return seconds(n * 86400); }

/// A moment: microseconds since 1970-01-01T00:00:00Z. Stored and sent as this number or as RFC 3339 text.
struct Time {
  int64_t micros = 0;
  constexpr auto operator<=>(const Time&) const = default;
  constexpr Time operator+(Duration d) const { return {micros + d.micros}; }
  constexpr Time operator-(Duration d) const { return {micros - d.micros}; }
  constexpr Duration operator-(Time o) const { return {micros - o.micros}; }
};

/// A calendar day as days since 1970-01-01 (proleptic Gregorian).
struct Day {
  int32_t days = 0;
  constexpr auto operator<=>(const Day&) const = default;
};
struct CivilDate {
  int year = 1970;
  int month = 1;  ///< 1–12
  int day = 1;    ///< 1–31
};
CivilDate civil_of(Day day);
Day day_of(CivilDate date);
bool is_valid(CivilDate date);

/// A reading of a wall clock, in no zone: micros as if it were UTC.
struct LocalTime {
  int64_t micros = 0;
  constexpr auto operator<=>(const LocalTime&) const = default;
};

/// What a text said: with an offset it is a moment, without it a wall clock reading (`zoned` false).
struct ParsedTime {
  bool zoned = false;
  bool date_only = false;
  int64_t micros = 0;  ///< UTC when zoned, else a LocalTime.
};
/// Reads `2018-08-15`, `2018-08-15 04:10:37[.ffffff]`, `2018-08-15T04:10:37[.fff][Z|±hh[:]mm| UTC]`, `20180815`.
/// Error: Code::invalid saying what was found. Years 1–9999.
Result<ParsedTime> parse_time(std::string_view text);
/// `2018-08-15T04:10:37.123456Z`, without the fraction when it is 0.
std::string to_rfc3339(Time time);
/// `2018-08-15`.
std::string to_text(Day day);
/// `2018-08`.
std::string to_month_text(Day day);

}  // namespace cairn

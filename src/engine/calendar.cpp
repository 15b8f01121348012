#include "engine/calendar.h"

#include <algorithm>

namespace cairn::engine {

using query::Bucket;
using query::Word;

namespace {

constexpr int64_t kHour = hours(1).micros;
constexpr int64_t kDay = days(1).micros;

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

int weekday(Day day) { return static_cast<int>(((day.days + 3) % 7 + 7) % 7) + 1; }

Day month_start(Day day, int months, int n) {
  CivilDate date = civil_of(day);
  int span = (date.year * 12 + date.month - 1) / months + n;
  return day_of({span * months / 12, span * months % 12 + 1, 1});
}

/// 29 February is kept on the 28th in other years.
Day anniversary(CivilDate born, int year) {
  CivilDate date{year, born.month, born.day};
  if (!is_valid(date)) date.day = 28;
  return day_of(date);
}

}  // namespace

Time Calendar::start(Bucket bucket, Time t, int n) const {
  if (bucket == Bucket::hour) {
    // An hour of the wall clock: where the clock is set back, both readings of it are one.
    return zone.moment({(floor_div(zone.local(t).micros, kHour) + n) * kHour});
  }
  Day day = zone.day(t);
  switch (bucket) {
    case Bucket::week: return zone.start_of({day.days - (weekday(day) - first_weekday + 7) % 7 + 7 * n});
    case Bucket::month: return zone.start_of(month_start(day, 1, n));
    case Bucket::quarter: return zone.start_of(month_start(day, 3, n));
    case Bucket::year: return zone.start_of(month_start(day, 12, n));
    default: return zone.start_of({day.days + n});
  }
}

double Calendar::read(Word word, Time t, Time now) const {
  if (word == Word::hour) {
    int64_t local = zone.local(t).micros;
    const int64_t hour = (local - floor_div(local, kDay) * kDay) / kHour;
    return static_cast<double>(hour);
  }
  Day day = zone.day(t);
  if (word == Word::day_of_week) return weekday(day);
  if (word == Word::month_of) return civil_of(day).month;
  Day today = zone.day(now);
  CivilDate born = civil_of(day);
  int year = civil_of(today).year;
  Day next = anniversary(born, year);
  if (next < today) next = anniversary(born, year + 1);
  return next.days - today.days;
}

Time Calendar::next_change(Time t, bool hours) const {
  int64_t span = hours ? kHour : kDay;
  auto reading = [&](Time at) { return floor_div(zone.local(at).micros, span); };
  int64_t before = reading(t);
  int64_t local = zone.local(t).micros;
  Time low = t, high{t.micros + (before + 1) * span - local};
  // The clock may be changed on the way: look for the first other reading, which a later one cannot take back within
  // an hour or a day.
  while (reading(high) == before) {
    low = high;
    high = high + Duration{kHour / 4};
  }
  if (reading(high - microseconds(1)) == before) return high;
  while (high - low > microseconds(1)) {
    Time middle{low.micros + (high - low).micros / 2};
    (reading(middle) == before ? low : high) = middle;
  }
  return high;
}

}  // namespace cairn::engine

#include "measures/business_hours.h"

#include <algorithm>

namespace cairn::measures {
namespace {

/// 0 is Monday; 1970-01-01 was a Thursday.
int weekday(Day day) { return ((day.days + 3) % 7 + 7) % 7; }
bool is_working(Day day) { return weekday(day) < 5; }

Time at_hour(Day day, int hour, const Zone& zone) {
  return zone.moment({(int64_t{day.days} * 24 + hour) * hours(1).micros});
}

Duration on_day(Day day, Time from, Time to, const Zone& zone) {
  if (!is_working(day)) return {};
  Time begin = std::max(from, at_hour(day, kOpensAtHour, zone));
  Time end = std::min(to, at_hour(day, kClosesAtHour, zone));
  return end > begin ? end - begin : Duration{};
}

/// Working days in [first, first + count).
int64_t working_days(Day first, int count) {
  int64_t out = int64_t{count / 7} * 5;
  for (int i = 0; i < count % 7; ++i) out += is_working({first.days + i});
  return out;
}

}  // namespace

Duration working_time(Time from, Time to, const Zone& zone) {
  if (to <= from) return {};
  Day first = zone.day(from), last = zone.day(to);
  Duration out = on_day(first, from, to, zone);
  if (first == last) return out;
  out = out + on_day(last, from, to, zone);
  return out + kWorkingDay * working_days({first.days + 1}, last.days - first.days - 1);
}

}  // namespace cairn::measures

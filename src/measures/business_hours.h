// Working time: Monday to Friday, 9:00 to 18:00 on the brand's clocks. Holidays count as working days.
#pragma once
#include "base/time.h"
#include "base/zone.h"

namespace cairn::measures {

inline constexpr int kOpensAtHour = 9;
inline constexpr int kClosesAtHour = 18;
inline constexpr Duration kWorkingDay = hours(kClosesAtHour - kOpensAtHour);

/// Working time in [from, to); 0 when to <= from. O(1) in the span's length. Exact on its first and last day; the days
/// between count 9 h each (no zone changes its clocks between 9:00 and 18:00 on a weekday).
Duration working_time(Time from, Time to, const Zone& zone);

}  // namespace cairn::measures

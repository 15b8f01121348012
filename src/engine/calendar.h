// The brand's calendar: docs/reference/query.md, "Windows and the calendar".
#pragma once
#include "base/zone.h"
#include "query/words.h"

namespace cairn::engine {

/// Years 1 to 9999.
inline constexpr Time kFirstTime{-62'135'596'800'000'000};
inline constexpr Time kLastTime{253'402'300'799'999'999};

struct Calendar {
  Zone zone;
  int first_weekday = 1;  ///< 1 Monday to 7 Sunday.

  /// The moment at which the span of calendar time that holds `t` began, or the n-th after it.
  Time start(query::Bucket bucket, Time t, int n = 0) const;
  /// Of the words day_of_week, hour, month_of; days_to_anniversary counts from `now`.
  double read(query::Word word, Time t, Time now) const;
  /// The first moment after t at which the calendar day, or with `hours` the reading of the hour, is another.
  Time next_change(Time t, bool hours) const;
};

}  // namespace cairn::engine

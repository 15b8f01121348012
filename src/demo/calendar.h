// The shop's calendar: which days are busy, and when somebody is at it. Pure once made.
//
// Customers live in *busy days*: a day of weight 2 lasts twice as long on that clock, so that a constant rate on it
// makes seasons, week days and holidays in the calendar. All days are the brand's (Europe/Paris); within a day the
// clock runs evenly, so that the two days of clock change are off by one hour at most.
#pragma once
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "base/zone.h"

namespace cairn::demo {

class Calendar {
 public:
  /// Days from `first` until before `end`. REQUIRES first < end.
  Calendar(const Zone& zone, Day first, Day end);

  Time begin() const { return starts_[0]; }
  Time end() const { return starts_[static_cast<size_t>(days_)]; }
  /// How many days the shop lives.
  int days() const { return days_; }

  /// The moment at which the share `u` of all arrivals has come: busy days, growing by kGrowthPerYear.
  Time arrival(double u, Random& random) const;
  /// The busy days that have passed at a moment.
  double busy_at(Time at) const;
  /// A moment on the day when `busy` have passed, at an hour when people shop. After the end: end() or later.
  Time moment(double busy, Random& random) const;
  /// The day of a moment, counted from the first; may lie before or after the shop's life.
  int day_of(Time at) const;
  /// The clock of a day, in hours. Days up to 200 after the end exist, later ones are taken for that.
  Time at(int day, double hour) const;
  /// 0 is Monday.
  int weekday(int day) const;
  Day civil_day(int day) const { return {first_.days + day}; }
  /// The moment after `hours` more working time: Monday to Friday, 9:00 to 18:00.
  Time after_working(Time from, double hours) const;
  /// The weight of a day, about 1 on average.
  double weight(int day) const { return weights_[static_cast<size_t>(day)]; }
  /// From mid-November to Christmas.
  bool is_christmas(int day) const;

 private:
  Day first_;
  int days_;
  std::vector<Time> starts_;  // some way past the end
  std::vector<double> weights_;
  std::vector<double> busy_;      // before each day, and after the last
  std::vector<double> arrivals_;  // the same, growing
};

/// Easter Sunday of a year (Meeus, Astronomical Algorithms, 1991, chapter 8).
Day easter(int year);
/// Monday of an ISO 8601 week.
Day monday_of_week(int year, int week);

}  // namespace cairn::demo

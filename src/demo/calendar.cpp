#include "demo/calendar.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.h"
#include "demo/parameters.h"

namespace cairn::demo {
namespace {

constexpr int kDaysAfter = 200;
constexpr std::array<double, 7> kWeekdays = {1.0, 0.95, 0.95, 1.0, 1.0, 1.05, 1.2};
constexpr std::array<double, 24> kHours = {2, 1, 0.5, 0.3, 0.3, 0.5, 1.5, 3, 4,   5, 5.5, 6,
                                           7, 6, 5,   5,   5.5, 6,   7,   8, 9.5, 9, 6.5, 4};

int weekday_of(Day day) { return static_cast<int>(((day.days + 3) % 7 + 7) % 7); }

double season(Day day) {
  CivilDate date = civil_of(day);
  int to_easter = easter(date.year).days - day.days;
  int in_year = date.month * 100 + date.day;
  if (to_easter > 0 && to_easter <= 14) return 1.8;
  if (in_year >= 1115 && in_year < 1205) return 1.6;
  if (in_year >= 1205 && in_year <= 1221) return 2.3;
  if (in_year >= 205 && in_year <= 213) return 1.7;
  if (in_year >= 710 && in_year <= 825) return 0.65;
  return 1.0;
}

double an_hour(Random& random) {
  static const std::array<double, 24> upto = [] {
    std::array<double, 24> out{};
    double sum = 0;
    for (size_t i = 0; i < kHours.size(); ++i) out[i] = sum += kHours[i];
    for (double& x : out) x /= sum;
    return out;
  }();
  double u = random.uniform();
  auto hour = std::lower_bound(upto.begin(), upto.end() - 1, u) - upto.begin();
  return static_cast<double>(hour) + random.uniform();
}

/// The day in which a running sum passes `x`; the last one when it never does.
int day_of_sum(const std::vector<double>& sums, double x) {
  auto it = std::upper_bound(sums.begin(), sums.end(), x);
  return static_cast<int>(std::max<ptrdiff_t>(0, it - sums.begin() - 1));
}

}  // namespace

Day easter(int year) {
  int a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
  int h = (19 * a + b - d - g + 15) % 30, i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7;
  int m = (a + 11 * h + 22 * l) / 451, n = h + l - 7 * m + 114;
  return day_of({year, n / 31, n % 31 + 1});
}

Day monday_of_week(int year, int week) {
  Day fourth = day_of({year, 1, 4});
  return {fourth.days - weekday_of(fourth) + (week - 1) * 7};
}

Calendar::Calendar(const Zone& zone, Day first, Day end) : first_(first), days_(end.days - first.days) {
  CHECK(days_ > 0);
  for (int i = 0; i <= days_ + kDaysAfter; ++i) starts_.push_back(zone.start_of({first.days + i}));
  busy_.push_back(0);
  arrivals_.push_back(0);
  for (int i = 0; i < days_; ++i) {
    Day day{first.days + i};
    weights_.push_back(season(day) * kWeekdays[static_cast<size_t>(weekday_of(day))]);
    busy_.push_back(busy_.back() + weights_.back());
    arrivals_.push_back(arrivals_.back() + weights_.back() * (1 + kGrowthPerYear * i / 365.0));
  }
}

Time Calendar::arrival(double u, Random& random) const {
  int day = std::min(day_of_sum(arrivals_, u * arrivals_.back()), days_ - 1);
  return at(day, an_hour(random));
}

double Calendar::busy_at(Time time) const {
  int day = std::clamp(day_of(time), 0, days_ - 1);
  auto d = static_cast<size_t>(day);
  double within = std::clamp((time - starts_[d]).seconds() / 86400, 0.0, 1.0);
  return busy_[d] + within * weights_[d];
}

Time Calendar::moment(double busy, Random& random) const {
  if (busy >= busy_.back()) return end();
  return at(day_of_sum(busy_, busy), an_hour(random));
}

int Calendar::day_of(Time time) const {
  auto it = std::upper_bound(starts_.begin(), starts_.end(), time);
  return static_cast<int>(it - starts_.begin()) - 1;
}

Time Calendar::at(int day, double hour) const {
  auto d = static_cast<size_t>(std::clamp(day, 0, days_ + kDaysAfter));
  return starts_[d] + seconds(static_cast<int64_t>(hour * 3600));
}

int Calendar::weekday(int day) const { return weekday_of(civil_day(day)); }

Time Calendar::after_working(Time from, double left) const {
  for (int day = std::max(0, day_of(from)); day < days_ + kDaysAfter; ++day) {
    if (weekday(day) > 4) continue;
    Time open = std::max(from, at(day, 9)), close = at(day, 18);
    if (open >= close) continue;
    double here = (close - open).seconds() / 3600;
    if (left <= here) return open + seconds(static_cast<int64_t>(left * 3600));
    left -= here;
  }
  return at(days_ + kDaysAfter, 0);
}

bool Calendar::is_christmas(int day) const {
  CivilDate date = civil_of(civil_day(day));
  int in_year = date.month * 100 + date.day;
  return in_year >= 1115 && in_year <= 1224;
}

}  // namespace cairn::demo

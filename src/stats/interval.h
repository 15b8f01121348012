// A figure and how well it is known. Pure values; everything in cairn::stats returns this.
//
// Three states, the same in every function of the module:
//   known and bounded      value, low, high are finite and low <= value <= high;
//   known, not bounded     too few data for an interval: the bound that cannot be given is infinite;
//   unknown                no data, or a NaN among them: all three are NaN.
#pragma once
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace cairn::stats {

/// Confidence of every interval unless the caller names another, in (0, 1).
inline constexpr double kLevel = 0.95;
/// The normal quantile that belongs to it.
inline constexpr double kZ95 = 1.959963984540054;

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();
inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct Interval {
  double value = kNan;
  double low = kNan;
  double high = kNan;

  static Interval unknown() { return {}; }
  /// A value about which nothing else can be said.
  static Interval unbounded(double value) { return {value, -kInfinity, kInfinity}; }

  bool known() const { return !std::isnan(value); }
  bool bounded() const { return std::isfinite(low) && std::isfinite(high); }
  double half_width() const { return (high - low) / 2; }
  bool contains(double x) const { return low <= x && x <= high; }

  /// All three times a factor, e.g. 100 for percent or 1,000 for a rate; a negative one swaps the bounds.
  Interval scaled(double factor) const {
    Interval out{value * factor, low * factor, high * factor};
    if (factor < 0) std::swap(out.low, out.high);
    return out;
  }
  /// All three moved into [least, most]; what is unknown stays so.
  Interval clipped(double least, double most) const {
    auto clip = [&](double x) { return std::isnan(x) ? x : std::clamp(x, least, most); };
    return {clip(value), clip(low), clip(high)};
  }
  /// 1 − share, e.g. churn from retention.
  Interval complement() const { return {1 - value, 1 - high, 1 - low}; }

  friend bool operator==(const Interval&, const Interval&) = default;
};

/// The two-sided normal quantile of a confidence level in (0, 1): kZ95 at 0.95.
double z_of(double level);

}  // namespace cairn::stats

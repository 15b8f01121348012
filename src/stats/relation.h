// How two variables go together: correlation and linear trend. Pure; O(n), ranks O(n log n).
//
// REQUIRES spans of equal length, item i of each belonging together. A NaN inside gives an unknown result.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "stats/interval.h"

namespace cairn::stats {

/// Pearson's r in [−1, 1], interval by Fisher's z (1921), standard error 1/√(n−3). Under four pairs the interval is
/// [−1, 1]. Unknown when n < 2 or either variable is constant.
Interval pearson(std::span<const double> x, std::span<const double> y, double level = kLevel);

/// Spearman's ρ: Pearson's r of mid-ranks (ties share), standard error √((1 + ρ²/2)/(n−3)) on Fisher's scale.
/// Source: Bonett and Wright (2000). Otherwise as `pearson`.
Interval spearman(std::span<const double> x, std::span<const double> y, double level = kLevel);

/// Rank of each value from 1; equal values share the mean of their ranks. REQUIRES no NaN.
std::vector<double> mid_ranks(std::span<const double> values);

struct Trend {
  Interval slope;           ///< Change of y per unit of x.
  double intercept = kNan;  ///< The line's y at x = 0.
  int64_t n = 0;            ///< Points used.

  double at(double x) const { return intercept + slope.value * x; }
};

/// Least squares of y on x, slope ± t(n−2)·s/√Σ(x−x̄)². Two points give a slope that is not bounded; fewer, or all x
/// equal, give an unknown one. Points on a line exactly have no width. Monthly series: x = 0, 1, 2, … per month.
Trend trend(std::span<const double> x, std::span<const double> y, double level = kLevel);

/// The same with weights inverse to the variance of y: for monthly shares, each month's n. REQUIRES weights >= 0.
/// A point of weight 0 is not there at all, so its y may be NaN: a month without answers.
Trend weighted_trend(std::span<const double> x, std::span<const double> y, std::span<const double> weights,
                     double level = kLevel);

}  // namespace cairn::stats

// Order statistics of a sample, in the unit of its values. Pure; each call copies the span and is O(n).
//
// An empty span or a NaN inside gives NaN or Interval::unknown(): an order does not exist then.
#pragma once
#include <cstdint>
#include <span>

#include "stats/interval.h"

namespace cairn::stats {

/// The exact quantile, interpolated between neighbours: Hyndman and Fan (1996), type 7, as R and NumPy do by default.
/// REQUIRES 0 <= q <= 1.
double quantile(std::span<const double> values, double q);
double median(std::span<const double> values);

/// Ranks, counted from 1, of the two order statistics that hold the q-quantile of the population with at least
/// `level`; 0 or n + 1 where the sample is too small to have one (n < 6 for a median at 0.95).
struct Ranks {
  int64_t low;
  int64_t high;
};
Ranks quantile_ranks(int64_t n, double q, double level = kLevel);

/// quantile(values, q) with the interval between those order statistics. Free of any distribution; conservative,
/// the more so when values tie. Source: binomial counts below the quantile, Conover (1999) section 3.2.
Interval quantile_interval(std::span<const double> values, double q, double level = kLevel);
Interval median_interval(std::span<const double> values, double level = kLevel);

}  // namespace cairn::stats

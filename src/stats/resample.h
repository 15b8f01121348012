// Intervals by resampling: the bootstrap for statistics of a sample, the delete-a-group jackknife for anything that
// can be computed from mergeable tallies with one group of customers left out.
#pragma once
#include <cstdint>
#include <functional>
#include <span>

#include "base/random.h"
#include "stats/interval.h"

namespace cairn::stats {

/// Resamples drawn unless the caller says otherwise: one less than 2,000, so that the bounds at 0.95 are order
/// statistics (the 50th from either end) and need no interpolation.
inline constexpr int kResamples = 1999;

struct BootstrapOptions {
  int resamples = kResamples;  ///< >= 1.
  double level = kLevel;
};

/// A statistic of a sample; may be NaN where it has no value.
using Statistic = std::function<double(std::span<const double>)>;

/// statistic(values) with the percentile bootstrap: bounds are the (B+1)·α/2-th values from either end of B
/// resamples of the sample's size. Source: Efron (1979); Efron and Tibshirani (1993), section 13.3. Deterministic
/// for a seed of `chance`. O(resamples · n) and the statistic as often.
/// Stretched to hold the value. A resample without a value may be anything, so it counts against both ends: many of
/// them make the bounds infinite. Empty or NaN input, or a statistic without a value, is unknown; all equal, and
/// n = 1, give no width.
Interval bootstrap(std::span<const double> values, const Statistic& statistic, Random& chance,
                   BootstrapOptions options = {});

/// The same for a type 7 quantile, O(n log n + resamples): order statistics of a resample are drawn from their own
/// law (indices floor(n·U), U the order statistics of n uniforms, by beta variates), equal in law to resampling.
Interval bootstrap_quantile(std::span<const double> values, double q, Random& chance, BootstrapOptions options = {});
Interval bootstrap_median(std::span<const double> values, Random& chance, BootstrapOptions options = {});

/// Σ numerator / Σ denominator over the same units (customers, or hash groups of them when there are many), pairs
/// resampled together. REQUIRES equal lengths. Unknown when the denominators add up to 0.
Interval bootstrap_ratio(std::span<const double> numerator, std::span<const double> denominator, Random& chance,
                         BootstrapOptions options = {});

/// Standard error by the delete-a-group jackknife: √((G−1)/G · Σ(θ_g − mean θ)²), where `without[g]` is the estimate
/// with group g left out, and groups are a random partition (hash buckets of customers). Source: Quenouille (1956),
/// Tukey (1958); grouped form Wolter (2007) eq. 4.2.3 and Kott (2001).
///
/// `sizes[g]` is how many units group g holds; groups of none are no groups: they are skipped and G is the number of
/// the others, so that few customers in 256 buckets give the plain delete-one jackknife. Without `sizes` all groups
/// count. NaN when G < 2 or when an estimate that counts is NaN.
double jackknife_error(std::span<const double> without, std::span<const int64_t> sizes = {});

/// estimate ± t·error with G − 1 degrees of freedom (Kott 2001). `estimate` is of the whole. Unknown when it is NaN;
/// not bounded when the error is NaN. It suits smooth statistics (sums, ratios, scores clamped away from their
/// ends); for a median use quantile_interval. Clip it to the range of the statistic where there is one.
Interval jackknife(double estimate, std::span<const double> without, std::span<const int64_t> sizes = {},
                   double level = kLevel);

}  // namespace cairn::stats

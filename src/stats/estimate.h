// Intervals of counts, shares, means and NPS: closed forms, O(1) from mergeable tallies. Pure, safe from any thread.
//
// `level` is the confidence, in (0, 1). No data gives Interval::unknown(); see interval.h for the three states.
#pragma once
#include <cstdint>

#include "stats/tally.h"

namespace cairn::stats {

/// A share with Wilson's score interval, fractions in [0, 1]. All alike gives 0 or 1 exactly at that end and a bound
/// inside at the other. REQUIRES 0 <= k <= n.
/// Source: Wilson (1927), without continuity correction, as Newcombe (1998a) method 3.
Interval wilson(Share share, double level = kLevel);

/// a − b of two independent shares, in [−1, 1]. Unknown when either is empty.
/// Source: Newcombe (1998b), method 10, hybrid score.
Interval share_difference(Share a, Share b, double level = kLevel);

/// z of a − b by the pooled share. 0 when both are all hits or all misses (they do not differ), NaN when one is empty.
double share_difference_z(Share a, Share b);

/// A Poisson count with its exact interval, unit: events. Count 0 has low = 0. REQUIRES count >= 0.
/// Source: Garwood (1936): χ²(α/2; 2k)/2 and χ²(1−α/2; 2k+2)/2.
Interval poisson_count(int64_t count, double level = kLevel);

/// count/exposure, unit: events per unit of exposure (scale it: `.scaled(1000)` per 1,000 orders). Exposure is known
/// exactly. Unknown when exposure is 0 or NaN. REQUIRES exposure >= 0.
Interval poisson_rate(int64_t count, double exposure, double level = kLevel);

/// A mean with Student's t interval, in the unit of the values (Student 1908). One value is not bounded; all equal
/// gives an interval of no width, which is what the data say and no proof of certainty.
Interval mean(const Tally& tally, double level = kLevel);
Interval mean(const Moments& moments, double level = kLevel);

/// a − b of two independent means, unequal variances, Welch (1947) with Satterthwaite's degrees of freedom.
/// Not bounded when either has fewer than two values.
Interval mean_difference(const Moments& a, const Moments& b, double level = kLevel);

/// NPS = 100·(promoters − detractors)/n in points, −100 to 100: the raw value, bounds by adjusted Wald (¾ promoter,
/// ¾ detractor and 1½ passive are added, n + 3; variance p + d − (p−d)²), clipped to ±100. Bounds are therefore not
/// centred on the value; they are stretched to hold it, which happens for a single answer only.
/// Source: Rocks (2016), "Interval estimation for the net promoter score", The American Statistician 70(4).
Interval nps(const NpsCounts& counts, double level = kLevel);

/// The centre and half-width that `nps` uses, before clipping, in points: value ± half_width().
Interval nps_adjusted(const NpsCounts& counts, double level = kLevel);

/// The textbook interval, value ± z·√((p + d − (p−d)²)/n), in points: no width when all agree. For comparison.
Interval nps_wald(const NpsCounts& counts, double level = kLevel);

/// a − b in points, −200 to 200: raw difference, bounds from the adjusted parts, stretched to hold the value.
Interval nps_difference(const NpsCounts& a, const NpsCounts& b, double level = kLevel);

/// (NPS₁ − NPS₂)/√(SE₁² + SE₂²) with the plain standard errors. When both are 0: 0 for equal values, else ±infinity.
/// NaN when either is empty.
double nps_difference_z(const NpsCounts& a, const NpsCounts& b);

}  // namespace cairn::stats

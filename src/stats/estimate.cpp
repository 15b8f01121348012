#include "stats/estimate.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "stats/special.h"

namespace cairn::stats {
namespace {

void check_share(Share s) { CHECK(s.k >= 0 && s.k <= s.n, "{} of {}", s.k, s.n); }

// Rounding must not leave the value a hair outside its own bounds.
Interval holding(Interval in) { return {in.value, std::min(in.low, in.value), std::max(in.high, in.value)}; }

Interval around(double value, double half) { return {value, value - half, value + half}; }

Interval mean_of(int64_t n, double mean, double variance, double level) {
  if (n == 0 || std::isnan(mean)) return Interval::unknown();
  if (n < 2 || std::isnan(variance)) return Interval::unbounded(mean);
  double count = static_cast<double>(n);
  return around(mean, t_quantile(0.5 + level / 2, count - 1) * std::sqrt(variance / count));
}

struct NpsMoments {
  double value;
  double variance;
};

// Of the mean of +1, 0, −1 over `n` answers, some of which may be the three that the adjusted interval adds.
NpsMoments nps_moments(double promoters, double detractors, double n) {
  double p = promoters / n;
  double d = detractors / n;
  return {100 * (p - d), 1e4 * std::max(0.0, p + d - (p - d) * (p - d)) / n};
}

NpsMoments plain(const NpsCounts& c) {
  return nps_moments(static_cast<double>(c.promoters), static_cast<double>(c.detractors), static_cast<double>(c.n()));
}

NpsMoments adjusted(const NpsCounts& c) {
  return nps_moments(static_cast<double>(c.promoters) + 0.75, static_cast<double>(c.detractors) + 0.75,
                     static_cast<double>(c.n()) + 3);
}

}  // namespace

double z_of(double level) {
  CHECK(level > 0 && level < 1, "confidence level {}", level);
  return level == kLevel ? kZ95 : normal_quantile(0.5 + level / 2);
}

Interval wilson(Share share, double level) {
  check_share(share);
  if (share.n == 0) return Interval::unknown();
  double z = z_of(level);
  double n = static_cast<double>(share.n);
  double p = share.value();
  double centre = (p + z * z / (2 * n)) / (1 + z * z / n);
  double half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n);
  return holding({p, share.k == 0 ? 0 : centre - half, share.k == share.n ? 1 : centre + half});
}

Interval share_difference(Share a, Share b, double level) {
  Interval one = wilson(a, level);
  Interval two = wilson(b, level);
  if (!one.known() || !two.known()) return Interval::unknown();
  double value = one.value - two.value;
  double below = std::hypot(one.value - one.low, two.high - two.value);
  double above = std::hypot(one.high - one.value, two.value - two.low);
  return {value, value - below, value + above};
}

double share_difference_z(Share a, Share b) {
  check_share(a);
  check_share(b);
  if (a.n == 0 || b.n == 0) return kNan;
  double pooled = (a + b).value();
  double variance = pooled * (1 - pooled) * (1 / static_cast<double>(a.n) + 1 / static_cast<double>(b.n));
  return variance > 0 ? (a.value() - b.value()) / std::sqrt(variance) : 0;
}

Interval poisson_count(int64_t count, double level) {
  CHECK(count >= 0, "count {}", count);
  CHECK(level > 0 && level < 1, "confidence level {}", level);
  double k = static_cast<double>(count);
  double tail = (1 - level) / 2;
  return {k, count == 0 ? 0 : gamma_p_inverse(k, tail), gamma_q_inverse(k + 1, tail)};
}

Interval poisson_rate(int64_t count, double exposure, double level) {
  CHECK(!(exposure < 0), "exposure {}", exposure);
  if (!(exposure > 0)) return Interval::unknown();
  return poisson_count(count, level).scaled(1 / exposure);
}

Interval mean(const Tally& tally, double level) { return mean_of(tally.n, tally.mean(), tally.variance(), level); }

Interval mean(const Moments& moments, double level) {
  return mean_of(moments.n, moments.mean, moments.variance(), level);
}

Interval mean_difference(const Moments& a, const Moments& b, double level) {
  if (a.n == 0 || b.n == 0) return Interval::unknown();
  double value = a.mean - b.mean;
  if (std::isnan(value)) return Interval::unknown();
  if (a.n < 2 || b.n < 2) return Interval::unbounded(value);
  double va = a.variance() / static_cast<double>(a.n);
  double vb = b.variance() / static_cast<double>(b.n);
  double sum = va + vb;
  if (sum == 0) return around(value, 0);
  double df = sum * sum / (va * va / static_cast<double>(a.n - 1) + vb * vb / static_cast<double>(b.n - 1));
  return around(value, t_quantile(0.5 + level / 2, df) * std::sqrt(sum));
}

Interval nps_adjusted(const NpsCounts& counts, double level) {
  if (counts.n() == 0) return Interval::unknown();
  NpsMoments m = adjusted(counts);
  return around(m.value, z_of(level) * std::sqrt(m.variance));
}

Interval nps(const NpsCounts& counts, double level) {
  if (counts.n() == 0) return Interval::unknown();
  Interval out = nps_adjusted(counts, level);
  out.value = plain(counts).value;
  return holding(out.clipped(-100, 100));
}

Interval nps_wald(const NpsCounts& counts, double level) {
  if (counts.n() == 0) return Interval::unknown();
  NpsMoments m = plain(counts);
  return around(m.value, z_of(level) * std::sqrt(m.variance));
}

Interval nps_difference(const NpsCounts& a, const NpsCounts& b, double level) {
  if (a.n() == 0 || b.n() == 0) return Interval::unknown();
  NpsMoments one = adjusted(a);
  NpsMoments two = adjusted(b);
  Interval out = around(one.value - two.value, z_of(level) * std::sqrt(one.variance + two.variance));
  out.value = plain(a).value - plain(b).value;
  return holding(out.clipped(-200, 200));
}

double nps_difference_z(const NpsCounts& a, const NpsCounts& b) {
  if (a.n() == 0 || b.n() == 0) return kNan;
  NpsMoments one = plain(a);
  NpsMoments two = plain(b);
  double difference = one.value - two.value;
  return difference == 0 ? 0 : difference / std::sqrt(one.variance + two.variance);
}

}  // namespace cairn::stats

// What a pass over events keeps, small and mergeable: the tally of a whole is the sum of the tallies of its parts in
// any order, and whole − part is what is left without the part, which is all that the jackknife needs. Counts and
// sums of whole numbers are exact below 2^53.
#pragma once
#include <array>
#include <cstdint>
#include <span>

#include "stats/interval.h"

namespace cairn::stats {

/// k of n: hits among trials. INVARIANT 0 <= k <= n.
struct Share {
  int64_t k = 0;
  int64_t n = 0;

  void add(bool hit) { k += hit, ++n; }
  /// k/n; NaN when n = 0.
  double value() const { return n ? static_cast<double>(k) / static_cast<double>(n) : kNan; }
  Share& operator+=(const Share& o) { return k += o.k, n += o.n, *this; }
  Share& operator-=(const Share& o) { return k -= o.k, n -= o.n, *this; }
  friend Share operator+(Share a, const Share& b) { return a += b; }
  friend Share operator-(Share a, const Share& b) { return a -= b; }
  friend bool operator==(const Share&, const Share&) = default;
};

/// Count, sum and sum of squares. Right for whole numbers of moderate size (scores, minor units, days); where the
/// mean is large against the spread, the subtraction below loses digits: use Moments.
struct Tally {
  int64_t n = 0;
  double sum = 0;
  double sum_sq = 0;

  void add(double x, int64_t times = 1);
  /// NaN when n = 0.
  double mean() const { return n ? sum / static_cast<double>(n) : kNan; }
  /// Sample variance, divisor n − 1, never negative; NaN when n < 2.
  double variance() const;
  Tally& operator+=(const Tally& o) { return n += o.n, sum += o.sum, sum_sq += o.sum_sq, *this; }
  Tally& operator-=(const Tally& o) { return n -= o.n, sum -= o.sum, sum_sq -= o.sum_sq, *this; }
  friend Tally operator+(Tally a, const Tally& b) { return a += b; }
  friend Tally operator-(Tally a, const Tally& b) { return a -= b; }
  friend bool operator==(const Tally&, const Tally&) = default;
};

/// Count, mean and summed squared deviation, stable for any values. Source: Welford (1962); merge by Chan, Golub,
/// LeVeque (1979), eq. 2.1. There is no subtraction: it would not be stable.
struct Moments {
  int64_t n = 0;
  double mean = 0;
  double m2 = 0;

  void add(double x);
  /// NaN when n < 2.
  double variance() const { return n > 1 ? m2 / static_cast<double>(n - 1) : kNan; }
  Moments& operator+=(const Moments& o);
  friend Moments operator+(Moments a, const Moments& b) { return a += b; }
};

/// Answers to an NPS question by kind.
struct NpsCounts {
  int64_t promoters = 0;
  int64_t passives = 0;
  int64_t detractors = 0;

  /// A score on 0–10: 9–10 promoter, 7–8 passive, 0–6 detractor. REQUIRES 0 <= score <= 10.
  void add(int score, int64_t times = 1);
  int64_t n() const { return promoters + passives + detractors; }
  NpsCounts& operator+=(const NpsCounts& o);
  NpsCounts& operator-=(const NpsCounts& o);
  friend NpsCounts operator+(NpsCounts a, const NpsCounts& b) { return a += b; }
  friend NpsCounts operator-(NpsCounts a, const NpsCounts& b) { return a -= b; }
  friend bool operator==(const NpsCounts&, const NpsCounts&) = default;
};

/// How often each score 0–10 was given. Serves the scales 1–5, 1–7 and 0–10; the scale is the caller's.
struct Histogram {
  static constexpr int kScoreMax = 10;
  std::array<int64_t, kScoreMax + 1> counts{};

  /// REQUIRES 0 <= score <= kScoreMax.
  void add(int score, int64_t times = 1);
  int64_t n() const;
  /// Answers of `least` to `most`, both included, of all: top two of 1–5 is share(4, 5).
  Share share(int least, int most) const;
  Tally tally() const;
  NpsCounts nps() const;
  /// Type 7 quantile as of the answers written out one by one; NaN when empty. REQUIRES 0 <= q <= 1.
  double quantile(double q) const;
  Histogram& operator+=(const Histogram& o);
  Histogram& operator-=(const Histogram& o);
  friend Histogram operator+(Histogram a, const Histogram& b) { return a += b; }
  friend Histogram operator-(Histogram a, const Histogram& b) { return a -= b; }
  friend bool operator==(const Histogram&, const Histogram&) = default;
};

/// The moments of a span. A NaN inside gives NaN moments.
Moments moments_of(std::span<const double> values);

}  // namespace cairn::stats

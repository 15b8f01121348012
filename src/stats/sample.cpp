#include "stats/sample.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/check.h"
#include "stats/special.h"

namespace cairn::stats {
namespace {

bool usable(std::span<const double> values) {
  return !values.empty() && std::none_of(values.begin(), values.end(), [](double x) { return std::isnan(x); });
}

double at_rank(std::vector<double>& values, int64_t rank) {
  auto nth = values.begin() + (rank - 1);
  std::nth_element(values.begin(), nth, values.end());
  return *nth;
}

double quantile_of(std::vector<double>& values, double q) {
  double h = static_cast<double>(values.size() - 1) * q;
  int64_t below = static_cast<int64_t>(std::floor(h));
  double low = at_rank(values, below + 1);
  double part = h - static_cast<double>(below);
  if (part == 0) return low;
  double high = *std::min_element(values.begin() + below + 1, values.end());
  // Equal neighbours are returned as they are: infinity − infinity has no value.
  return low == high ? low : low + part * (high - low);
}

// Smallest r in [0, n] with `holds`, or n + 1; `holds` is false below some r and true from it on.
template <class F>
int64_t first_that(int64_t n, F holds) {
  int64_t low = 0;
  int64_t high = n + 1;
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

}  // namespace

double quantile(std::span<const double> values, double q) {
  CHECK(q >= 0 && q <= 1, "quantile {}", q);
  if (!usable(values)) return kNan;
  std::vector<double> copy(values.begin(), values.end());
  return quantile_of(copy, q);
}

double median(std::span<const double> values) { return quantile(values, 0.5); }

Ranks quantile_ranks(int64_t n, double q, double level) {
  CHECK(n >= 0 && q >= 0 && q <= 1 && level > 0 && level < 1, "ranks of {} at {}, level {}", n, q, level);
  double tail = (1 - level) / 2;
  double count = static_cast<double>(n);
  auto cdf = [&](int64_t k) { return binomial_cdf(static_cast<double>(k), count, q); };
  int64_t low = first_that(n, [&](int64_t r) { return cdf(r) > tail; });
  int64_t high = first_that(n, [&](int64_t r) { return cdf(r) >= 1 - tail; }) + 1;
  return {low, high};
}

Interval quantile_interval(std::span<const double> values, double q, double level) {
  if (!usable(values)) return Interval::unknown();
  std::vector<double> copy(values.begin(), values.end());
  int64_t n = static_cast<int64_t>(copy.size());
  Ranks ranks = quantile_ranks(n, q, level);
  Interval out = Interval::unbounded(quantile_of(copy, q));
  if (ranks.low >= 1) out.low = std::min(out.value, at_rank(copy, ranks.low));
  if (ranks.high <= n) out.high = std::max(out.value, at_rank(copy, ranks.high));
  return out;
}

Interval median_interval(std::span<const double> values, double level) { return quantile_interval(values, 0.5, level); }

}  // namespace cairn::stats

#include "stats/relation.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"
#include "stats/special.h"

namespace cairn::stats {
namespace {

// Weighted sums about the means; the second pass keeps the digits that raw sums of products lose.
struct Cross {
  int64_t n = 0;
  double x_mean = 0;
  double y_mean = 0;
  double xx = 0;
  double xy = 0;
  double yy = 0;
};

template <class W>
Cross cross_of(std::span<const double> x, std::span<const double> y, W weight) {
  CHECK(x.size() == y.size(), "{} and {}", x.size(), y.size());
  Cross out;
  double total = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    if (weight(i) == 0) continue;
    ++out.n;
    total += weight(i);
    out.x_mean += weight(i) * x[i];
    out.y_mean += weight(i) * y[i];
  }
  out.x_mean /= total;
  out.y_mean /= total;
  for (size_t i = 0; i < x.size(); ++i) {
    if (weight(i) == 0) continue;
    double dx = x[i] - out.x_mean;
    double dy = y[i] - out.y_mean;
    out.xx += weight(i) * dx * dx;
    out.xy += weight(i) * dx * dy;
    out.yy += weight(i) * dy * dy;
  }
  return out;
}

// A mean of equal values can be a rounding error away from them.
bool constant(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [&](double v) { return v == values.front(); });
}

double correlation(std::span<const double> x, std::span<const double> y) {
  if (x.size() < 2 || constant(x) || constant(y)) return kNan;
  Cross c = cross_of(x, y, [](size_t) { return 1.0; });
  // One root of the product, not two roots: of equal variables it is exactly 1.
  double r = c.xy / std::sqrt(c.xx * c.yy);
  return std::isnan(r) ? kNan : std::clamp(r, -1.0, 1.0);
}

Interval on_fisher_scale(double r, size_t n, double numerator, double level) {
  if (std::isnan(r)) return Interval::unknown();
  if (n < 4) return {r, -1, 1};
  double half = z_of(level) * std::sqrt(numerator / static_cast<double>(n - 3));
  double z = std::atanh(r);
  return {r, std::min(r, std::tanh(z - half)), std::max(r, std::tanh(z + half))};
}

bool has_nan(std::span<const double> values) {
  return std::any_of(values.begin(), values.end(), [](double v) { return std::isnan(v); });
}

// The part of Σ w·(y − line)² that rounding alone can leave on points that lie on the line exactly.
double residual_of(const Cross& c, double slope) {
  double left = c.yy - slope * c.xy;
  return left <= 1e-15 * c.yy ? 0 : left;
}

template <class W>
Trend fit(std::span<const double> x, std::span<const double> y, W weight, double level) {
  Cross c = cross_of(x, y, weight);
  Trend out;
  out.n = c.n;
  if (c.n < 2 || !(c.xx > 0) || std::isnan(c.xy)) return out;
  double slope = c.xy / c.xx;
  out.intercept = c.y_mean - slope * c.x_mean;
  out.slope = Interval::unbounded(slope);
  if (c.n < 3) return out;
  double df = static_cast<double>(c.n - 2);
  double half = t_quantile(0.5 + level / 2, df) * std::sqrt(residual_of(c, slope) / df / c.xx);
  out.slope = {slope, slope - half, slope + half};
  return out;
}

}  // namespace

Interval pearson(std::span<const double> x, std::span<const double> y, double level) {
  CHECK(x.size() == y.size(), "{} and {}", x.size(), y.size());
  return on_fisher_scale(correlation(x, y), x.size(), 1, level);
}

Interval spearman(std::span<const double> x, std::span<const double> y, double level) {
  CHECK(x.size() == y.size(), "{} and {}", x.size(), y.size());
  if (has_nan(x) || has_nan(y)) return Interval::unknown();
  double r = correlation(mid_ranks(x), mid_ranks(y));
  return on_fisher_scale(r, x.size(), 1 + r * r / 2, level);
}

std::vector<double> mid_ranks(std::span<const double> values) {
  CHECK(!has_nan(values));
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (size_t i = 0; i < order.size();) {
    size_t end = i;
    while (end < order.size() && values[order[end]] == values[order[i]]) ++end;
    double shared = static_cast<double>(i + 1 + end) / 2;
    for (; i < end; ++i) ranks[order[i]] = shared;
  }
  return ranks;
}

Trend trend(std::span<const double> x, std::span<const double> y, double level) {
  return fit(
      x, y, [](size_t) { return 1.0; }, level);
}

Trend weighted_trend(std::span<const double> x, std::span<const double> y, std::span<const double> weights,
                     double level) {
  CHECK(x.size() == weights.size(), "{} weights of {} points", weights.size(), x.size());
  CHECK(std::all_of(weights.begin(), weights.end(), [](double w) { return w >= 0; }), "a negative weight");
  return fit(
      x, y, [&](size_t i) { return weights[i]; }, level);
}

}  // namespace cairn::stats

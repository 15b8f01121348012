#include "stats/resample.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/check.h"
#include "stats/special.h"
#include "stats/tally.h"

namespace cairn::stats {
namespace {

bool has_nan(std::span<const double> values) {
  return std::any_of(values.begin(), values.end(), [](double x) { return std::isnan(x); });
}

double rank_from_below(std::vector<double> drawn, size_t rank, double for_nan) {
  std::replace_if(
      drawn.begin(), drawn.end(), [](double x) { return std::isnan(x); }, for_nan);
  auto nth = drawn.begin() + static_cast<ptrdiff_t>(rank - 1);
  std::nth_element(drawn.begin(), nth, drawn.end());
  return *nth;
}

// The interval from `options.resamples` draws of the statistic.
template <class F>
Interval percentile(double value, BootstrapOptions options, F draw) {
  CHECK(options.resamples >= 1 && options.level > 0 && options.level < 1, "{} resamples at level {}", options.resamples,
        options.level);
  if (std::isnan(value)) return Interval::unknown();
  std::vector<double> drawn(static_cast<size_t>(options.resamples));
  for (double& x : drawn) x = draw();
  double tail = static_cast<double>(drawn.size() + 1) * (1 - options.level) / 2;
  size_t rank = std::max<size_t>(1, static_cast<size_t>(tail + 1e-9));
  double low = rank_from_below(drawn, rank, -kInfinity);
  double high = rank_from_below(drawn, drawn.size() + 1 - rank, kInfinity);
  return {value, std::min(low, value), std::max(high, value)};
}

double beta_variate(double a, double b, Random& chance) {
  double x = chance.gamma(a, 1);
  double y = chance.gamma(b, 1);
  return x + y > 0 ? x / (x + y) : 0.5;
}

// Interpolates the order statistics `below` and `below + 1` (from 0) of one resample of `sorted`.
double resampled_quantile(const std::vector<double>& sorted, double h, Random& chance) {
  double n = static_cast<double>(sorted.size());
  auto at = [&](double u) { return sorted[std::min(sorted.size() - 1, static_cast<size_t>(u * n))]; };
  double below = std::floor(h);
  double u = beta_variate(below + 1, n - below, chance);
  double low = at(u);
  if (h == below) return low;
  double next = u + (1 - u) * (1 - std::pow(1 - chance.uniform(), 1 / (n - below - 1)));
  double high = at(next);
  return low == high ? low : low + (h - below) * (high - low);
}

}  // namespace

Interval bootstrap(std::span<const double> values, const Statistic& statistic, Random& chance,
                   BootstrapOptions options) {
  if (values.empty() || has_nan(values)) return Interval::unknown();
  std::vector<double> sample(values.size());
  return percentile(statistic(values), options, [&] {
    for (double& x : sample) x = values[chance.below(values.size())];
    return statistic(sample);
  });
}

Interval bootstrap_quantile(std::span<const double> values, double q, Random& chance, BootstrapOptions options) {
  CHECK(q >= 0 && q <= 1, "quantile {}", q);
  if (values.empty() || has_nan(values)) return Interval::unknown();
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  double h = static_cast<double>(sorted.size() - 1) * q;
  size_t below = static_cast<size_t>(h);
  double low = sorted[below];
  double high = sorted[std::min(below + 1, sorted.size() - 1)];
  double value = low == high ? low : low + (h - static_cast<double>(below)) * (high - low);
  return percentile(value, options, [&] { return resampled_quantile(sorted, h, chance); });
}

Interval bootstrap_median(std::span<const double> values, Random& chance, BootstrapOptions options) {
  return bootstrap_quantile(values, 0.5, chance, options);
}

Interval bootstrap_ratio(std::span<const double> numerator, std::span<const double> denominator, Random& chance,
                         BootstrapOptions options) {
  CHECK(numerator.size() == denominator.size(), "{} and {}", numerator.size(), denominator.size());
  size_t n = numerator.size();
  auto ratio_over = [&](auto index) {
    double above = 0;
    double below = 0;
    for (size_t i = 0; i < n; ++i) {
      size_t j = index(i);
      above += numerator[j];
      below += denominator[j];
    }
    return below == 0 ? kNan : above / below;
  };
  return percentile(ratio_over([](size_t i) { return i; }), options,
                    [&] { return ratio_over([&](size_t) { return chance.below(n); }); });
}

double jackknife_error(std::span<const double> without, std::span<const int64_t> sizes) {
  CHECK(sizes.empty() || sizes.size() == without.size(), "{} sizes of {} groups", sizes.size(), without.size());
  Moments groups;
  for (size_t i = 0; i < without.size(); ++i) {
    if (sizes.empty() || sizes[i] > 0) groups.add(without[i]);
  }
  if (groups.n < 2) return kNan;
  double g = static_cast<double>(groups.n);
  return std::sqrt((g - 1) / g * groups.m2);
}

Interval jackknife(double estimate, std::span<const double> without, std::span<const int64_t> sizes, double level) {
  if (std::isnan(estimate)) return Interval::unknown();
  double error = jackknife_error(without, sizes);
  if (std::isnan(error)) return Interval::unbounded(estimate);
  auto groups = sizes.empty() ? static_cast<int64_t>(without.size())
                              : std::count_if(sizes.begin(), sizes.end(), [](int64_t size) { return size > 0; });
  double half = t_quantile(0.5 + level / 2, static_cast<double>(groups - 1)) * error;
  return {estimate, estimate - half, estimate + half};
}

}  // namespace cairn::stats

#include "stats/resample.h"

#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "stats/estimate.h"
#include "stats/sample.h"

namespace cairn::stats {
namespace {

using Values = std::vector<double>;

double average(std::span<const double> v) {
  return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
}

Values draw(Random& chance, size_t n) {
  Values v(n);
  for (double& x : v) x = chance.exponential(0.5);
  return v;
}

TEST(Bootstrap, same_seed_same_interval) {
  Random seed(1);
  Values v = draw(seed, 50);
  Random a(7), b(7), c(8);
  Interval one = bootstrap(v, average, a);
  EXPECT_EQ(one, bootstrap(v, average, b));
  EXPECT_NE(one, bootstrap(v, average, c));
}

TEST(Bootstrap, empty_nan_single_and_equal) {
  Random chance(2);
  EXPECT_FALSE(bootstrap({}, average, chance).known());
  EXPECT_FALSE(bootstrap(Values{1, kNan}, average, chance).known());
  EXPECT_FALSE(bootstrap_median({}, chance).known());
  EXPECT_FALSE(bootstrap_median(Values{kNan}, chance).known());
  EXPECT_EQ(bootstrap_median(Values{4}, chance), (Interval{4, 4, 4}));
  EXPECT_EQ(bootstrap_quantile(Values(9, 2.5), 0.9, chance), (Interval{2.5, 2.5, 2.5}));
  EXPECT_EQ(bootstrap(Values(9, 2.5), average, chance), (Interval{2.5, 2.5, 2.5}));
}

TEST(Bootstrap, a_resample_without_a_value_counts_against_both_ends) {
  Random chance(3);
  // Each of the two is alone in a quarter of the resamples.
  Interval in = bootstrap_ratio(Values{1, 1}, Values{0, 1}, chance);
  EXPECT_EQ(in, Interval::unbounded(2));
  EXPECT_FALSE(bootstrap_ratio(Values{1, 2}, Values{0, 0}, chance).known());
  EXPECT_FALSE(bootstrap_ratio(Values{1, kNan}, Values{1, 1}, chance).known());
  EXPECT_FALSE(bootstrap_ratio({}, {}, chance).known());
}

// The mean's bootstrap has a known law for large n: its half-width is near z·s/√n.
TEST(Bootstrap, mean_agrees_with_theory) {
  Random chance(4);
  Values v = draw(chance, 2000);
  Moments m = moments_of(v);
  Interval in = bootstrap(v, average, chance);
  double want = kZ95 * std::sqrt(m.variance() / 2000);
  EXPECT_NEAR(in.half_width() / want, 1, 0.08);
  EXPECT_NEAR(in.value, m.mean, 1e-12);
}

TEST(Bootstrap, ratio_agrees_with_the_delta_method) {
  Random chance(5);
  Values top(1500), bottom(1500);
  for (size_t i = 0; i < top.size(); ++i) {
    bottom[i] = 1 + static_cast<double>(chance.below(4));
    top[i] = bottom[i] * chance.exponential(0.02);
  }
  Interval in = bootstrap_ratio(top, bottom, chance);
  double ratio = average(top) / average(bottom);
  double sum_sq = 0;
  for (size_t i = 0; i < top.size(); ++i) sum_sq += std::pow(top[i] - ratio * bottom[i], 2);
  double want = kZ95 * std::sqrt(sum_sq) / 1500 / average(bottom);
  EXPECT_NEAR(in.value, ratio, 1e-9);
  EXPECT_NEAR(in.half_width() / want, 1, 0.08);
}

// The short cut for quantiles has the law of plain resampling: its bounds lie between the plain ones of a slightly
// wider and a slightly narrower level (five standard errors of a tail either way).
TEST(Bootstrap, quantile_short_cut_equals_plain_resampling) {
  Random chance(6);
  for (size_t n : {1, 2, 5, 10, 31}) {
    Values v = draw(chance, n);
    for (double q : {0.0, 0.5, 0.9, 1.0}) {
      auto plain = [&](double level) {
        return bootstrap(v, [q](std::span<const double> s) { return quantile(s, q); }, chance, {9999, level});
      };
      Interval wide = plain(0.84);
      Interval narrow = plain(0.76);
      Interval quick = bootstrap_quantile(v, q, chance, {9999, 0.8});
      SCOPED_TRACE(testing::Message() << "n " << n << " q " << q);
      EXPECT_DOUBLE_EQ(quick.value, wide.value);
      EXPECT_GE(quick.low, wide.low - 1e-12);
      EXPECT_LE(quick.low, narrow.low + 1e-12);
      EXPECT_GE(quick.high, narrow.high - 1e-12);
      EXPECT_LE(quick.high, wide.high + 1e-12);
    }
  }
}

TEST(BootstrapProperty, coverage_of_a_median) {
  Random chance(9);
  int hits = 0;
  for (int round = 0; round < 1000; ++round)
    hits += bootstrap_median(draw(chance, 80), chance).contains(2 * std::log(2));
  EXPECT_TRUE(hits > 910 && hits < 980) << hits;
}

// Delete-one jackknife of a mean is its textbook standard error, exactly.
TEST(Jackknife, of_a_mean_is_the_standard_error) {
  Values v{2, 4, 4, 4, 5, 5, 7, 9};
  Values without;
  for (double x : v) without.push_back((40 - x) / 7);
  EXPECT_NEAR(jackknife_error(without), std::sqrt(32.0 / 7 / 8), 1e-14);
  Interval in = jackknife(5, without);
  EXPECT_NEAR(in.low, 3.21251208176378910, 1e-12);
  EXPECT_NEAR(in.high, 6.78748791823621090, 1e-12);
}

TEST(Jackknife, empty_groups_are_no_groups) {
  Values v{2, 4, 4, 4, 5, 5, 7, 9};
  Values without(256, 5.0);
  std::vector<int64_t> sizes(256, 0);
  for (size_t i = 0; i < v.size(); ++i) {
    without[31 * i] = (40 - v[i]) / 7;
    sizes[31 * i] = 1;
  }
  without[1] = kNan;
  EXPECT_NEAR(jackknife_error(without, sizes), std::sqrt(32.0 / 7 / 8), 1e-14);
  EXPECT_NEAR(jackknife(5, without, sizes).high, 6.78748791823621090, 1e-12);
}

TEST(Jackknife, few_nan_and_equal) {
  EXPECT_EQ(jackknife(3, Values{}), Interval::unbounded(3));
  EXPECT_EQ(jackknife(3, Values{3}), Interval::unbounded(3));
  EXPECT_EQ(jackknife(3, Values{3, kNan}), Interval::unbounded(3));
  EXPECT_FALSE(jackknife(kNan, Values{3, 4}).known());
  EXPECT_EQ(jackknife(3, Values{3, 3, 3}), (Interval{3, 3, 3}));
}

// Ratio of sums over customers in 64 hash groups: leave-one-out by subtraction of tallies, coverage as promised.
TEST(JackknifeProperty, coverage_of_a_ratio) {
  Random chance(10);
  int hits = 0;
  for (int round = 0; round < 1500; ++round) {
    std::vector<Share> groups(64);
    std::vector<int64_t> sizes(64, 0);
    Share whole;
    for (int customer = 0; customer < 400; ++customer) {
      // Customers differ, so their orders are not independent: a binomial interval would be too narrow.
      double late = chance.chance(0.5) ? 0.1 : 0.5;
      size_t g = chance.below(64);
      ++sizes[g];
      for (uint64_t i = 0, n = 1 + chance.below(5); i < n; ++i) groups[g].add(chance.chance(late));
    }
    for (const Share& g : groups) whole += g;
    Values without;
    for (const Share& g : groups) without.push_back((whole - g).value());
    hits += jackknife(whole.value(), without, sizes).contains(0.3);
  }
  EXPECT_TRUE(hits > 1380 && hits < 1465) << hits;
}

}  // namespace
}  // namespace cairn::stats

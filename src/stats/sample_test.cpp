#include "stats/sample.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"

namespace cairn::stats {
namespace {

using Values = std::vector<double>;

// R: quantile(c(1, 3, 4, 8, 15, 16), type = 7).
TEST(Quantile, type_seven) {
  Values v{15, 1, 16, 4, 8, 3};
  EXPECT_EQ(quantile(v, 0), 1);
  EXPECT_DOUBLE_EQ(quantile(v, 0.25), 3.25);
  EXPECT_DOUBLE_EQ(median(v), 6);
  EXPECT_DOUBLE_EQ(quantile(v, 0.75), 13.25);
  EXPECT_DOUBLE_EQ(quantile(v, 0.9), 15.5);
  EXPECT_EQ(quantile(v, 1), 16);
  EXPECT_EQ(median(Values{5}), 5);
  EXPECT_EQ(median(Values{kInfinity, kInfinity}), kInfinity);
}

TEST(Quantile, empty_and_nan) {
  EXPECT_TRUE(std::isnan(median({})));
  EXPECT_TRUE(std::isnan(median(Values{1, kNan, 2})));
  EXPECT_FALSE(median_interval({}).known());
  EXPECT_FALSE(median_interval(Values{1, kNan, 2}).known());
}

// Ranks by summing exact binomials; the medians are in Conover (1999), Table A3.
TEST(QuantileInterval, ranks) {
  struct Row {
    int64_t n;
    double q;
    int64_t low, high;
  };
  for (Row r : {Row{0, 0.5, 0, 1}, Row{5, 0.5, 0, 6}, Row{6, 0.5, 1, 6}, Row{10, 0.5, 2, 9}, Row{20, 0.5, 6, 15},
                Row{100, 0.5, 40, 61}, Row{50, 0.9, 41, 50}, Row{28, 0.9, 22, 29}, Row{1000, 0.25, 223, 278}}) {
    Ranks ranks = quantile_ranks(r.n, r.q);
    EXPECT_EQ(ranks.low, r.low) << r.n << " at " << r.q;
    EXPECT_EQ(ranks.high, r.high) << r.n << " at " << r.q;
  }
}

TEST(QuantileInterval, few_and_equal) {
  EXPECT_EQ(median_interval(Values{3, 1, 2}), Interval::unbounded(2));
  EXPECT_EQ(median_interval(Values(40, 7.5)), (Interval{7.5, 7.5, 7.5}));
  EXPECT_EQ(median_interval(Values{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}), (Interval{5.5, 2, 9}));
}

TEST(QuantileProperty, agrees_with_a_sort_and_holds_the_value) {
  Random chance(41);
  for (int round = 0; round < 500; ++round) {
    Values v(1 + chance.below(60));
    for (double& x : v) x = static_cast<double>(chance.below(30));
    double q = chance.uniform();
    Values sorted = v;
    std::sort(sorted.begin(), sorted.end());
    double h = q * static_cast<double>(v.size() - 1);
    size_t i = static_cast<size_t>(h);
    double next = sorted[std::min(i + 1, v.size() - 1)];
    EXPECT_NEAR(quantile(v, q), sorted[i] + (h - static_cast<double>(i)) * (next - sorted[i]), 1e-12);
    Interval in = quantile_interval(v, q);
    EXPECT_TRUE(in.contains(in.value));
  }
}

TEST(QuantileProperty, coverage_of_a_skewed_median_and_p90) {
  Random chance(42);
  int median_hits = 0;
  int p90_hits = 0;
  for (int round = 0; round < 5000; ++round) {
    Values v(60);
    for (double& x : v) x = chance.exponential(1);
    median_hits += median_interval(v).contains(std::log(2));
    p90_hits += quantile_interval(v, 0.9).contains(std::log(10));
  }
  EXPECT_TRUE(median_hits > 4700 && median_hits < 4930) << median_hits;
  EXPECT_TRUE(p90_hits > 4700 && p90_hits < 4950) << p90_hits;
}

}  // namespace
}  // namespace cairn::stats

#include "stats/relation.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"

namespace cairn::stats {
namespace {

using Values = std::vector<double>;

TEST(Correlation, goldens) {
  Values x{1, 2, 3, 4, 5, 6, 7};
  Values y{2, 1, 4, 3, 7, 5, 6};
  Interval r = pearson(x, y);
  EXPECT_NEAR(r.value, 0.821428571428571429, 1e-14);
  EXPECT_NEAR(r.low, 0.179254050514830667, 1e-12);
  EXPECT_NEAR(r.high, 0.972755951343196855, 1e-12);
  // The same ranks from a curved scale: only Spearman does not mind.
  for (double& v : y) v = std::exp(v);
  Interval rho = spearman(x, y);
  EXPECT_NEAR(rho.value, 0.821428571428571429, 1e-14);
  EXPECT_NEAR(rho.low, 0.0278882116271756997, 1e-12);
  EXPECT_NEAR(rho.high, 0.979878155147512204, 1e-12);
  EXPECT_LT(pearson(x, y).value, 0.75);
}

TEST(Correlation, ends_constants_few_and_nan) {
  Values x{1, 2, 3, 4, 5};
  EXPECT_EQ(pearson(x, x), (Interval{1, 1, 1}));
  EXPECT_EQ(spearman(x, Values{9, 7, 5, 3, 1}).value, -1);
  EXPECT_FALSE(pearson(x, Values(5, 0.1)).known());
  EXPECT_FALSE(pearson({}, {}).known());
  EXPECT_FALSE(spearman(Values{1}, Values{2}).known());
  EXPECT_EQ(pearson(Values{1, 2, 3}, Values{1, 2, 3}), (Interval{1, -1, 1}));
  EXPECT_FALSE(pearson(x, Values{1, kNan, 3, 4, 5}).known());
  EXPECT_FALSE(spearman(x, Values{1, kNan, 3, 4, 5}).known());
}

TEST(Ranks, ties_share) {
  EXPECT_EQ(mid_ranks(Values{10, 20, 10, 30, 20, 20}), (Values{1.5, 4, 1.5, 6, 4, 4}));
  EXPECT_TRUE(mid_ranks({}).empty());
}

TEST(Trend, goldens) {
  Values x{0, 1, 2, 3, 4, 5};
  Values y{0.52, 0.55, 0.54, 0.58, 0.57, 0.61};
  Trend t = trend(x, y);
  EXPECT_EQ(t.n, 6);
  EXPECT_NEAR(t.slope.value, 0.015714285714285714, 1e-14);
  EXPECT_NEAR(t.slope.low, 0.006554392406421912, 1e-13);
  EXPECT_NEAR(t.slope.high, 0.024874179022149517, 1e-13);
  EXPECT_NEAR(t.intercept, 0.52238095238095238, 1e-14);
  EXPECT_NEAR(t.at(10), 0.52238095238095238 + 0.15714285714285714, 1e-13);
  Trend w = weighted_trend(x, y, Values{100, 120, 90, 200, 150, 180});
  EXPECT_NEAR(w.slope.value, 0.015830258302583026, 1e-14);
  EXPECT_NEAR(w.slope.low, 0.0065442789361915865, 1e-13);
  EXPECT_NEAR(w.slope.high, 0.025116237668974465, 1e-13);
}

TEST(Trend, a_month_without_answers_is_not_there) {
  Values x{0, 1, 2, 3, 4, 5};
  Values y{0.52, 0.55, kNan, 0.58, 0.57, 0.61};
  EXPECT_FALSE(trend(x, y).slope.known());
  Trend t = weighted_trend(x, y, Values{1, 1, 0, 1, 1, 1});
  Trend same = trend(Values{0, 1, 3, 4, 5}, Values{0.52, 0.55, 0.58, 0.57, 0.61});
  EXPECT_EQ(t.n, 5);
  EXPECT_EQ(t.slope, same.slope);
}

TEST(Trend, few_flat_and_straight) {
  EXPECT_FALSE(trend({}, {}).slope.known());
  EXPECT_FALSE(trend(Values{1}, Values{2}).slope.known());
  EXPECT_FALSE(trend(Values{3, 3, 3}, Values{1, 2, 3}).slope.known());
  EXPECT_EQ(trend(Values{0, 2}, Values{1, 5}).slope, Interval::unbounded(2));
  EXPECT_EQ(trend(Values{0, 1, 2, 3}, Values{7, 7, 7, 7}).slope, (Interval{0, 0, 0}));
  EXPECT_EQ(trend(Values{0, 1, 2, 3}, Values{1, 3, 5, 7}).slope, (Interval{2, 2, 2}));
}

TEST(RelationProperty, coverage) {
  Random chance(51);
  int trend_hits = 0;
  int r_hits = 0;
  int rho_hits = 0;
  // Pearson's r of 0.6 in a bivariate normal is Spearman's 6/π·asin(0.3).
  double rho = 6 / 3.141592653589793 * std::asin(0.3);
  for (int round = 0; round < 4000; ++round) {
    Values months(12), rising(12), x(40), y(40);
    for (size_t i = 0; i < 12; ++i)
      months[i] = static_cast<double>(i), rising[i] = chance.normal(2 + 0.3 * months[i], 1);
    for (size_t i = 0; i < 40; ++i) x[i] = chance.normal(0, 1), y[i] = 0.6 * x[i] + chance.normal(0, 0.8);
    Interval slope = trend(months, rising).slope;
    EXPECT_TRUE(slope.contains(slope.value));
    trend_hits += slope.contains(0.3);
    r_hits += pearson(x, y).contains(0.6);
    rho_hits += spearman(x, y).contains(rho);
  }
  EXPECT_TRUE(trend_hits > 3740 && trend_hits < 3860) << trend_hits;
  EXPECT_TRUE(r_hits > 3730 && r_hits < 3870) << r_hits;
  EXPECT_TRUE(rho_hits > 3700 && rho_hits < 3890) << rho_hits;
}

}  // namespace
}  // namespace cairn::stats

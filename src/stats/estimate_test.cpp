#include "stats/estimate.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"

namespace cairn::stats {
namespace {

void expect_interval(Interval got, double value, double low, double high, double error) {
  EXPECT_NEAR(got.value, value, error);
  EXPECT_NEAR(got.low, low, error);
  EXPECT_NEAR(got.high, high, error);
}

TEST(Interval, three_states_and_arithmetic) {
  EXPECT_FALSE(Interval::unknown().known());
  EXPECT_FALSE(Interval::unknown().bounded());
  EXPECT_TRUE(Interval::unbounded(3).known());
  EXPECT_FALSE(Interval::unbounded(3).bounded());
  Interval in{0.2, 0.1, 0.4};
  EXPECT_EQ(in.scaled(-10), (Interval{-2, -4, -1}));
  EXPECT_EQ(in.clipped(0.15, 0.3), (Interval{0.2, 0.15, 0.3}));
  EXPECT_FALSE(Interval::unknown().clipped(0, 1).known());
  EXPECT_EQ((Interval{0.25, 0.125, 0.5}).complement(), (Interval{0.75, 0.5, 0.875}));
  EXPECT_EQ(z_of(0.95), kZ95);
  EXPECT_NEAR(z_of(0.99), 2.5758293035489004, 1e-14);
}

// Newcombe (1998a), Table I, method 3.
TEST(Wilson, published_goldens) {
  expect_interval(wilson({81, 263}), 81.0 / 263, 0.2553, 0.3662, 5e-5);
  expect_interval(wilson({15, 148}), 15.0 / 148, 0.0624, 0.1605, 5e-5);
  expect_interval(wilson({0, 20}), 0, 0, 0.1611, 5e-5);
  expect_interval(wilson({1, 29}), 1.0 / 29, 0.0061, 0.1718, 5e-5);
}

TEST(Wilson, ends_are_exact) {
  EXPECT_FALSE(wilson({0, 0}).known());
  EXPECT_EQ(wilson({0, 7}).low, 0);
  EXPECT_EQ(wilson({7, 7}).high, 1);
  EXPECT_DOUBLE_EQ(wilson({7, 7}).low, 1 - wilson({0, 7}).high);
  EXPECT_GT(wilson({7, 7}).low, 0.5);
}

// Newcombe (1998b), Table II, method 10.
TEST(ShareDifference, published_goldens) {
  expect_interval(share_difference({56, 70}, {48, 80}), 0.2, 0.0524, 0.3339, 5e-5);
  expect_interval(share_difference({9, 10}, {3, 10}), 0.6, 0.1705, 0.8090, 5e-5);
  expect_interval(share_difference({10, 10}, {0, 20}), 1, 0.6791, 1, 5e-5);
  EXPECT_FALSE(share_difference({0, 0}, {1, 2}).known());
}

TEST(ShareDifference, z) {
  EXPECT_NEAR(share_difference_z({56, 70}, {48, 80}), 2.65017195125853, 1e-12);
  EXPECT_EQ(share_difference_z({5, 5}, {9, 9}), 0);
  EXPECT_TRUE(std::isnan(share_difference_z({0, 0}, {9, 9})));
}

// Garwood (1936) in 40-digit arithmetic; the first rows are in every table.
TEST(Poisson, goldens) {
  expect_interval(poisson_count(0), 0, 0, 3.6888794541139363, 1e-12);
  expect_interval(poisson_count(1), 1, 0.025317807984289875, 5.5716433909388986, 1e-12);
  expect_interval(poisson_count(5), 5, 1.6234863901184205, 11.66833207932267, 1e-11);
  expect_interval(poisson_count(10), 10, 4.7953886961324336, 18.390356042017779, 1e-11);
  expect_interval(poisson_count(100), 100, 81.36399125092314, 121.62679379242639, 1e-10);
  expect_interval(poisson_count(12345), 12345, 12128.180907899079, 12564.722206913333, 1e-7);
}

TEST(Poisson, rate) {
  Interval per_thousand = poisson_rate(10, 2000).scaled(1000);
  expect_interval(per_thousand, 5, 2.3976943480662168, 9.1951780210088895, 1e-11);
  EXPECT_FALSE(poisson_rate(0, 0).known());
  EXPECT_FALSE(poisson_rate(3, kNan).known());
}

TEST(Mean, golden) {
  Tally tally;
  Moments moments;
  for (double x : {2, 4, 4, 4, 5, 5, 7, 9}) tally.add(x), moments.add(x);
  expect_interval(mean(tally), 5, 3.21251208176378910, 6.78748791823621090, 1e-12);
  expect_interval(mean(moments), 5, 3.21251208176378910, 6.78748791823621090, 1e-12);
}

TEST(Mean, few_equal_and_nan) {
  EXPECT_FALSE(mean(Tally{}).known());
  EXPECT_FALSE(mean(Moments{}).known());
  EXPECT_EQ(mean(Tally{1, 3, 9}), Interval::unbounded(3));
  EXPECT_EQ(mean(Tally{4, 12, 36}), (Interval{3, 3, 3}));
  EXPECT_FALSE(mean(moments_of(std::vector<double>{1, kNan})).known());
  Tally with_nan;
  with_nan.add(1), with_nan.add(kNan);
  EXPECT_FALSE(mean(with_nan).known());
}

TEST(MeanDifference, welch_golden) {
  std::vector<double> a{27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4};
  std::vector<double> b{27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 24.4, 30.0};
  expect_interval(mean_difference(moments_of(a), moments_of(b)), -2.8, -4.80245576830203452, -0.797544231697965480,
                  1e-12);
  EXPECT_FALSE(mean_difference(moments_of(a), {}).known());
  EXPECT_FALSE(mean_difference(moments_of(a), {1, 20, 0}).bounded());
  EXPECT_EQ(mean_difference({3, 5, 0}, {4, 2, 0}), (Interval{3, 3, 3}));
}

TEST(Nps, goldens) {
  NpsCounts big{500, 333, 167};
  NpsCounts small{60, 25, 15};
  EXPECT_NEAR(nps_wald(big).value, 33.3, 1e-12);
  EXPECT_NEAR(nps_wald(big).half_width(), 4.62, 0.005);
  EXPECT_NEAR(nps_wald(small).value, 45, 1e-12);
  EXPECT_NEAR(nps_wald(small).half_width(), 14.5, 0.05);
  EXPECT_NEAR(nps_adjusted(big).value, 33.20, 0.005);
  EXPECT_NEAR(nps_adjusted(big).half_width(), 4.62, 0.005);
  EXPECT_NEAR(nps_adjusted(small).value, 43.69, 0.005);
  EXPECT_NEAR(nps_adjusted(small).half_width(), 14.35, 0.005);
  EXPECT_NEAR(nps(small).value, 45, 1e-12);
  EXPECT_NEAR(nps(small).low, 43.69 - 14.35, 0.01);
  EXPECT_NEAR(nps(small).high, 43.69 + 14.35, 0.01);
}

TEST(Nps, none_all_alike_and_one) {
  EXPECT_FALSE(nps({}).known());
  EXPECT_FALSE(nps_wald({}).known());
  EXPECT_EQ(nps_wald({9, 0, 0}).half_width(), 0);
  Interval all = nps({9, 0, 0});
  EXPECT_EQ(all.value, 100);
  EXPECT_EQ(all.high, 100);
  EXPECT_LT(all.low, 80);
  EXPECT_EQ(nps({1, 0, 0}).high, 100);
  EXPECT_EQ(nps({0, 0, 1}).low, -100);
}

TEST(Nps, difference) {
  NpsCounts big{500, 333, 167};
  NpsCounts small{60, 25, 15};
  EXPECT_NEAR(nps_difference_z(big, small), -1.50656266585017509, 1e-12);
  Interval d = nps_difference(big, small);
  EXPECT_NEAR(d.value, -11.7, 1e-12);
  EXPECT_TRUE(d.contains(0));
  EXPECT_EQ(nps_difference_z({5, 0, 0}, {9, 0, 0}), 0);
  EXPECT_EQ(nps_difference_z({5, 0, 0}, {0, 0, 9}), kInfinity);
  EXPECT_TRUE(std::isnan(nps_difference_z({}, small)));
  EXPECT_FALSE(nps_difference(small, {}).known());
}

TEST(EstimateProperty, hold_the_value_inside_the_range) {
  for (int64_t n = 1; n <= 40; ++n) {
    for (int64_t k = 0; k <= n; ++k) {
      Interval w = wilson({k, n});
      EXPECT_TRUE(w.contains(w.value) && w.low >= 0 && w.high <= 1) << k << " of " << n;
      Interval p = poisson_count(k);
      EXPECT_TRUE(p.contains(p.value) && p.low >= 0) << k;
      Interval d = share_difference({k, n}, {n - k, n + 3});
      EXPECT_TRUE(d.contains(d.value) && d.low >= -1 - 1e-12 && d.high <= 1 + 1e-12) << k << " of " << n;
      for (int64_t j = 0; k + j <= n; ++j) {
        NpsCounts counts{k, j, n - k - j};
        Interval s = nps(counts);
        EXPECT_TRUE(s.contains(s.value) && s.low >= -100 && s.high <= 100) << k << ' ' << j << " of " << n;
        // Only a single answer needs the stretch.
        if (n > 1) {
          EXPECT_LE(std::abs(s.value - nps_adjusted(counts).value), nps_adjusted(counts).half_width());
        }
      }
    }
  }
}

TEST(EstimateProperty, narrow_with_n_and_widen_with_level) {
  for (int64_t n = 10; n < 100'000'000; n *= 10) {
    EXPECT_LT(wilson({3 * n, 10 * n}).half_width(), wilson({3 * n / 10, n}).half_width());
    EXPECT_GT(wilson({3 * n, 10 * n}, 0.99).half_width(), wilson({3 * n, 10 * n}).half_width());
    EXPECT_LT(poisson_rate(5 * n, static_cast<double>(10 * n)).half_width(),
              poisson_rate(n / 2, static_cast<double>(n)).half_width());
    EXPECT_LT(nps({5 * n, 3 * n, 2 * n}).half_width(), nps({n / 2, 3 * n / 10, n / 5}).half_width());
    double m = static_cast<double>(n);
    EXPECT_LT(mean(Tally{10 * n, 30 * m, 110 * m}).half_width(), mean(Tally{n, 3 * m, 11 * m}).half_width());
  }
}

// Share of `rounds` simulations whose interval holds the truth. The band is over four standard errors wide around
// what each method is known for, so a wrong quantile or a lost factor of two falls outside.
template <class F>
double coverage(int rounds, F covered) {
  int hits = 0;
  for (int i = 0; i < rounds; ++i) hits += covered();
  return static_cast<double>(hits) / rounds;
}

TEST(EstimateProperty, coverage) {
  Random chance(31);
  double of_share = coverage(8000, [&] {
    Share s;
    for (int i = 0; i < 80; ++i) s.add(chance.chance(0.3));
    return wilson(s).contains(0.3);
  });
  EXPECT_TRUE(of_share > 0.93 && of_share < 0.975) << of_share;
  double of_difference = coverage(6000, [&] {
    Share a, b;
    for (int i = 0; i < 60; ++i) a.add(chance.chance(0.3)), b.add(chance.chance(0.5));
    return share_difference(a, b).contains(-0.2);
  });
  EXPECT_TRUE(of_difference > 0.93 && of_difference < 0.975) << of_difference;
  double of_count = coverage(8000, [&] { return poisson_count(chance.poisson(12)).contains(12); });
  EXPECT_TRUE(of_count > 0.945 && of_count < 0.985) << of_count;
  double of_mean = coverage(8000, [&] {
    Moments m;
    for (int i = 0; i < 6; ++i) m.add(chance.normal(7, 3));
    return mean(m).contains(7);
  });
  EXPECT_TRUE(of_mean > 0.938 && of_mean < 0.962) << of_mean;
  double of_nps = coverage(8000, [&] {
    NpsCounts c;
    for (int i = 0; i < 50; ++i) {
      double u = chance.uniform();
      c.add(u < 0.6 ? 10 : u < 0.85 ? 7 : 2);
    }
    return nps(c).contains(45);
  });
  EXPECT_TRUE(of_nps > 0.93 && of_nps < 0.97) << of_nps;
}

}  // namespace
}  // namespace cairn::stats

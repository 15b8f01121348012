#include "stats/tally.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"
#include "stats/sample.h"

namespace cairn::stats {
namespace {

TEST(Tally, empty_and_single) {
  EXPECT_TRUE(std::isnan(Share{}.value()));
  EXPECT_TRUE(std::isnan(Tally{}.mean()));
  EXPECT_TRUE(std::isnan(Tally{}.variance()));
  EXPECT_TRUE(std::isnan(Moments{}.variance()));
  EXPECT_TRUE(std::isnan(Histogram{}.quantile(0.5)));
  Tally one;
  one.add(3);
  EXPECT_EQ(one.mean(), 3);
  EXPECT_TRUE(std::isnan(one.variance()));
}

TEST(Tally, variance_by_hand) {
  Tally tally;
  for (double x : {2, 4, 4, 4, 5, 5, 7, 9}) tally.add(x);
  EXPECT_EQ(tally.mean(), 5);
  EXPECT_DOUBLE_EQ(tally.variance(), 32.0 / 7);
}

TEST(Tally, equal_values_never_give_a_negative_variance) {
  Tally tally;
  tally.add(0.1, 1'000'003);
  EXPECT_GE(tally.variance(), 0);
  EXPECT_LT(tally.variance(), 1e-9);
}

TEST(Moments, keep_digits_where_a_tally_loses_them) {
  Moments moments;
  Tally tally;
  for (double x : {1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16}) moments.add(x), tally.add(x);
  EXPECT_DOUBLE_EQ(moments.variance(), 30);
  EXPECT_GT(std::abs(tally.variance() - 30), 1);
}

TEST(Moments, nan_stays) {
  std::vector<double> values{1, kNan, 3};
  Moments moments = moments_of(values);
  EXPECT_EQ(moments.n, 3);
  EXPECT_TRUE(std::isnan(moments.mean));
  EXPECT_TRUE(std::isnan(moments.variance()));
}

TEST(NpsCounts, scores_fall_in_their_kind) {
  NpsCounts counts;
  for (int score = 0; score <= 10; ++score) counts.add(score);
  EXPECT_EQ(counts, (NpsCounts{2, 2, 7}));
  EXPECT_EQ(counts.n(), 11);
}

TEST(Histogram, shares_and_sums) {
  Histogram h;
  h.add(1, 2638), h.add(2, 382), h.add(3, 667), h.add(4, 1184), h.add(5, 3354);
  EXPECT_EQ(h.n(), 8225);
  EXPECT_EQ(h.share(4, 5), (Share{4538, 8225}));
  EXPECT_NEAR(h.share(4, 5).value(), 0.5517, 5e-5);
  EXPECT_EQ(h.share(-3, 99), (Share{8225, 8225}));
  EXPECT_EQ(h.tally().sum, 2638 + 2 * 382 + 3 * 667 + 4 * 1184 + 5 * 3354);
  EXPECT_EQ(h.quantile(0), 1);
  EXPECT_EQ(h.quantile(0.5), 4);
  EXPECT_EQ(h.quantile(1), 5);
}

// Random parts: whole = sum of parts, in any order, and whole − part = the rest.
TEST(TallyProperty, merge_is_the_whole_and_less_is_the_rest) {
  Random chance(21);
  for (int round = 0; round < 200; ++round) {
    Share share[3];
    Tally tally[3];
    Moments moments[3];
    Histogram histogram[3];
    NpsCounts nps[3];
    std::vector<double> all;
    Share share_all;
    Histogram histogram_all;
    for (int i = 0, n = static_cast<int>(chance.below(200)); i < n; ++i) {
      size_t part = chance.below(3);
      int score = static_cast<int>(chance.below(11));
      all.push_back(score);
      share_all.add(score > 3), share[part].add(score > 3);
      tally[part].add(score), moments[part].add(score);
      histogram[part].add(score), histogram_all.add(score);
      nps[part].add(score);
    }
    Moments moments_all = moments_of(all);
    EXPECT_EQ(share[2] + share[0] + share[1], share_all);
    EXPECT_EQ(share_all - share[1], share[0] + share[2]);
    EXPECT_EQ(histogram[0] + histogram[1] + histogram[2], histogram_all);
    EXPECT_EQ(histogram_all - histogram[0], histogram[1] + histogram[2]);
    EXPECT_EQ(tally[1] + tally[2] + tally[0], histogram_all.tally());
    EXPECT_EQ(histogram_all.tally() - tally[2], tally[0] + tally[1]);
    EXPECT_EQ(nps[0] + nps[2] + nps[1], histogram_all.nps());
    EXPECT_EQ(histogram_all.nps() - nps[2], nps[0] + nps[1]);
    Moments merged = moments[2] + moments[0] + moments[1];
    EXPECT_EQ(merged.n, moments_all.n);
    EXPECT_NEAR(merged.mean, moments_all.mean, 1e-12);
    EXPECT_NEAR(merged.m2, moments_all.m2, 1e-9);
    for (double q : {0.0, 0.1, 0.5, 0.77, 0.9, 1.0}) {
      if (!all.empty()) {
        EXPECT_DOUBLE_EQ(histogram_all.quantile(q), quantile(all, q));
      }
    }
  }
}

}  // namespace
}  // namespace cairn::stats

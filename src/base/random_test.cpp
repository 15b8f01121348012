#include "base/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

namespace cairn {
namespace {

constexpr int kDraws = 200'000;

struct Moments {
  double mean = 0;
  double variance = 0;
};

template <class Draw>
Moments moments(Draw draw) {
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    double x = static_cast<double>(draw());
    sum += x;
    squares += x * x;
  }
  double mean = sum / kDraws;
  return {mean, squares / kDraws - mean * mean};
}

TEST(Random, ASeedGivesTheNumbersOfTheFirstVersion) {
  Random random(42);
  EXPECT_EQ(random.next(), 0xEAA977D2F3F9263Bull);
  EXPECT_EQ(random.next(), 0xB5AF4CA7212A098Cull);
  EXPECT_EQ(random.below(1000), 996u);
  EXPECT_DOUBLE_EQ(random.uniform(), 0.94947823431555434);
  EXPECT_NEAR(random.normal(0, 1), -2.5499451171047922, 1e-12);
  EXPECT_NEAR(random.gamma(2.5, 3), 3.4233433078638291, 1e-12);
  EXPECT_EQ(random.poisson(4), 3);
}

TEST(Random, StreamsAreTheirOwn) {
  Random a = Random::stream(1, 1);
  Random b = Random::stream(1, 2);
  Random c = Random::stream(2, 1);
  Random again = Random::stream(1, 1);
  uint64_t first = a.next();
  EXPECT_EQ(first, again.next());
  EXPECT_NE(first, b.next());
  EXPECT_NE(first, c.next());
}

TEST(Random, BelowIsEvenAndWithin) {
  Random random(1);
  std::vector<int> counts(7);
  for (int i = 0; i < 70'000; ++i) ++counts.at(random.below(7));
  for (int count : counts) EXPECT_NEAR(count, 10'000, 5 * std::sqrt(10'000.0 * 6 / 7));
  EXPECT_EQ(random.below(1), 0u);
  std::set<int64_t> seen;
  for (int i = 0; i < 200; ++i) seen.insert(random.between(-2, 2));
  EXPECT_EQ(seen, (std::set<int64_t>{-2, -1, 0, 1, 2}));
}

TEST(Random, DistributionsHaveTheirMeanAndVariance) {
  Random random(7);
  Moments uniform = moments([&] { return random.uniform(); });
  EXPECT_NEAR(uniform.mean, 0.5, 0.004);
  EXPECT_NEAR(uniform.variance, 1.0 / 12, 0.002);
  Moments normal = moments([&] { return random.normal(3, 2); });
  EXPECT_NEAR(normal.mean, 3, 0.025);
  EXPECT_NEAR(normal.variance, 4, 0.07);
  Moments exponential = moments([&] { return random.exponential(0.5); });
  EXPECT_NEAR(exponential.mean, 2, 0.025);
  EXPECT_NEAR(exponential.variance, 4, 0.15);
  for (double shape : {0.4, 1.0, 3.0}) {
    Moments gamma = moments([&] { return random.gamma(shape, 2); });
    EXPECT_NEAR(gamma.mean, shape * 2, 0.05) << shape;
    EXPECT_NEAR(gamma.variance, shape * 4, 0.05 * shape * 4 + 0.1) << shape;
  }
  for (double mean : {0.3, 5.0, 100.0}) {
    Moments poisson = moments([&] { return random.poisson(mean); });
    EXPECT_NEAR(poisson.mean, mean, 5 * std::sqrt(mean / kDraws) + 0.001) << mean;
    EXPECT_NEAR(poisson.variance, mean, 0.03 * mean + 0.01) << mean;
  }
  EXPECT_EQ(random.poisson(0), 0);
}

TEST(Entropy, FillsAllOfIt) {
  std::vector<unsigned char> bytes(4096);
  system_entropy().fill(bytes);
  std::set<unsigned char> seen(bytes.begin(), bytes.end());
  EXPECT_GT(seen.size(), 200u);
  EXPECT_NE(system_entropy().next64(), system_entropy().next64());
}

}  // namespace
}  // namespace cairn

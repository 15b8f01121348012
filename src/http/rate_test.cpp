#include "http/rate.h"

#include <gtest/gtest.h>

namespace cairn::http {
namespace {

TEST(RateLimit, allows_a_burst_then_one_at_a_time) {
  RateLimit limit;
  Duration now = seconds(1000);
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(limit.try_now("a", 5, now).has_value()) << i;
  std::optional<Duration> wait = limit.try_now("a", 5, now);
  ASSERT_TRUE(wait.has_value());
  EXPECT_EQ(*wait, seconds(12));
  EXPECT_FALSE(limit.try_now("b", 5, now).has_value());
  EXPECT_TRUE(limit.try_now("a", 5, now + seconds(11)).has_value());
  EXPECT_FALSE(limit.try_now("a", 5, now + seconds(12)).has_value());
  EXPECT_TRUE(limit.try_now("a", 5, now + seconds(12)).has_value());
}

TEST(RateLimit, does_not_grow_without_end) {
  RateLimit limit;
  for (int i = 0; i < 250'000; ++i) limit.try_now(std::to_string(i), 5, seconds(1));
  EXPECT_LE(limit.size(), 100'001u);
}

TEST(RateKey, counts_a_whole_home_network_as_one) {
  EXPECT_EQ(rate_key("2001:db8:1:2::1"), rate_key("2001:db8:1:2:ffff::9"));
  EXPECT_NE(rate_key("2001:db8:1:2::1"), rate_key("2001:db8:1:3::1"));
  EXPECT_EQ(rate_key("203.0.113.7"), "203.0.113.7");
}

}  // namespace
}  // namespace cairn::http

#include "people/newcomers.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

#include "base/hash.h"

namespace cairn::people {
namespace {

TEST(Newcomers, are_all_different_and_spread_over_the_shards) {
  Newcomers newcomers(system_entropy());
  std::set<CustomerId> seen;
  std::array<size_t, kShards> counts{};
  for (size_t i = 0; i < 10 * kShards * Newcomers::kTogether; ++i) {
    CustomerId id = newcomers.next();
    ASSERT_GT(id.value, 0);
    ASSERT_TRUE(seen.insert(id).second);
    ++counts[static_cast<size_t>(shard_of(id))];
  }
  for (size_t count : counts) EXPECT_EQ(count, 10 * Newcomers::kTogether);
}

/// In the order of keys by (shard, customer) they are neighbours, with hardly anybody of others between.
TEST(Newcomers, who_come_one_after_the_other_are_neighbours) {
  Newcomers newcomers(system_entropy());
  std::set<std::pair<int, CustomerId>> keys{{-1, CustomerId{}}};
  for (size_t i = 0; i < 2000 * Newcomers::kTogether; ++i) {
    CustomerId id = newcomers.next();
    keys.emplace(shard_of(id), id);
  }
  std::set<std::pair<int, CustomerId>> fresh;
  while (fresh.size() < 1000) {
    CustomerId id = newcomers.next();
    fresh.emplace(shard_of(id), id);
  }
  // Where each of them goes: behind the one before it.
  std::set<CustomerId> before;
  for (const auto& key : fresh) before.insert(std::prev(keys.upper_bound(std::pair(key.first, key.second)))->second);
  EXPECT_LT(before.size(), 12u);
}

TEST(Newcomers, beginnings_tell_no_order) {
  Newcomers newcomers(system_entropy());
  int ascending = 0;
  constexpr int kPairs = 1000;
  CustomerId last = newcomers.next();
  for (int i = 0; i < kPairs; ++i) {
    CustomerId next;
    for (size_t k = 0; k < Newcomers::kTogether; ++k) next = newcomers.next();
    ascending += next > last;
    last = next;
  }
  EXPECT_NEAR(ascending, kPairs / 2, 150);
}

/// Two makers (two starts of one store) do not meet.
TEST(Newcomers, two_makers_differ) {
  Newcomers a(system_entropy()), b(system_entropy());
  std::set<CustomerId> seen;
  for (int i = 0; i < 20'000; ++i) {
    EXPECT_TRUE(seen.insert(a.next()).second);
    EXPECT_TRUE(seen.insert(b.next()).second);
  }
}

}  // namespace
}  // namespace cairn::people

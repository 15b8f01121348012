#include "people/memory.h"

#include <gtest/gtest.h>

namespace cairn::people {
namespace {

events::Identifier user(int64_t n) { return {"user_id", std::to_string(n)}; }

TEST(Memory, tells_kinds_and_values_apart) {
  Memory memory(system_entropy());
  memory.remember({"user_id", "7"}, CustomerId{1});
  memory.remember({"email", "7"}, CustomerId{2});
  EXPECT_EQ(memory.find({"user_id", "7"}), CustomerId{1});
  EXPECT_EQ(memory.find({"email", "7"}), CustomerId{2});
  EXPECT_FALSE(memory.find({"user_id", "8"}).is_set());
  memory.remember({"user_id", "7"}, CustomerId{3});
  EXPECT_EQ(memory.find({"user_id", "7"}), CustomerId{3});
}

TEST(Memory, forgets_one_or_all) {
  Memory memory(system_entropy());
  memory.remember(user(1), CustomerId{1});
  memory.remember(user(2), CustomerId{2});
  memory.forget(user(1));
  memory.forget(user(99));
  EXPECT_FALSE(memory.find(user(1)).is_set());
  EXPECT_EQ(memory.find(user(2)), CustomerId{2});
  memory.clear();
  EXPECT_FALSE(memory.find(user(2)).is_set());
}

TEST(Memory, keeps_what_is_asked_for_again_when_it_is_full) {
  constexpr int64_t kMost = 3 << 10;
  Memory memory(system_entropy(), kMost / 3);
  for (int64_t n = 1; n <= 20 * kMost; ++n) {
    memory.remember(user(n), CustomerId{n});
    ASSERT_EQ(memory.find(user(1)), CustomerId{1}) << n;
  }
  EXPECT_EQ(memory.find(user(20 * kMost)), CustomerId{20 * kMost});
  int64_t remembered = 0;
  for (int64_t n = 1; n <= 20 * kMost; ++n) {
    CustomerId found = memory.find(user(n));
    remembered += found.is_set();
    ASSERT_TRUE(!found.is_set() || found == CustomerId{n}) << n;
  }
  EXPECT_LE(remembered, kMost) << "memory is bounded";
  EXPECT_GT(remembered, kMost * 9 / 10) << "and used";
  memory.forget(user(1));
  EXPECT_FALSE(memory.find(user(1)).is_set());
}

TEST(Memory, forgets_nothing_by_growing) {
  Memory memory(system_entropy());
  constexpr int64_t kMany = 50'000;
  int64_t remembered = 0;
  for (int64_t n = 1; n <= kMany; ++n) memory.remember(user(n), CustomerId{n});
  for (int64_t n = 1; n <= kMany; ++n) {
    CustomerId found = memory.find(user(n));
    remembered += found.is_set();
    ASSERT_TRUE(!found.is_set() || found == CustomerId{n}) << n;
  }
  EXPECT_GT(remembered, kMany * 8 / 10) << "those that fell out met in one bucket before it grew";
}

}  // namespace
}  // namespace cairn::people

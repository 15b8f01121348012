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
  Memory memory(system_entropy());
  constexpr int64_t kMany = 3'200'000;  // three generations
  for (int64_t n = 1; n <= kMany; ++n) {
    memory.remember(user(n), CustomerId{n});
    if (n % 1000 == 0) {
      ASSERT_EQ(memory.find(user(1)), CustomerId{1}) << n;
    }
  }
  EXPECT_EQ(memory.find(user(kMany)), CustomerId{kMany});
  EXPECT_FALSE(memory.find(user(5)).is_set()) << "memory is bounded";
  memory.forget(user(1));
  EXPECT_FALSE(memory.find(user(1)).is_set()) << "in both generations";
}

}  // namespace
}  // namespace cairn::people

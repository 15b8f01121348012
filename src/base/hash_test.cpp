#include "base/hash.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace cairn {
namespace {

TEST(SipHash, TheVectorsOfItsAuthors) {
  // Key 00 01 … 0f, message 00 01 … (n-1): the reference implementation's vectors_sip64.
  const SipKey key = {0x0706050403020100ull, 0x0f0e0d0c0b0a0908ull};
  const std::pair<int, uint64_t> vectors[] = {
      {0, 0x726fdb47dd0e0e31ull}, {1, 0x74f839c593dc67fdull},  {2, 0x0d6c8009d9a94f5aull}, {3, 0x85676696d7fb7e2dull},
      {4, 0xcf2794e0277187b7ull}, {5, 0x18765564cd99a68dull},  {6, 0xcbc9466e58fee3ceull}, {7, 0xab0200f58b01d137ull},
      {8, 0x93f5f5799a932462ull}, {15, 0xa129ca6149be45e5ull},
  };
  for (auto [n, expected] : vectors) {
    std::string message;
    for (int i = 0; i < n; ++i) message += static_cast<char>(i);
    EXPECT_EQ(siphash(key, message), expected) << n;
  }
}

TEST(Mix, IsSplitMix64) {
  EXPECT_EQ(mix(0), 0xE220A8397B1DCDAFull);  // its first output from seed 0
  std::set<uint64_t> seen;
  for (uint64_t i = 0; i < 10'000; ++i) seen.insert(mix(i));
  EXPECT_EQ(seen.size(), 10'000u);
}

TEST(Hash64, IsWhatItWasInTheFirstVersion) {
  EXPECT_EQ(hash64(""), 0xE220A8397B1DCDAFull);
  EXPECT_EQ(hash64("a"), 0xEBA2333BBA460B0Dull);
  EXPECT_EQ(hash64("12345678"), 0x707C92ED4E018375ull);
  EXPECT_EQ(hash64("order_completed"), 0x08630758B63B16AEull);
  EXPECT_EQ(hash64("order_completed", 7), 0xA5F2D72F61B5934Full);
}

TEST(Hash64, EveryByteAndTheLengthCount) {
  std::set<uint64_t> seen;
  std::string zeros(64, '\0');
  for (size_t n = 0; n <= zeros.size(); ++n) seen.insert(hash64(std::string_view(zeros).substr(0, n)));
  EXPECT_EQ(seen.size(), 65u);
  for (size_t i = 0; i < zeros.size(); ++i) {
    std::string one = zeros;
    one[i] = 1;
    EXPECT_TRUE(seen.insert(hash64(one)).second) << i;
  }
}

TEST(Shard, IsFixedForEver) {
  EXPECT_EQ(shard_of({1}), 36);
  EXPECT_EQ(shard_of({2}), 37);
  EXPECT_EQ(shard_of({INT64_MAX}), 10);
  std::vector<int> counts(kShards);
  for (int64_t id = 1; id <= 64'000; ++id) ++counts.at(static_cast<size_t>(shard_of({id})));
  for (int count : counts) {
    EXPECT_GT(count, 840);  // five standard deviations of a fair draw
    EXPECT_LT(count, 1160);
  }
}

}  // namespace
}  // namespace cairn

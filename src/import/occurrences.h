// How often a row with the same bytes came before, so that identical rows of one file are told apart: the second one is
// not the first one come again. About 12 bytes a row: a set of 64-bit hashes in 256 parts that grow one at a time (so a
// growing table is never held twice), and a count for the few that came more than once.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cairn::import {

/// 128 bits of a row, for its key.
struct RowHash {
  uint64_t high = 0, low = 0;
};
/// `seed` tells apart rows that mean different things in the same words (another header).
RowHash hash_row(std::string_view row, uint64_t seed);
/// `0123…ef`, and from the second occurrence on `0123…ef#2`.
std::string row_key(const RowHash& hash, uint32_t occurrence);

class Occurrences {
 public:
  /// 1 for the first row of that hash, then 2, …
  uint32_t next(const RowHash& hash);

 private:
  struct Part {
    std::vector<uint64_t> slots;
    size_t used = 0;
  };
  static bool insert(Part& part, uint64_t hash);
  static void grow(Part& part);

  std::array<Part, 256> parts_;
  std::unordered_map<uint64_t, uint32_t> repeated_;
};

}  // namespace cairn::import

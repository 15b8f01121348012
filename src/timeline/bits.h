// Bitmaps with rank: which rows know a value, which customers have a row.
#pragma once
#include <bit>
#include <cstdint>
#include <vector>

#include "timeline/array.h"

namespace cairn::timeline {

/// Without the instruction, which the machine's baseline does not have (Hacker's Delight, 5-1).
constexpr uint32_t count_ones(uint64_t x) {
  x -= (x >> 1) & 0x5555555555555555ull;
  x = (x & 0x3333333333333333ull) + ((x >> 2) & 0x3333333333333333ull);
  x = (x + (x >> 4)) & 0x0F0F0F0F0F0F0F0Full;
  return static_cast<uint32_t>((x * 0x0101010101010101ull) >> 56);
}

/// A fixed bitmap; 1.125 bits a bit, for the counts that rank starts from.
class Bits {
 public:
  static constexpr size_t kGroup = 256;  ///< Bits between two counts.

  Bits() = default;
  explicit Bits(const std::vector<bool>& bits);
  /// From words of 64, the lowest bit first. REQUIRES words for `size` bits, the rest zero.
  Bits(std::vector<uint64_t> words, size_t size);
  /// Of a snapshot.
  Bits(Array<uint64_t> words, Array<uint32_t> counts, size_t size);

  size_t size() const { return size_; }
  bool operator[](size_t i) const { return (words_[i >> 6] >> (i & 63)) & 1; }
  /// Ones before i; i may be size().
  uint32_t rank(size_t i) const {
    if (i == 0) return 0;
    size_t word = i >> 6;
    uint32_t out = counts_[(i - 1) / kGroup];
    for (size_t w = (i - 1) / kGroup * (kGroup / 64); w < word; ++w) out += count_ones(words_[w]);
    return i & 63 ? out + count_ones(words_[word] & ((uint64_t{1} << (i & 63)) - 1)) : out;
  }
  uint32_t ones() const { return rank(size_); }
  /// 0 or 1 each.
  void read(size_t first, size_t count, uint8_t* out) const;
  /// Words of 64 bits, the lowest first.
  const uint64_t* words() const { return words_.data(); }
  /// Calls visit(i) for each one in [first, last), ascending.
  template <class F>
  void each(size_t first, size_t last, F visit) const {
    for (size_t word = first >> 6; word << 6 < last; ++word) {
      uint64_t bits = words_[word];
      if (word == first >> 6) bits &= ~uint64_t{0} << (first & 63);
      for (; bits; bits &= bits - 1) {
        size_t i = (word << 6) + static_cast<size_t>(std::countr_zero(bits));
        if (i >= last) return;
        visit(i);
      }
    }
  }

  const Array<uint64_t>& word_array() const { return words_; }
  const Array<uint32_t>& count_array() const { return counts_; }
  Result<void> touch(Range range = {}) const;
  size_t bytes() const { return words_.bytes() + counts_.bytes(); }
  bool is_mapped() const { return words_.is_mapped(); }

 private:
  Array<uint64_t> words_;
  Array<uint32_t> counts_;  ///< Ones before each group.
  size_t size_ = 0;
};

}  // namespace cairn::timeline

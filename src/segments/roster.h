// Who of one shard is in a segment or has something to wait for, by a small number; and the members of one segment as
// bits by that number. Customers about whom there is nothing to say cost nothing.
#pragma once
#include <cstdint>
#include <vector>

#include "base/id.h"

namespace cairn::segments {

inline constexpr uint32_t kNobody = UINT32_MAX;

/// Numbers of customers, from 0, never given back. 12 to 20 bytes each.
class Roster {
 public:
  /// kNobody when the customer has no number.
  uint32_t find(CustomerId customer) const;
  uint32_t ensure(CustomerId customer);
  CustomerId id(uint32_t number) const { return {ids_[number]}; }
  uint32_t size() const { return static_cast<uint32_t>(ids_.size()); }
  size_t bytes() const { return ids_.capacity() * sizeof(int64_t) + slots_.capacity() * sizeof(uint32_t); }

 private:
  size_t slot_of(int64_t id) const;
  void grow();
  std::vector<int64_t> ids_;
  std::vector<uint32_t> slots_;  ///< Open addressing; a power of two, at most half full.
};

/// A set of numbers.
class Members {
 public:
  bool has(uint32_t number) const {
    size_t word = number / 64;
    return word < words_.size() && (words_[word] >> (number % 64) & 1) != 0;
  }
  void set(uint32_t number, bool is_in);
  uint32_t count() const { return count_; }
  size_t bytes() const { return words_.capacity() * sizeof(uint64_t); }
  /// Calls visit(number), ascending.
  template <class F>
  void each(F visit) const {
    for (size_t i = 0; i < words_.size(); ++i)
      for (uint64_t word = words_[i]; word != 0; word &= word - 1)
        visit(static_cast<uint32_t>(i * 64 + static_cast<size_t>(__builtin_ctzll(word))));
  }

 private:
  std::vector<uint64_t> words_;
  uint32_t count_ = 0;
};

}  // namespace cairn::segments

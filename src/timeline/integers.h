// Whole numbers in as few bytes as their range allows: clocks, seq, money, offsets, codes.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "timeline/array.h"

namespace cairn::timeline {

/// What is stored of an Integers: value(i) = base + scale × u(i), modulo 2^64, where u(i) is an unsigned number of
/// `width` bytes in one or two planes.
struct Packing {
  int64_t base = 0;
  int64_t scale = 1;
  uint8_t width = 0;  ///< 0: all are `base`; 1, 2, 4, 8; 5 and 6: a plane of 4 bytes and one of the upper 1 or 2.
};

/// A fixed sequence of 64-bit numbers, each read in constant time. 0, 1, 2, 4, 5, 6 or 8 bytes a number.
///
///     times.visit([&](auto at) { for (uint32_t i = first; i < last; ++i) sum += at[i]; });   // a loop for each width
///     times.read(first, 1024, buffer);                                                       // or decoded in blocks
class Integers {
 public:
  Integers() = default;
  static Integers pack(std::span<const int64_t> values);
  /// Of a snapshot. REQUIRES planes of `size` elements each, as the width says.
  Integers(Packing packing, size_t size, int64_t min, int64_t max, std::shared_ptr<const Block> low,
           std::shared_ptr<const Block> high);

  size_t size() const { return size_; }
  /// Bounds of all values; 0 when there is none.
  int64_t min() const { return min_; }
  int64_t max() const { return max_; }

  void read(size_t first, size_t count, int64_t* out) const;

  /// Constant.
  struct Same {
    int64_t base;
    int64_t operator[](size_t) const { return base; }
    void prefetch(size_t) const {}
  };
  template <class Low>
  struct One {
    const Low* low;
    uint64_t base, scale;
    int64_t operator[](size_t i) const { return static_cast<int64_t>(base + scale * low[i]); }
    void prefetch(size_t i) const { __builtin_prefetch(low + i); }
  };
  template <class High>
  struct Two {
    const uint32_t* low;
    const High* high;
    uint64_t base, scale;
    int64_t operator[](size_t i) const {
      return static_cast<int64_t>(base + scale * (uint64_t{high[i]} << 32 | low[i]));
    }
    void prefetch(size_t i) const {
      __builtin_prefetch(low + i);
      __builtin_prefetch(high + i);
    }
  };
  template <class Low>
  struct RawOne {
    const Low* low;
    int64_t operator[](size_t i) const { return static_cast<int64_t>(low[i]); }
  };
  template <class High>
  struct RawTwo {
    const uint32_t* low;
    const High* high;
    int64_t operator[](size_t i) const { return static_cast<int64_t>(uint64_t{high[i]} << 32 | low[i]); }
  };
  /// Calls f once with a reader of this width, on which `[i]` is a load or two and a multiplication. Whoever jumps
  /// over most of the rows says prefetch(i) some time before: memory is only quick for those who read on.
  template <class F>
  decltype(auto) visit(F f) const {
    auto base = static_cast<uint64_t>(packing_.base), scale = static_cast<uint64_t>(packing_.scale);
    switch (packing_.width) {
      case 1: return f(One<uint8_t>{low<uint8_t>(), base, scale});
      case 2: return f(One<uint16_t>{low<uint16_t>(), base, scale});
      case 4: return f(One<uint32_t>{low<uint32_t>(), base, scale});
      case 5: return f(Two<uint8_t>{low<uint32_t>(), high<uint8_t>(), base, scale});
      case 6: return f(Two<uint16_t>{low<uint32_t>(), high<uint16_t>(), base, scale});
      case 8: return f(One<uint64_t>{low<uint64_t>(), base, scale});
      default: return f(Same{packing_.base});
    }
  }

  /// The numbers themselves, where they are stored as bytes: for the tightest loops. Else null.
  const uint8_t* plain_bytes() const {
    return packing_.width == 1 && packing_.base == 0 && packing_.scale == 1 ? low<uint8_t>() : nullptr;
  }

  /// As visit, for what only wants differences: readers of u(i), without base and scale. The difference of two values
  /// is packing().scale times theirs.
  template <class F>
  decltype(auto) visit_raw(F f) const {
    switch (packing_.width) {
      case 1: return f(RawOne<uint8_t>{low<uint8_t>()});
      case 2: return f(RawOne<uint16_t>{low<uint16_t>()});
      case 4: return f(RawOne<uint32_t>{low<uint32_t>()});
      case 5: return f(RawTwo<uint8_t>{low<uint32_t>(), high<uint8_t>()});
      case 6: return f(RawTwo<uint16_t>{low<uint32_t>(), high<uint16_t>()});
      case 8: return f(RawOne<uint64_t>{low<uint64_t>()});
      default: return f(Same{0});
    }
  }

  /// Reads one; a switch on the width, so prefer visit or read in loops. REQUIRES i < size().
  int64_t operator[](size_t i) const {
    return visit([i](auto at) { return at[i]; });
  }

  const Packing& packing() const { return packing_; }
  /// Planes as they are stored; empty where the width has none.
  std::string_view low_plane() const { return low_ ? low_->bytes() : std::string_view(); }
  std::string_view high_plane() const { return high_ ? high_->bytes() : std::string_view(); }
  Result<void> touch(Range range = {}) const;
  size_t bytes() const { return low_plane().size() + high_plane().size(); }
  bool is_mapped() const { return low_ && low_->is_mapped(); }

 private:
  template <class T>
  const T* low() const {
    return reinterpret_cast<const T*>(low_->bytes().data());
  }
  template <class T>
  const T* high() const {
    return reinterpret_cast<const T*>(high_->bytes().data());
  }
  Packing packing_;
  size_t size_ = 0;
  int64_t min_ = 0, max_ = 0;
  std::shared_ptr<const Block> low_, high_;
};

}  // namespace cairn::timeline

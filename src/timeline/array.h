// Memory that columns are made of: never changed once made, held in this process or mapped from a snapshot.
#pragma once
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace cairn::timeline {

/// 64 bits over bytes, at memory speed: finds damage, not malice. Stable across machines and versions.
uint64_t checksum(std::string_view bytes);

/// Bytes with their owner. Those of a snapshot carry a checksum for every piece, looked at when it is first touched.
class Block {
 public:
  static constexpr size_t kPieceBytes = 256 * 1024;

  /// In memory, right by construction.
  Block(std::shared_ptr<const void> owner, std::string_view bytes);
  /// Of a snapshot; one sum a piece, or none: not to be looked at. `name` says where, for people.
  Block(std::shared_ptr<const void> owner, std::string_view bytes, std::vector<uint64_t> sums, std::string name);
  Block(const Block&) = delete;

  /// Reads the bytes [from, to) against their checksums the first time; later calls cost a load a piece. Any thread.
  /// Error corrupt, with the name.
  Result<void> touch(size_t from = 0, size_t to = SIZE_MAX) const {
    return sums_.empty() ? Result<void>() : touch_pieces(from, to);
  }
  std::string_view bytes() const { return bytes_; }
  bool is_mapped() const { return is_mapped_; }

 private:
  enum State : uint8_t { untouched, right, damaged };
  Result<void> touch_pieces(size_t from, size_t to) const;
  std::shared_ptr<const void> owner_;
  std::string_view bytes_;
  std::vector<uint64_t> sums_;
  std::string name_;
  std::unique_ptr<std::atomic<uint8_t>[]> states_;
  bool is_mapped_ = false;
};

/// Rows, elements or customers [first, last), as far as there are that many.
struct Range {
  size_t first = 0;
  size_t last = SIZE_MAX;
};

/// A fixed array of T. Cheap to copy: copies share the memory. Elements may be read after touch() said yes (what was
/// built in memory needs none).
template <class T>
class Array {
 public:
  Array() = default;
  explicit Array(std::vector<T> elements) {
    if (elements.empty()) return;
    // What is kept for long takes no room for what never comes.
    if (elements.capacity() - elements.size() > elements.size() / 8) elements.shrink_to_fit();
    auto owner = std::make_shared<const std::vector<T>>(std::move(elements));
    data_ = owner->data();
    size_ = owner->size();
    block_ =
        std::make_shared<const Block>(owner, std::string_view(reinterpret_cast<const char*>(data_), size_ * sizeof(T)));
  }
  /// REQUIRES bytes aligned for T, of whole elements.
  explicit Array(std::shared_ptr<const Block> block)
      : data_(reinterpret_cast<const T*>(block->bytes().data())),
        size_(block->bytes().size() / sizeof(T)),
        block_(std::move(block)) {}

  const T* data() const { return data_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T operator[](size_t i) const { return data_[i]; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }

  Result<void> touch(Range range = {}) const {
    return block_ ? block_->touch(range.first * sizeof(T), std::min(range.last, size_) * sizeof(T)) : Result<void>();
  }
  size_t bytes() const { return size_ * sizeof(T); }
  bool is_mapped() const { return block_ && block_->is_mapped(); }
  std::string_view raw() const { return block_ ? block_->bytes() : std::string_view(); }

 private:
  const T* data_ = nullptr;
  size_t size_ = 0;
  std::shared_ptr<const Block> block_;
};

}  // namespace cairn::timeline

// The rows of a step for a block of customers, decoded: what funnels and retention run over. Inside this folder only.
#pragma once
#include <vector>

#include "engine/block.h"

namespace cairn::engine {

/// Whether steps can be read so: events with conditions over columns, seen as they are now known.
bool are_fast(const Sequence& steps, const RowFilter& filter, const Look& look);

class StepRows {
 public:
  /// REQUIRES are_fast. Rows after `until` are left out.
  void read(const Subject& step, const timeline::Part& part, Block& block, Time until);

  struct Rows {
    uint32_t begin = 0, end = 0;
  };
  /// Of the customer first + i of the block; places, not rows of the stream.
  Rows of(uint32_t i) const {
    if (!stream_) return {};
    Rows out{offsets_[i] - offsets_[0], offsets_[i + 1] - offsets_[0]};
    while (cuts_ && out.end > out.begin && times_[out.end - 1] > until_) --out.end;
    return out;
  }
  /// Whether of() gives whole customers, and holds() is always true: then loops may run over places alone.
  bool is_plain() const { return stream_ && mask_.empty() && !cuts_; }
  /// How many places there are.
  uint32_t size() const { return static_cast<uint32_t>(times_.size()); }
  /// Where the rows of the customer first + i begin, the next's end. REQUIRES a stream.
  uint32_t begin(uint32_t i) const { return offsets_[i] - offsets_[0]; }
  int64_t time(uint32_t place) const { return times_[place]; }
  /// Whether `where` holds.
  bool holds(uint32_t place) const { return mask_.empty() || mask_[place]; }
  uint32_t row(uint32_t place) const { return place + offsets_[0]; }
  int64_t seq(uint32_t place) const { return stream_->seq()[row(place)]; }
  const timeline::Stream* stream() const { return stream_; }

 private:
  const timeline::Stream* stream_ = nullptr;
  std::vector<uint32_t> offsets_;
  std::vector<int64_t> times_;
  std::vector<uint8_t> mask_;
  bool cuts_ = false;
  int64_t until_ = 0;
};

/// Whether the event at place b comes after that at place a, by (time, seq).
inline bool comes_after(const StepRows& y, uint32_t b, const StepRows& x, uint32_t a) {
  if (y.time(b) != x.time(a)) return y.time(b) > x.time(a);
  return x.stream() == y.stream() ? y.row(b) > x.row(a) : y.seq(b) > x.seq(a);
}

}  // namespace cairn::engine

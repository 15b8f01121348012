// All spans of calendar time that hold an event, by number. Inside this folder only.
#pragma once
#include <algorithm>
#include <vector>

#include "engine/calendar.h"
#include "timeline/version.h"

namespace cairn::engine {

class Buckets {
 public:
  Buckets() = default;
  /// Those up to t. Empty when they are too many for a table, or there is no event. REQUIRES no hours: their readings
  /// happen twice.
  static Buckets of(query::Bucket bucket, const Calendar& calendar, const timeline::Version& version, Time t);

  size_t size() const { return starts_.empty() ? 0 : starts_.size() - 1; }
  int64_t start(size_t place) const { return starts_[place]; }
  /// Which one holds the time. REQUIRES one that does.
  size_t place(int64_t time) const {
    size_t out = hints_[static_cast<size_t>(time - starts_.front()) >> shift_];
    while (starts_[out + 1] <= time) ++out;
    return out;
  }

 private:
  void make_hints(int64_t last);

  std::vector<int64_t> starts_;  ///< And one that never begins.
  /// Which span holds the first moment of each 2^shift_ microseconds: searching would cost more than all the rest.
  std::vector<uint16_t> hints_;
  int shift_ = 0;
};

}  // namespace cairn::engine

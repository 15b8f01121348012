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

  size_t size() const { return starts_.size(); }
  int64_t start(size_t place) const { return starts_[place]; }
  /// Which one holds the time. REQUIRES one that does.
  size_t place(int64_t time) const {
    return static_cast<size_t>(std::upper_bound(starts_.begin(), starts_.end(), time) - starts_.begin()) - 1;
  }

 private:
  std::vector<int64_t> starts_;
};

}  // namespace cairn::engine

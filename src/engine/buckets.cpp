#include "engine/buckets.h"

namespace cairn::engine {

Buckets Buckets::of(query::Bucket bucket, const Calendar& calendar, const timeline::Version& version, Time t) {
  constexpr size_t kMost = 4096;
  int64_t first = INT64_MAX;
  Time last{INT64_MIN};
  for (const auto& shard : version.shards())
    for (const auto& part : shard->parts())
      if (part->events() > 0) {
        first = std::min(first, part->order().occurred_at().min());
        last.micros = std::max(last.micros, part->order().occurred_at().max());
      }
  Buckets out;
  if (first > t.micros) return out;
  for (Time at = calendar.start(bucket, Time{first}); at <= t; at = calendar.start(bucket, at, 1)) {
    if (out.starts_.size() == kMost) return Buckets();
    out.starts_.push_back(at.micros);
  }
  out.starts_.push_back(INT64_MAX);
  out.make_hints(std::min(t, last).micros);
  return out;
}

void Buckets::make_hints(int64_t last) {
  constexpr uint64_t kMostHints = 8192;
  auto reach = static_cast<uint64_t>(last - starts_.front());
  while (reach >> shift_ >= kMostHints) ++shift_;
  size_t place = 0;
  for (uint64_t hint = 0; hint <= reach >> shift_; ++hint) {
    int64_t moment = starts_.front() + static_cast<int64_t>(hint << shift_);
    while (starts_[place + 1] <= moment) ++place;
    hints_.push_back(static_cast<uint16_t>(place));
  }
}

}  // namespace cairn::engine

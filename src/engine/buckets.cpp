#include "engine/buckets.h"

namespace cairn::engine {

Buckets Buckets::of(query::Bucket bucket, const Calendar& calendar, const timeline::Version& version, Time t) {
  constexpr size_t kMost = 4096;
  int64_t first = INT64_MAX;
  for (const auto& shard : version.shards())
    for (const auto& part : shard->parts())
      if (part->events() > 0) first = std::min(first, part->order().occurred_at().min());
  Buckets out;
  if (first > t.micros) return out;
  for (Time at = calendar.start(bucket, Time{first}); at <= t; at = calendar.start(bucket, at, 1)) {
    if (out.starts_.size() == kMost) return {};
    out.starts_.push_back(at.micros);
  }
  return out;
}

}  // namespace cairn::engine

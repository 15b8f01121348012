#include "timeline/rows_of.h"

#include <algorithm>

namespace cairn::timeline {

Result<std::vector<Seq>> rows_of(const Version& version, std::span<const CustomerId> customers) {
  std::vector<Seq> out;
  for (CustomerId customer : customers) {
    auto place = version.find(customer);
    if (!place) continue;
    for (size_t kind = 0; kind < place->part->streams(); ++kind) {
      const Stream* stream = place->part->stream(static_cast<KindIndex>(kind));
      if (!stream) continue;
      TRY(stream->touch({place->customer, place->customer + 1}));
      uint32_t end = stream->offsets().end(place->customer);
      for (uint32_t row = stream->offsets().begin(place->customer); row < end; ++row)
        out.push_back(Seq{stream->seq()[row]});
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

Result<std::vector<Seq>> rows_before(const Version& version, std::string_view kind, Time before) {
  std::vector<Seq> out;
  auto index = version.schema().find_kind(kind);
  if (!index) return out;
  for (int s = 0; s < kShards; ++s)
    for (const Run& run : version.shard(s).runs()) {
      const Stream* stream = run.part->stream(*index);
      if (!stream) continue;
      TRY(stream->touch({run.first, run.last}));
      stream->offsets().each(run.first, run.last, [&](uint32_t, uint32_t begin, uint32_t end) {
        for (uint32_t row = begin; row < end && stream->occurred_at()[row] < before.micros; ++row)
          out.push_back(Seq{stream->seq()[row]});
      });
    }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace cairn::timeline

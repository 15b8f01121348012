#include "timeline/version.h"

#include <algorithm>

namespace cairn::timeline {
namespace {

/// One part of several that are walked side by side, by id.
struct Walk {
  explicit Walk(const Part& walked) : part(&walked) { stand_at(0); }
  const Part* part;
  uint32_t at = 0;
  int64_t here = INT64_MAX;  // who stands at `at`; the last is behind everybody
  size_t gone_at = 0;

  void stand_at(uint32_t place) {
    at = place;
    here = at < part->size() ? part->customers()[at] : INT64_MAX;
  }
  /// Whether the part says that the customer is gone. REQUIRES ascending ids.
  bool lets_go(int64_t id) {
    auto gone = part->gone();
    while (gone_at < gone.size() && gone[gone_at].value < id) ++gone_at;
    return gone_at < gone.size() && gone[gone_at].value == id;
  }
};

/// The first place of the part whose customer is not below `id`. Its neighbours are looked at first, and then by leaps
/// that grow. REQUIRES that the customer at `from` is below.
uint32_t leap(const Part& part, uint32_t from, int64_t id) {
  uint32_t low = from, step = 1, size = part.size();
  if (id == INT64_MAX) return size;
  while (step < size - low && part.customers()[low + step] < id) {
    low += step;
    step *= 2;
  }
  uint32_t high = step < size - low ? low + step : size;
  for (++low; low < high;) {
    uint32_t middle = low + (high - low) / 2;
    if (part.customers()[middle] < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/// Appends the customers of the base that lie below `id` and moves behind them.
void skip_base(Walk& base, int64_t id, std::vector<Run>& out) {
  if (base.here >= id) return;
  uint32_t first = base.at;
  base.stand_at(leap(*base.part, first, id));
  out.push_back({base.part, first, base.at});
}

void append(std::vector<Run>& out, const Part* part, uint32_t at) {
  if (!out.empty() && out.back().part == part && out.back().last == at) ++out.back().last;
  else out.push_back({part, at, at + 1});
}

}  // namespace

/// The base is walked by leaps between the customers of newer parts, which are few.
std::vector<Run> runs_of(const std::vector<std::shared_ptr<const Part>>& parts) {
  std::vector<Run> out;
  if (parts.empty()) return out;
  Walk base(*parts.front());
  std::vector<Walk> newer;  // the newest first
  for (size_t i = parts.size(); i-- > 1;) newer.emplace_back(*parts[i]);
  for (;;) {
    int64_t id = INT64_MAX;
    for (Walk& walk : newer) {
      int64_t gone = walk.gone_at < walk.part->gone().size() ? walk.part->gone()[walk.gone_at].value : INT64_MAX;
      id = std::min({id, walk.here, gone});
    }
    skip_base(base, id, out);
    if (id == INT64_MAX) return out;
    bool decided = false;
    for (Walk& walk : newer) {
      bool has = walk.here == id, lets_go = walk.lets_go(id);
      if (!decided && has) append(out, walk.part, walk.at);
      decided = decided || has || lets_go;
      if (has) walk.stand_at(walk.at + 1);
      walk.gone_at += lets_go;
    }
    if (base.here == id) base.stand_at(base.at + 1);
  }
}

Shard::Shard(std::vector<std::shared_ptr<const Part>> parts) : parts_(std::move(parts)), runs_(runs_of(parts_)) {
  for (const Run& run : runs_) {
    customers_ += run.last - run.first;
    events_ += run.part->order().offsets().end(run.last - 1) - run.part->order().offsets().begin(run.first);
  }
}

std::optional<Place> find_in(const std::vector<std::shared_ptr<const Part>>& parts, CustomerId customer) {
  for (size_t i = parts.size(); i-- > 0;) {
    const Part& part = *parts[i];
    if (auto at = part.find(customer)) return Place{&part, *at};
    if (std::binary_search(part.gone().begin(), part.gone().end(), customer)) return std::nullopt;
  }
  return std::nullopt;
}

uint64_t Version::events() const {
  uint64_t out = 0;
  for (const auto& shard : shards_) out += shard->events();
  return out;
}

uint64_t Version::customers() const {
  uint64_t out = 0;
  for (const auto& shard : shards_) out += shard->customers();
  return out;
}

}  // namespace cairn::timeline

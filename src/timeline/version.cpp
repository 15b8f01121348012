#include "timeline/version.h"

#include <algorithm>
#include <functional>
#include <utility>

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
  /// Whom it tells of next: who is there, or gone.
  int64_t next() const {
    auto gone = part->gone();
    return gone_at < gone.size() ? std::min(here, gone[gone_at].value) : here;
  }
  void pass_gone(int64_t id) {
    if (gone_at < part->gone().size() && part->gone()[gone_at].value == id) ++gone_at;
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

/// The base is walked by leaps between the customers of newer parts, which are few. These wait in a heap, whoever
/// stands at the lowest id in front, and of those the newest.
std::vector<Run> runs_of(const std::vector<std::shared_ptr<const Part>>& parts) {
  std::vector<Run> out;
  if (parts.empty()) return out;
  Walk base(*parts.front());
  std::vector<Walk> newer;  // the newest first
  for (size_t i = parts.size(); i-- > 1;) newer.emplace_back(*parts[i]);
  std::vector<std::pair<int64_t, size_t>> next;
  for (size_t i = 0; i < newer.size(); ++i) next.emplace_back(newer[i].next(), i);
  std::make_heap(next.begin(), next.end(), std::greater<>());
  for (;;) {
    int64_t id = next.empty() ? INT64_MAX : next.front().first;
    skip_base(base, id, out);
    if (id == INT64_MAX) return out;
    for (bool decided = false; next.front().first == id; decided = true) {
      std::pop_heap(next.begin(), next.end(), std::greater<>());
      Walk& walk = newer[next.back().second];
      if (walk.here == id) {
        if (!decided) append(out, walk.part, walk.at);
        walk.stand_at(walk.at + 1);
      }
      walk.pass_gone(id);
      next.back().first = walk.next();
      std::push_heap(next.begin(), next.end(), std::greater<>());
    }
    if (base.here == id) base.stand_at(base.at + 1);
  }
}

Shard::Shard(std::vector<std::shared_ptr<const Part>> parts) : parts_(std::move(parts)) {}

const Shard::All& Shard::all() const {
  std::call_once(asked_, [this] {
    all_.runs = runs_of(parts_);
    for (const Run& run : all_.runs) {
      all_.customers += run.last - run.first;
      all_.events += run.part->order().offsets().end(run.last - 1) - run.part->order().offsets().begin(run.first);
    }
  });
  return all_;
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

#include "measures/joins.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <tuple>

#include "base/check.h"
#include "base/hash.h"

namespace cairn::measures {
namespace {

/// One source names one customer for one thing.
struct Claim {
  uint64_t thing = 0;
  CustomerId customer;
  int64_t source = 0;
  int64_t precedence = 0;
  Seq first;
};

/// A thing that counts elsewhere.
struct Leave {
  CustomerId customer;
  uint64_t thing = 0;
  CustomerId owner;
};

bool in_order(const Claim& a, const Claim& b) {
  return std::tie(a.thing, a.customer, a.source, a.first) < std::tie(b.thing, b.customer, b.source, b.first);
}
bool is_same(const Claim& a, const Claim& b) {
  return a.thing == b.thing && a.customer == b.customer && a.source == b.source;
}

/// Calls visit(lanes, lane, run) for every stream with business keys.
template <class F>
void each_keyed(const Lanes& lanes, int shard, F visit) {
  for (const timeline::Run& run : lanes.version().shard(shard).runs()) {
    const PartLanes& part = lanes.of(shard, run.part);
    for (const Lane& lane : part.by_code)
      if (lane.key) visit(part, lane, run);
  }
}

/// Whether rows with a business key come from more than one source; and how many such rows there are.
struct Look {
  bool has_sources = false;
  size_t rows = 0;
};
Look look_at(const Lanes& lanes) {
  Look out;
  std::optional<int64_t> only;
  for (int s = 0; s < kShards; ++s)
    each_keyed(lanes, s, [&](const PartLanes&, const Lane& lane, const timeline::Run& run) {
      const timeline::Integers& source = lane.stream->source();
      if (!only) only = source.min();
      out.has_sources = out.has_sources || source.min() != *only || source.max() != *only;
      out.rows += lane.stream->offsets().end(run.last - 1) - lane.stream->offsets().begin(run.first);
    });
  return out;
}

uint64_t thing_of(const Lane& lane, uint32_t row) {
  std::string_view key = lane.key->text(row);
  return key.empty() ? 0 : hash64(key, lane.plan->entity) | 1;
}

/// A row with a business key. Customers by number: over all shards, from 1 on.
struct Keyed {
  const Lane* lane = nullptr;
  CustomerId customer;
  uint32_t number = 0;
  uint32_t row = 0;
  uint64_t thing = 0;
};

/// Which things may be named by more than one customer: most are not, and need not be looked at any further. A table by
/// hash of who came first; a slot that two customers meet in is contended. Never says no wrongly.
class Contended {
 public:
  /// Not more than so many slots, of 4 bytes: with more rows, more things are looked at in vain.
  static constexpr size_t kSlotsMax = size_t{1} << 26;
  explicit Contended(size_t rows) : slots_(std::clamp<size_t>(std::bit_ceil(rows), 1024, kSlotsMax)) {}

  /// Any thread, as all of these.
  void name(const Keyed& row) {
    std::atomic<uint32_t>& slot = slots_[place(row.thing)];
    uint32_t seen = slot.load(std::memory_order_relaxed);
    if (seen == 0 && slot.compare_exchange_strong(seen, row.number, std::memory_order_relaxed)) return;
    if (seen != row.number && seen != kSeveral) slot.store(kSeveral, std::memory_order_relaxed);
  }
  bool may_be(uint64_t thing) const { return slots_[place(thing)].load(std::memory_order_relaxed) == kSeveral; }
  /// The table is larger than caches are: say early what will be asked.
  void expect(uint64_t thing) const { __builtin_prefetch(&slots_[place(thing)], 1); }

 private:
  static constexpr uint32_t kSeveral = UINT32_MAX;
  size_t place(uint64_t thing) const { return thing >> 1 & (slots_.size() - 1); }
  std::vector<std::atomic<uint32_t>> slots_;
};

/// Calls visit(Keyed) for each row of a shard that has a business key, some steps after `contended` expects it.
template <class F>
void each_thing(const Lanes& lanes, int shard, const Contended& contended, F visit) {
  std::array<Keyed, 32> waiting;
  size_t count = 0;
  auto pass_on = [&] {
    for (size_t i = 0; i < count; ++i) visit(waiting[i]);
    count = 0;
  };
  uint32_t before = 1;
  for (int s = 0; s < shard; ++s) before += lanes.version().shard(s).customers();
  for (const timeline::Run& run : lanes.version().shard(shard).runs()) {
    for (const Lane& lane : lanes.of(shard, run.part).by_code) {
      if (!lane.key) continue;
      lane.stream->offsets().each(run.first, run.last, [&](uint32_t customer, uint32_t begin, uint32_t end) {
        CustomerId id = run.part->customer(customer);
        for (uint32_t row = begin; row < end; ++row) {
          uint64_t thing = thing_of(lane, row);
          if (thing == 0) continue;
          contended.expect(thing);
          waiting[count++] = {&lane, id, before + (customer - run.first), row, thing};
          if (count == waiting.size()) pass_on();
        }
      });
    }
    before += run.last - run.first;
  }
  pass_on();
}

/// Of a shard, in_order, each once, with the earliest seq; of what is contended.
std::vector<Claim> claims_of(const Lanes& lanes, int shard, const Contended& contended) {
  std::vector<Claim> out;
  each_thing(lanes, shard, contended, [&](const Keyed& row) {
    if (!contended.may_be(row.thing)) return;
    const timeline::Stream& stream = *row.lane->stream;
    out.push_back(
        {row.thing, row.customer, stream.source()[row.row], stream.precedence()[row.row], Seq{stream.seq()[row.row]}});
  });
  std::sort(out.begin(), out.end(), in_order);
  out.erase(std::unique(out.begin(), out.end(), is_same), out.end());
  return out;
}

/// What is decided of one thing. REQUIRES claims of one thing, in_order.
void decide(std::span<const Claim> claims, std::vector<Leave>& out) {
  if (claims.front().customer == claims.back().customer) return;
  const Claim* best = &claims.front();
  for (const Claim& claim : claims) {
    if (claim.precedence > best->precedence || (claim.precedence == best->precedence && claim.first < best->first))
      best = &claim;
    // A source that gives one key to two customers counts them itself.
    for (const Claim& other : claims)
      if (other.source == claim.source && other.customer != claim.customer) return;
  }
  for (size_t i = 0; i < claims.size(); ++i) {
    bool is_new = i == 0 || claims[i].customer != claims[i - 1].customer;
    if (is_new && claims[i].customer != best->customer)
      out.push_back({claims[i].customer, claims[i].thing, best->customer});
  }
}

/// Of all shards' claims, those whose hash begins with `bucket`.
std::vector<Leave> leaves_of(const std::vector<std::vector<Claim>>& shards, size_t bucket) {
  constexpr int kShift = 58;
  std::vector<Claim> claims;
  for (const auto& shard : shards) {
    auto before = [](const Claim& claim, uint64_t at) { return claim.thing >> kShift < at; };
    auto from = std::lower_bound(shard.begin(), shard.end(), bucket, before);
    auto to = std::lower_bound(from, shard.end(), bucket + 1, before);
    claims.insert(claims.end(), from, to);
  }
  std::sort(claims.begin(), claims.end(), in_order);
  std::vector<Leave> out;
  for (size_t i = 0; i < claims.size();) {
    size_t end = i + 1;
    while (end < claims.size() && claims[end].thing == claims[i].thing) ++end;
    decide(std::span(claims).subspan(i, end - i), out);
    i = end;
  }
  return out;
}

/// Calls visit(lane, row, owner) for each row of a customer that leaves. REQUIRES leaves of one customer of that shard.
template <class F>
void each_leaving(const Lanes& lanes, int shard, std::span<const Leave> leaves, F visit) {
  auto place = lanes.version().shard(shard).find(leaves.front().customer);
  CHECK(place, "a claim of nobody");
  for (const Lane& lane : lanes.of(shard, place->part).by_code) {
    if (!lane.key) continue;
    const timeline::Offsets& offsets = lane.stream->offsets();
    for (uint32_t row = offsets.begin(place->customer); row < offsets.end(place->customer); ++row) {
      uint64_t thing = thing_of(lane, row);
      for (const Leave& leave : leaves)
        if (leave.thing == thing) visit(lane, row, leave.owner);
    }
  }
}

/// What leaves each shard, by customer.
std::vector<std::vector<Leave>> leaves_by_shard(const Lanes& lanes, size_t rows, Executor& executor) {
  Contended contended(rows);
  executor.parallel_for(kShards, [&](size_t s) {
    each_thing(lanes, static_cast<int>(s), contended, [&](const Keyed& row) { contended.name(row); });
  });
  std::vector<std::vector<Claim>> claims(kShards);
  executor.parallel_for(kShards, [&](size_t s) { claims[s] = claims_of(lanes, static_cast<int>(s), contended); });
  std::vector<std::vector<Leave>> decided(kShards), out(kShards);
  executor.parallel_for(kShards, [&](size_t bucket) { decided[bucket] = leaves_of(claims, bucket); });
  for (const auto& bucket : decided)
    for (const Leave& leave : bucket) out[static_cast<size_t>(shard_of(leave.customer))].push_back(leave);
  for (auto& leaves : out)
    std::stable_sort(leaves.begin(), leaves.end(),
                     [](const Leave& a, const Leave& b) { return a.customer < b.customer; });
  return out;
}

}  // namespace

Joins Joins::of(const Lanes& lanes, Executor& executor) {
  Joins out;
  Look look = look_at(lanes);
  if (!look.has_sources) return out;
  auto leaving = leaves_by_shard(lanes, look.rows, executor);
  out.is_empty_ = std::all_of(leaving.begin(), leaving.end(), [](const auto& leaves) { return leaves.empty(); });
  if (out.is_empty_) return out;
  out.leaving_.resize(kShards);
  out.arrivals_.resize(kShards);
  std::vector<std::vector<Arrival>> moved(kShards);
  executor.parallel_for(kShards, [&](size_t s) {
    std::span<const Leave> left = leaving[s];
    while (!left.empty()) {
      size_t end = 1;
      while (end < left.size() && left[end].customer == left.front().customer) ++end;
      each_leaving(lanes, static_cast<int>(s), left.first(end), [&](const Lane& lane, uint32_t row, CustomerId owner) {
        const timeline::Stream& stream = *lane.stream;
        out.leaving_[s].push_back({&lane, row});
        moved[s].push_back({owner, &lane, row, Time{stream.occurred_at()[row]}, Seq{stream.seq()[row]}});
      });
      left = left.subspan(end);
    }
    std::sort(out.leaving_[s].begin(), out.leaving_[s].end());
  });
  for (const auto& shard : moved)
    for (const Arrival& arrival : shard) out.arrivals_[static_cast<size_t>(shard_of(arrival.owner))].push_back(arrival);
  executor.parallel_for(kShards, [&](size_t s) {
    std::sort(out.arrivals_[s].begin(), out.arrivals_[s].end(), [](const Arrival& a, const Arrival& b) {
      return std::tie(a.owner, a.at, a.seq) < std::tie(b.owner, b.at, b.seq);
    });
  });
  return out;
}

bool Joins::leaves(int shard, const Lane& lane, uint32_t row) const {
  const auto& rows = leaving_[static_cast<size_t>(shard)];
  return std::binary_search(rows.begin(), rows.end(), Row{&lane, row});
}

}  // namespace cairn::measures

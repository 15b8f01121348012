#include "measures/joins.h"

#include <algorithm>
#include <tuple>

#include "base/hash.h"
#include "measures/owners.h"

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

/// Whether rows with a business key come from more than one source.
bool has_sources(const Lanes& lanes) {
  std::optional<int64_t> only;
  bool several = false;
  for (int s = 0; s < kShards; ++s)
    each_keyed(lanes, s, [&](const PartLanes&, const Lane& lane, const timeline::Run&) {
      const timeline::Integers& source = lane.stream->source();
      if (!only) only = source.min();
      several = several || source.min() != *only || source.max() != *only;
    });
  return several;
}

uint64_t thing_of(const Lane& lane, uint32_t row) { return Owners::thing_of(lane.plan->entity, lane.key->text(row)); }

/// Of a shard, by thing; each once, with the earliest seq.
std::vector<Claim> claims_of(const Lanes& lanes, int shard) {
  std::vector<Claim> out;
  each_keyed(lanes, shard, [&](const PartLanes& part, const Lane& lane, const timeline::Run& run) {
    const timeline::Stream& stream = *lane.stream;
    stream.offsets().each(run.first, run.last, [&](uint32_t customer, uint32_t begin, uint32_t end) {
      CustomerId id = part.part->customer(customer);
      for (uint32_t row = begin; row < end; ++row)
        if (uint64_t thing = thing_of(lane, row))
          out.push_back({thing, id, stream.source()[row], stream.precedence()[row], Seq{stream.seq()[row]}});
    });
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

}  // namespace

Joins Joins::of(const Lanes& lanes, Executor& executor) {
  Joins out;
  if (!has_sources(lanes)) return out;
  std::vector<std::vector<Claim>> claims(kShards);
  executor.parallel_for(kShards, [&](size_t s) { claims[s] = claims_of(lanes, static_cast<int>(s)); });
  std::vector<std::vector<Leave>> decided(kShards), leaving(kShards);
  executor.parallel_for(kShards, [&](size_t bucket) { decided[bucket] = leaves_of(claims, bucket); });
  claims.clear();
  for (const auto& bucket : decided)
    for (const Leave& leave : bucket) leaving[static_cast<size_t>(shard_of(leave.customer))].push_back(leave);
  out.leaving_.resize(kShards);
  out.arrivals_.resize(kShards);
  std::vector<std::vector<Arrival>> moved(kShards);
  executor.parallel_for(kShards, [&](size_t s) {
    std::unordered_map<int64_t, std::vector<const Leave*>> leavers;
    for (const Leave& leave : leaving[s]) leavers[leave.customer.value].push_back(&leave);
    if (leavers.empty()) return;
    each_keyed(lanes, static_cast<int>(s), [&](const PartLanes& part, const Lane& lane, const timeline::Run& run) {
      const timeline::Stream& stream = *lane.stream;
      stream.offsets().each(run.first, run.last, [&](uint32_t customer, uint32_t begin, uint32_t end) {
        auto found = leavers.find(part.part->customer(customer).value);
        if (found == leavers.end()) return;
        for (uint32_t row = begin; row < end; ++row) {
          uint64_t thing = thing_of(lane, row);
          for (const Leave* leave : found->second) {
            if (leave->thing != thing) continue;
            out.leaving_[s].push_back({&lane, row});
            moved[s].push_back({leave->owner, &lane, row, Time{stream.occurred_at()[row]}, Seq{stream.seq()[row]}});
          }
        }
      });
    });
    std::sort(out.leaving_[s].begin(), out.leaving_[s].end());
  });
  for (const auto& shard : moved)
    for (const Arrival& arrival : shard) out.arrivals_[static_cast<size_t>(shard_of(arrival.owner))].push_back(arrival);
  executor.parallel_for(kShards, [&](size_t s) {
    std::sort(out.arrivals_[s].begin(), out.arrivals_[s].end(), [](const Arrival& a, const Arrival& b) {
      return std::tie(a.owner, a.at, a.seq) < std::tie(b.owner, b.at, b.seq);
    });
  });
  out.is_empty_ = std::all_of(decided.begin(), decided.end(), [](const auto& bucket) { return bucket.empty(); });
  return out;
}

bool Joins::leaves(int shard, const Lane& lane, uint32_t row) const {
  const auto& rows = leaving_[static_cast<size_t>(shard)];
  return std::binary_search(rows.begin(), rows.end(), Row{&lane, row});
}

}  // namespace cairn::measures

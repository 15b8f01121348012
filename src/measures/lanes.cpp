#include "measures/lanes.h"

#include <algorithm>

#include "base/check.h"
#include "base/hash.h"
#include "events/kinds.h"

namespace cairn::measures {
namespace {

Result<void> touch(const Lane& lane, bool clocks_of_all) {
  if (!lane.plan->reads && !lane.plan->key && !clocks_of_all) return {};
  TRY(lane.stream->touch());
  if (lane.key) TRY(lane.key->touch());
  for (const timeline::Column* column : lane.columns.by_name)
    if (column) TRY(column->touch());
  return {};
}

Result<PartLanes> lanes_of(const timeline::Part& part, const std::vector<KindPlan>& plans, bool clocks_of_all) {
  PartLanes out{&part, {}};
  TRY(part.order().touch());
  for (timeline::KindIndex kind : part.order().kinds()) {
    Lane lane = lane_of(part, plans[kind]);
    TRY(touch(lane, clocks_of_all));
    out.by_code.push_back(lane);
  }
  return out;
}

}  // namespace

Lane lane_of(const timeline::Part& part, const KindPlan& plan) {
  Lane lane{&plan, part.stream(plan.kind), nullptr, {}};
  CHECK(lane.stream, "an order without its stream");
  for (size_t i = 0; i < kNames; ++i)
    if (plan.columns[i]) lane.columns.by_name[i] = lane.stream->column(*plan.columns[i]);
  if (plan.key) lane.key = lane.stream->column(*plan.key);
  return lane;
}

Event event_of(const Lane& lane, uint32_t row, Time at, bool is_whole) {
  Event e;
  e.occurred_at = e.known_at = at;
  e.kind = lane.plan->ref;
  if (lane.plan->reads || is_whole) {
    e.seq = Seq{lane.stream->seq()[row]};
    e.known_at = Time{lane.stream->known_at(row)};
  }
  if (!lane.plan->reads) return e;
  e.columns = &lane.columns;
  e.row = row;
  if (lane.plan->key) {
    e.source = static_cast<int32_t>(lane.stream->source()[row]);
    e.precedence = static_cast<int32_t>(lane.stream->precedence()[row]);
  }
  return e;
}

std::vector<KindPlan> plan_of(const timeline::Schema& schema) {
  std::vector<KindPlan> out;
  for (const timeline::KindSchema& kind : schema.kinds()) {
    KindPlan plan;
    plan.kind = static_cast<timeline::KindIndex>(out.size());
    plan.ref = kind_ref(kind.stream);
    plan.reads = reads_properties(plan.ref);
    if (plan.reads)
      for (Name name : json::enum_values<Name>())
        plan.columns[static_cast<size_t>(name)] = kind.find(column_name(name));
    const query::Kind* declared = events::declared_kinds().find_stream(kind.stream);
    if (declared && !declared->business_key.empty()) {
      CHECK(kind.is_told, "{}: its sources are not kept", kind.stream);
      plan.key = kind.find(declared->business_key);
      plan.entity = hash64(declared->entity);
    }
    out.push_back(plan);
  }
  return out;
}

Result<Lanes> Lanes::of(std::shared_ptr<const timeline::Version> version, bool clocks_of_all, Executor& executor) {
  Lanes out;
  out.plans_ = std::make_shared<const std::vector<KindPlan>>(plan_of(version->schema()));
  out.shards_.resize(kShards);
  std::vector<Result<void>> results(kShards);
  executor.parallel_for(kShards, [&](size_t s) {
    for (const auto& part : version->shard(static_cast<int>(s)).parts()) {
      auto lanes = lanes_of(*part, *out.plans_, clocks_of_all);
      if (!lanes) {
        results[s] = tl::unexpected(lanes.error());
        return;
      }
      out.shards_[s].push_back(std::move(*lanes));
    }
  });
  for (auto& result : results) TRY(std::move(result));
  out.version_ = std::move(version);
  return out;
}

const PartLanes& Lanes::of(int shard, const timeline::Part* part) const {
  const auto& parts = shards_[static_cast<size_t>(shard)];
  auto found = std::find_if(parts.begin(), parts.end(), [&](const PartLanes& lanes) { return lanes.part == part; });
  CHECK(found != parts.end(), "a part of another shard");
  return *found;
}

}  // namespace cairn::measures

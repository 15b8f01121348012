// The streams of a timeline's parts, resolved for measures once: names once a kind, columns once a part.
#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "base/executor.h"
#include "measures/properties.h"
#include "timeline/version.h"

namespace cairn::measures {

/// What measures want of a kind.
struct KindPlan {
  timeline::KindIndex kind = 0;
  KindRef ref = KindRef::other;
  bool reads = false;  ///< Properties, too.
  std::array<std::optional<timeline::ColumnIndex>, kNames> columns{};
  std::optional<timeline::ColumnIndex> key;  ///< The business key, for kinds that have one …
  uint64_t entity = 0;                       ///< … and a hash of what it is of.
};
std::vector<KindPlan> plan_of(const timeline::Schema& schema);

/// The rows of one kind in one part.
struct Lane {
  const KindPlan* plan = nullptr;
  const timeline::Stream* stream = nullptr;
  const timeline::Column* key = nullptr;  ///< Null when no row here has one.
  Columns columns;
};

/// REQUIRES a stream of that kind in the part. Nothing of it is touched.
Lane lane_of(const timeline::Part& part, const KindPlan& plan);

/// A row of a lane. `is_whole`: with clocks and seq also where the kind is no fact of its own.
Event event_of(const Lane& lane, uint32_t row, Time at, bool is_whole);

struct PartLanes {
  const timeline::Part* part = nullptr;
  std::vector<Lane> by_code;  ///< As Order::codes.
};

class Lanes {
 public:
  /// `clocks_of_all`: of kinds that are no facts, too. Reads what is of a snapshot against its checksums, all shards
  /// side by side. Error corrupt.
  static Result<Lanes> of(std::shared_ptr<const timeline::Version> version, bool clocks_of_all, Executor& executor);

  const timeline::Version& version() const { return *version_; }
  /// REQUIRES a part of that shard.
  const PartLanes& of(int shard, const timeline::Part* part) const;

 private:
  std::shared_ptr<const timeline::Version> version_;
  std::shared_ptr<const std::vector<KindPlan>> plans_;
  std::vector<std::vector<PartLanes>> shards_;
};

}  // namespace cairn::measures

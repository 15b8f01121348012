// Makes a timeline out of what is there: a snapshot, the log, or both.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "base/world.h"
#include "events/brand.h"
#include "history/merged.h"
#include "history/rows.h"
#include "history/snapshots.h"
#include "timeline/bulk.h"
#include "timeline/timeline.h"

namespace cairn::history {

/// Rows done, rows in all; false: stop.
using Progress = std::function<bool(uint64_t, uint64_t)>;

/// A timeline with what must be known to go on from it.
struct Built {
  std::shared_ptr<timeline::Timeline> timeline;
  timeline::Reading reading;
  Undone undone;              ///< What is not in it.
  Merged merged;              ///< Who is one person in it.
  Witness witness;            ///< The last row that was read.
  bool has_snapshot = false;  ///< One that is all of it.
  std::string finding;        ///< Why it is not the snapshot as it lay there; empty when it is.
};

class Builder {
 public:
  struct Parts {
    World& world;
    db::Store& store;
    events::Log& log;
    Snapshots& snapshots;
    size_t rows_a_piece;
  };
  /// Rows of which a sweep makes parts at once. They take some 200 bytes each until they are packed; a longer log is
  /// swept once for each range of shards.
  static constexpr uint64_t kRowsAtOnce = 40'000'000;

  explicit Builder(Parts parts) : parts_(parts), rows_(parts.log) {}
  /// The snapshot when it fits, as it stands (its tail is the follower's); else the log up to its end. `why` not empty:
  /// from the log alone, because of this. Error conflict when `progress` said no.
  Result<Built> build(const std::string& why, const Progress& progress);

 private:
  Result<void> use(Built& built, const std::shared_ptr<const timeline::Schema>& schema, const Progress& progress);
  Result<void> mend(Built& built, const timeline::Snapshot& snapshot, const Progress& progress);
  Result<void> sweep_all(Built& built, const std::shared_ptr<const timeline::Schema>& schema, const Progress& progress);
  struct Swept {
    std::shared_ptr<const timeline::Schema> schema;
    std::vector<std::shared_ptr<const timeline::Part>> parts;
    Seq last;
  };
  /// The rows of these shards, up to `last` at least; `done` counts the rows of earlier sweeps.
  Result<Swept> sweep(Built& built, std::shared_ptr<const timeline::Schema> schema, timeline::Bulk::Shards shards,
                      const Progress& progress);

  Parts parts_;
  Rows rows_;
  uint64_t done_ = 0, in_all_ = 0;
};

Result<timeline::Reading> read_reading(db::Store& store);
bool is_same(const timeline::Reading& a, const timeline::Reading& b);
timeline::Options timeline_options(const Merged& merged);

}  // namespace cairn::history

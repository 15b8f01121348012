// Many rows at once into finished parts: the first build from the log, and generators. Nothing is sorted before the
// end, so it takes a third of the time of Timeline::apply.
#pragma once
#include <array>
#include <memory>
#include <span>
#include <vector>

#include "base/executor.h"
#include "timeline/row.h"
#include "timeline/timeline.h"

namespace cairn::timeline {

class Batch;

/// A range of shards at a time: when a log does not fit into memory before it is packed, sweep it once for each range.
class Bulk {
 public:
  struct Shards {
    int first = 0;
    int end = kShards;
  };
  Bulk(std::shared_ptr<const Schema> schema, Options options, Shards shards);
  explicit Bulk(std::shared_ptr<const Schema> schema, Options options = {})
      : Bulk(std::move(schema), std::move(options), Shards()) {}
  ~Bulk();

  /// Rows in any order, each seq once; those of other shards are passed over. Shared out over the cores by shard.
  void add(std::span<const Row> rows, Executor& executor);
  /// The rows of one shard as they gather, for generators that have values and no JSON (batch.h). One thread a shard.
  Batch& batch(int shard);
  /// The schema with the kinds that turned up.
  std::shared_ptr<const Schema> schema() const;
  /// Packs shard after shard on all cores, giving back the rows of each. Empty afterwards.
  std::vector<std::shared_ptr<const Part>> finish(Executor& executor);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cairn::timeline

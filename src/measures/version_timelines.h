// Timelines as the program reads them: out of the columns of a version. No JSON is parsed, no name is compared for a
// row.
#pragma once
#include <memory>

#include "base/executor.h"
#include "db/store.h"
#include "measures/source.h"
#include "timeline/version.h"

namespace cairn::measures {

class VersionTimelines final : public Timelines {
 public:
  /// `set_apart`: how many rows of the log rules have set apart. They are in no stream (rows_set_apart below).
  VersionTimelines(std::shared_ptr<const timeline::Version> version, int64_t set_apart, Executor& executor)
      : version_(std::move(version)), set_apart_(set_apart), executor_(executor) {}
  /// Visits the shards side by side, on all cores. Errors: corrupt, of a snapshot's bytes.
  Result<void> each(Visitor& visitor) override;

 private:
  std::shared_ptr<const timeline::Version> version_;
  int64_t set_apart_;
  Executor& executor_;
};

/// Rows of the log up to `last` that rules set apart. Over an index of such rows alone, so that the others cost
/// nothing.
Result<int64_t> rows_set_apart(db::Store& store, Seq last);

}  // namespace cairn::measures

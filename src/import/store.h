// The table of runs.
#pragma once
#include <optional>
#include <vector>

#include "db/session.h"
#include "import/model.h"

namespace cairn::import {

struct Range {
  int64_t first = 0, last = 0;
};

Result<std::vector<Run>> read_runs(db::Session& session);
Result<std::optional<Run>> find_run(db::Session& session, RunId id);
/// The id of the run that was interrupted with this fingerprint, or of a new one. Error: conflict while one with this
/// fingerprint is half undone.
struct Begun {
  RunId id;
  bool continued = false;
};
Result<Begun> begin_run(db::Transaction& tx, const Run& run, Time now);
Result<void> end_run(db::Transaction& tx, RunId id, RunState state, const Counts& rows, int64_t events, Time now);
Result<void> set_state(db::Transaction& tx, RunId id, RunState state);
/// The rows of a run, in order.
Result<std::vector<Range>> ranges_of(db::Session& session, RunId id);

}  // namespace cairn::import

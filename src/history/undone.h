// Which rows of the log count no more because their import is undone.
#pragma once
#include <cstdint>
#include <set>
#include <vector>

#include "db/store.h"
#include "timeline/row.h"

namespace cairn::history {

/// Runs whose undo has begun at least. The store keeps them and their ranges for ever, and a run never comes back, so
/// that two such sets tell what was undone between two moments, also through a crash.
struct Undone {
  std::set<int64_t> runs;
  std::vector<timeline::SeqRange> ranges;  ///< Ascending, apart.

  static Result<Undone> read(db::Store& store);
  bool has(Seq seq) const;
};

/// What is undone by now and not in `runs`.
Result<std::vector<timeline::SeqRange>> undone_since(db::Store& store, const std::set<int64_t>& runs);

}  // namespace cairn::history

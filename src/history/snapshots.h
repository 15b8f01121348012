// The snapshot in its directory, with what says of which log it is.
//
// Beside the timeline's own files lies `origin`: for the snapshot that is there, and for the one that is being written,
// up to which row it goes, that row's hash, and which imports were undone by then. Invariants:
// 1. A snapshot whose seq is not in `origin` is of no use. So it is written before the snapshot, and emptied before a
//    snapshot is removed; a crash leaves one that is known or one that is not used.
// 2. What was undone since is told by the store's table of runs (undone.h): rows removed later never come back.
#pragma once
#include <set>
#include <string>
#include <vector>

#include "base/world.h"
#include "history/rows.h"
#include "timeline/snapshot.h"

namespace cairn::history {

/// Of which log a snapshot is.
struct Origin {
  Seq last;                  ///< Of the snapshot.
  Witness witness;           ///< The last row that was read.
  std::set<int64_t> undone;  ///< Runs that are not in it.
};

/// Threads: one at a time, but write().
class Snapshots {
 public:
  /// Without a directory there is none, and nothing is written.
  Snapshots(Files& files, std::string directory) : files_(files), directory_(std::move(directory)) {}

  struct Opened {
    timeline::Snapshot snapshot;
    Origin origin;
  };
  /// Errors: those of timeline::open_snapshot; corrupt or invalid when it is not known to be of this log.
  /// `undone`: the rows that count no more.
  Result<Opened> open(std::shared_ptr<const timeline::Schema> schema, events::Log& log,
                      const std::vector<timeline::SeqRange>& undone);
  /// Notes that a snapshot of this origin is going to be written. Then write(), any thread, then written().
  Result<void> announce(const Origin& origin);
  Result<void> write(const timeline::Version& version, Executor& executor) const;
  /// The announced one is there now. False: it was discarded meanwhile.
  bool written();
  /// The one that is there, or being written, is of no use from now on.
  Result<void> discard();

 private:
  Result<std::vector<Origin>> read_origins() const;
  Result<void> write_origins(const std::vector<Origin>& origins) const;
  std::string origin_path() const { return join_path(directory_, "origin"); }

  Files& files_;
  const std::string directory_;
  std::vector<Origin> present_;    ///< Of the snapshot that is there; empty when there is none.
  std::vector<Origin> announced_;  ///< Of the one that is being written.
};

}  // namespace cairn::history

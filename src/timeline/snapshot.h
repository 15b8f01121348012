// The timeline on disk, in the form in which it is used: docs/reference/snapshot-format.md. Mapped into memory, read
// where it lies, verified block by block when first touched.
//
// A snapshot holds what the log says up to a seq; the tail comes from the log. What is undone behind that seq's back is
// not in the tail: after Timeline::remove_rows or remove_customers discard it, and after opening it call rehome_all.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/executor.h"
#include "base/file.h"
#include "timeline/part_file.h"
#include "timeline/version.h"

namespace cairn::timeline {

struct Snapshot {
  /// With the kinds and columns that turned up undeclared.
  std::shared_ptr<const Schema> schema;
  /// One a shard that is whole; an empty shard has one, too.
  std::vector<std::shared_ptr<const Part>> parts;
  Seq last;
  /// Shards whose files are missing or damaged: build them from the log (bulk.h).
  std::vector<int> missing;
  /// A line for people for each of them: which file, what is wrong with it.
  std::vector<std::string> findings;
};

/// Writes all shards, each made into one part, beside the present snapshot, then puts it in its place: after a crash
/// the one or the other is whole. Reads the version; the timeline goes on meanwhile. One at a time.
Result<void> write_snapshot(Files& files, const std::string& directory, const Version& version, Executor& executor);

/// Maps what is there; reads the lists of blocks only. Errors: not_found; invalid when it is of another format,
/// catalogue, currency or zone; corrupt when the list of its files is damaged. All three mean: build anew, and say the
/// message.
Result<Snapshot> open_snapshot(Files& files, const std::string& directory, std::shared_ptr<const Schema> schema);

/// Removes it. Fine when there is none.
Result<void> discard_snapshot(Files& files, const std::string& directory);

}  // namespace cairn::timeline

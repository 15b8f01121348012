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
#include "timeline/version.h"

namespace cairn::timeline {

inline constexpr uint32_t kSnapshotVersion = 1;

struct Snapshot {
  /// With the kinds and columns that turned up undeclared.
  std::shared_ptr<const Schema> schema;
  /// One a shard that is whole; an empty shard has one, too.
  std::vector<std::shared_ptr<const Part>> parts;
  Seq last;
  /// Shards whose files are missing or damaged: build them from the log (bulk.h).
  std::vector<int> missing;
  /// A line for people each: which file, what is wrong with it, that it is built anew.
  std::vector<std::string> findings;
};

struct SnapshotOptions {
  /// False: damage is not looked for, only what is impossible is refused. For fuzzing.
  bool checksums = true;
};

/// Writes all shards, each made into one part, beside the present snapshot, then puts it in its place: after a crash
/// the one or the other is whole. Reads the version; the timeline goes on meanwhile.
Result<void> write_snapshot(Files& files, const std::string& directory, const Version& version, Executor& executor);

/// Maps what is there; reads the headers only. Errors: not_found; invalid when it is of another format, catalogue,
/// currency or zone; corrupt when the list of its files is damaged. All three mean: build anew, and say the message.
Result<Snapshot> open_snapshot(Files& files, const std::string& directory, std::shared_ptr<const Schema> schema,
                               SnapshotOptions options = {});

/// Reads everything: every checksum, every number against what it must be. A line each.
std::vector<std::string> verify_part(const Schema& schema, const Part& part);

/// Removes it. Fine when there is none.
Result<void> discard_snapshot(Files& files, const std::string& directory);

}  // namespace cairn::timeline

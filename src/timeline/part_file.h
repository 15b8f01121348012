// One part as the three files of a shard: docs/reference/snapshot-format.md.
#pragma once
#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "timeline/part.h"

namespace cairn::timeline {

inline constexpr uint32_t kSnapshotVersion = 1;

/// The column groups. `core`: customers, order, clocks, offsets; `columns`: properties; `derived`: entities,
/// attributes.
enum class Group : uint32_t { core, columns, derived };
inline constexpr std::array<std::string_view, 3> kGroupNames = {"core", "columns", "derived"};

/// Takes the bytes of a file, one piece after another.
using Sink = std::function<Result<void>(std::string_view)>;

/// Writes one of a part's files. Touches what it writes: error corrupt, or the sink's.
Result<void> save(const Schema& schema, const Part& part, Group group, const Sink& sink);

/// A file's bytes, valid as long as `owner` lives.
struct FileBytes {
  std::shared_ptr<const void> owner;
  std::string_view bytes;
  std::string name;  ///< For people.
};

struct LoadOptions {
  /// False: damage is not looked for, only what cannot be is refused. For fuzzing.
  bool checksums = true;
};

/// The part, used where it lies. Reads the lists of blocks only; blocks are verified when they are touched. Error
/// corrupt or invalid (another version, schema or shard), naming the file.
Result<std::shared_ptr<const Part>> load(const Schema& schema, int shard, const std::array<FileBytes, 3>& files,
                                         LoadOptions options = {});

/// Reads everything: every checksum, every number against what it must be. A line for people each; none: it is right.
std::vector<std::string> verify(const Schema& schema, const Part& part);

}  // namespace cairn::timeline

// The peer of whatever appends to the log on SQLite: the same rows, the same commits, the same durability, and nothing
// else.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

namespace cairn::bench {

struct BareSqlite {
  double seconds = 0;  ///< Of inserting and committing alone; the rows stand ready in memory.
  int64_t rows = 0;
  bool equal = false;  ///< Both tables have the same rows, by their count and sums.
};

/// Copies the table `events` of the database at `from_path` into a new one at `to_path` through one prepared INSERT, in
/// commits of `commit_rows` with synchronous=FULL.
BareSqlite bare_sqlite(const std::string& from_path, const std::string& to_path, size_t commit_rows);

}  // namespace cairn::bench

// Where bytes are that should be nowhere: every file of a directory, every column of every table.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "db/store.h"

namespace cairn::test {

/// The files below a directory that hold these bytes, by path. Locks, sockets and directories are passed over.
inline std::vector<std::string> files_with(const std::string& directory, std::string_view needle) {
  std::vector<std::string> out;
  Files& files = system_files();
  auto names = files.list(directory);
  for (const std::string& name : names ? *names : std::vector<std::string>()) {
    std::string path = join_path(directory, name);
    if (files.is_directory(path)) {
      auto below = files_with(path, needle);
      out.insert(out.end(), below.begin(), below.end());
      continue;
    }
    // The store's own log file counts; the index of it (-shm) holds page numbers alone.
    if (name == "lock" || name == "socket" || name.ends_with("-shm")) continue;
    auto mapped = files.map(path);
    if (mapped && (*mapped)->bytes().find(needle) != std::string_view::npos) out.push_back(path);
  }
  return out;
}

/// For StoreOptions::extra_queries.
inline constexpr const char* kTablesWith = R"(
-- name: tables_with
SELECT name FROM sqlite_schema WHERE name = :needle

-- name: tables_with [postgres]
SELECT t.table_name FROM information_schema.tables t
WHERE t.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
  AND CAST(query_to_xml(format('SELECT 1 FROM %I x WHERE position(%L in CAST(x AS TEXT)) > 0 LIMIT 1', t.table_name,
                               CAST(:needle AS TEXT)), true, false, '') AS TEXT) LIKE '%<row%'
)";

/// Tables of a PostgreSQL store with these bytes in any column. REQUIRES kTablesWith.
inline std::vector<std::string> tables_with(db::Store& store, std::string_view needle) {
  std::vector<std::string> out;
  auto read = store.read([&](db::Session& session) -> Result<void> {
    out = TRY(
        session.all("tables_with", {{"needle", needle}}, [](const db::Row& row) { return std::string(row.text(0)); }));
    return {};
  });
  if (!read) out.push_back("the search failed: " + read.error().message + " " + read.error().detail);
  return out;
}

}  // namespace cairn::test

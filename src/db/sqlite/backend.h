// SQLite in one directory: DIR/cairn.db with its -wal and -shm.
#pragma once
#include <memory>
#include <string>

#include "db/backend.h"

namespace cairn::db {

std::string sqlite_path(const std::string& directory);

/// REQUIRES: the directory exists and this process owns it. Errors: corrupt when the file is no database of ours,
/// forbidden without permission, unavailable for a full disk.
Result<std::unique_ptr<Backend>> make_sqlite(World& world, const StoreOptions& options);

}  // namespace cairn::db

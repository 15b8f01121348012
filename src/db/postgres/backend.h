// PostgreSQL by its URL.
#pragma once
#include <memory>

#include "db/backend.h"

namespace cairn::db {

/// Error (invalid): a URL that cannot be read. Connecting fails with unavailable when the server cannot be reached;
/// each names host and port, never the password.
Result<std::unique_ptr<Backend>> make_postgres(World& world, const StoreOptions& options);

}  // namespace cairn::db

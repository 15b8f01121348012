// PostgreSQL by its URL.
#pragma once
#include <memory>

#include "db/backend.h"

namespace cairn::db {

/// Connects once, to see that it can. Errors: invalid for a URL that cannot be read, unavailable for a server that
/// cannot be reached; each names host and port, never the password.
Result<std::unique_ptr<Backend>> make_postgres(World& world, const StoreOptions& options);

}  // namespace cairn::db

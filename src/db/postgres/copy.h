// Rows in bulk by binary COPY.
#pragma once
#include <memory>

#include "db/postgres/connection.h"

namespace cairn::db {

/// The columns' types must be those of the table: a BIGINT column takes int64 and nothing shorter.
Result<std::unique_ptr<BulkWriter>> open_copy(PgConnection& connection, const BulkTable& table);

}  // namespace cairn::db

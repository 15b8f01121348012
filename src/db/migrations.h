// Migrations: src/db/migrations/NNNN_topic.sql, run once each in their order, forward only, each in a transaction of
// its own with its row in schema_migrations. What has run may not change: its checksum is kept.
//
// A part between `-- [sqlite]` or `-- [postgres]` and the next such line, or `-- [end]`, is for that driver alone.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/resource.h"
#include "base/result.h"
#include "db/connection.h"

namespace cairn::db {

struct Migration {
  int64_t number = 0;
  std::string name;      ///< `0001_log`
  std::string checksum;  ///< Of the whole file, every dialect.
  std::string script;    ///< Of one driver.
};

/// The part of a file that `driver` runs. Error (invalid): a part that is never ended.
Result<std::string> select_dialect(std::string_view text, Driver driver);

/// In order. `extra_schema`, when not empty, becomes the last one. Errors (internal) name the file.
Result<std::vector<Migration>> load_migrations(const Resources& resources, Driver driver,
                                               std::string_view extra_schema);

/// The queries that migrate() itself uses, for the QuerySet of the connection that it is given.
extern const char* const kMigrationQueries;

/// Runs what is missing. Errors: conflict when the store was made by a newer version or a migration has changed since
/// it ran, each with what to do; internal when one fails, by its name.
Result<void> migrate(Connection& connection, Clock& clock, const std::vector<Migration>& migrations);

}  // namespace cairn::db

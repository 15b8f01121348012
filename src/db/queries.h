// Named queries: every src/*/queries.sql is embedded in the binary and read at start.
//
//   -- name: find_customer
//   -- Why it is shaped so.
//   SELECT id FROM customers WHERE shard = :shard AND id = :id;
//
//   -- name: find_customer [postgres]     a whole other text where the dialects must differ
//
// PostgreSQL infers a parameter's type from its use; where it cannot (`:name IS NULL`), write CAST(:name AS TEXT).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/resource.h"
#include "base/result.h"
#include "db/store.h"

namespace cairn::db {

struct Query {
  std::string name;  ///< `module.query`
  std::string file;
  std::string sql;  ///< With this driver's placeholders.
  std::vector<std::string> parameters;
  size_t index = 0;  ///< Place among all queries, for a connection's table of prepared statements.
};

struct QueryBlock {
  std::string name;
  std::optional<Driver> only;
  std::string sql;
};
/// The blocks of one file. Errors (invalid): a name line that is not understood, SQL before the first name.
Result<std::vector<QueryBlock>> split_queries(std::string_view text);

/// All queries for one driver. Not changed after loading, so safe from any thread.
class QuerySet {
 public:
  explicit QuerySet(Driver driver) : driver_(driver) {}

  /// Adds a file's queries, each named `prefix` + its name. Errors (internal) name the file and the query.
  Result<void> add(std::string_view prefix, const std::string& file, std::string_view text);
  /// Every `folder/queries.sql` among the resources, as `folder.name`.
  Result<void> add_all(const Resources& resources);

  const std::vector<Query>& all() const { return queries_; }
  /// REQUIRES: it exists (a query's name is a part of the program).
  const Query& get(std::string_view name) const;

 private:
  Driver driver_;
  std::vector<Query> queries_;
  std::unordered_map<std::string, size_t> by_name_;
};

/// src/*/queries.sql and src/db/migrations/*.sql, named by their path below src/.
Resources sql_resources();

}  // namespace cairn::db

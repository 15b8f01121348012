// One SQLite connection, its prepared statements and what its errors mean.
#pragma once
#include <sqlite3.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "db/connection.h"

namespace cairn::db {

struct CloseStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, CloseStatement>;
struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

/// The error that the handle has just met, as ours: it names the file and says what to do where that is known.
Error sqlite_error(sqlite3* database, const std::string& path);
/// Opens a file; `flags` and `layer` (null: the file system's own) of sqlite3_open_v2.
Result<Database> open_database(const std::string& path, int flags, const char* layer = nullptr);
Result<void> run_script(sqlite3* database, const std::string& path, const std::string& script);

class SqliteConnection final : public Connection {
 public:
  SqliteConnection(const QuerySet& queries, Database database, std::string path);

  Result<void> execute(const std::string& script) override { return run_script(handle(), path_, script); }
  bool in_transaction() const override { return sqlite3_get_autocommit(handle()) == 0; }
  sqlite3* handle() const { return database_.get(); }
  Error last_error() const { return sqlite_error(handle(), path_); }
  Result<Statement> compile(const std::string& sql);

 protected:
  Result<void> begin(bool for_writing) override { return execute(for_writing ? "BEGIN IMMEDIATE" : "BEGIN"); }
  Result<void> prepare(const Query& query) override;
  Result<int64_t> run_query(const Query& query, std::span<const Value> values) override;
  Result<void> visit_query(const Query& query, std::span<const Value> values, const Visit& visit) override;
  Result<std::unique_ptr<BulkWriter>> open_pour(const BulkTable& table) override;

 private:
  Result<sqlite3_stmt*> ready(const Query& query, std::span<const Value> values);

  Database database_;
  const std::string path_;
  std::vector<Statement> statements_;                    ///< By the query's index; empty until it is first used.
  std::map<std::string, Statement, std::less<>> pours_;  ///< By table.
};

}  // namespace cairn::db

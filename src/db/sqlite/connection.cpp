#include "db/sqlite/connection.h"

#include "base/check.h"
#include "db/bulk.h"

namespace cairn::db {
namespace {

std::string_view to_view(const void* data, int size) {
  return data ? std::string_view(static_cast<const char*>(data), static_cast<size_t>(size)) : std::string_view();
}

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
  int columns() const override { return sqlite3_column_count(statement_); }
  std::string_view name(int column) const override { return sqlite3_column_name(statement_, column); }
  bool is_null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
  double real(int column) const override { return sqlite3_column_double(statement_, column); }
  std::string_view text(int column) const override {
    const void* data = sqlite3_column_text(statement_, column);
    return to_view(data, sqlite3_column_bytes(statement_, column));
  }
  std::string_view bytes(int column) const override {
    const void* data = sqlite3_column_blob(statement_, column);
    return to_view(data, sqlite3_column_bytes(statement_, column));
  }

 private:
  sqlite3_stmt* statement_;
};

/// Ends the statement's step, so that it holds no lock and its cached copy can run again.
class ResetAtEnd {
 public:
  explicit ResetAtEnd(sqlite3_stmt* statement) : statement_(statement) {}
  ~ResetAtEnd() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  ResetAtEnd(const ResetAtEnd&) = delete;
  ResetAtEnd& operator=(const ResetAtEnd&) = delete;

 private:
  sqlite3_stmt* statement_;
};

struct BindTo {
  sqlite3_stmt* statement;
  int number;
  int operator()(std::monostate) const { return sqlite3_bind_null(statement, number); }
  int operator()(int64_t v) const { return sqlite3_bind_int64(statement, number, v); }
  int operator()(double v) const { return sqlite3_bind_double(statement, number, v); }
  // An empty view may have no data, which SQLite would take for null.
  int operator()(std::string_view v) const {
    return sqlite3_bind_text64(statement, number, v.data() ? v.data() : "", v.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  int operator()(Bytes v) const {
    return sqlite3_bind_blob64(statement, number, v.data.data() ? v.data.data() : "", v.data.size(), SQLITE_STATIC);
  }
};

/// One prepared INSERT, stepped once a row.
class SqlitePour final : public BulkRows {
 public:
  SqlitePour(SqliteConnection& connection, const BulkTable& table, sqlite3_stmt* statement)
      : BulkRows(connection, table), sqlite_(connection), statement_(statement) {}
  ~SqlitePour() override {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
    if (!finished_ && !error_)
      error_ = Error{Code::internal, fmt::format("rows poured into {} were given up", table().name)};
    if (!finished_) connection().end_pour(error_);
  }
  Result<void> end_row() override {
    check_row_end();
    if (error_) return tl::unexpected(*error_);
    bool stepped = bind_code_ == SQLITE_OK && sqlite3_step(statement_) == SQLITE_DONE;
    if (!stepped) error_ = sqlite_.last_error();
    sqlite3_reset(statement_);
    if (error_) return tl::unexpected(*error_);
    return {};
  }
  Result<void> finish() override {
    CHECK(!finished_, "{}: finished twice", table().name);
    CHECK(column() == 0, "{}: finished in the middle of a row", table().name);
    finished_ = true;
    connection().end_pour(error_);
    if (error_) return tl::unexpected(*error_);
    return {};
  }

 protected:
  void put_null() override { keep(sqlite3_bind_null(statement_, number())); }
  void put_integer(int64_t value, ColumnType) override { keep(sqlite3_bind_int64(statement_, number(), value)); }
  void put_real(double value) override { keep(sqlite3_bind_double(statement_, number(), value)); }
  void put_text(std::string_view value) override {
    keep(sqlite3_bind_text64(statement_, number(), value.data() ? value.data() : "", value.size(), SQLITE_TRANSIENT,
                             SQLITE_UTF8));
  }
  void put_bytes(std::string_view value) override {
    keep(sqlite3_bind_blob64(statement_, number(), value.data() ? value.data() : "", value.size(), SQLITE_TRANSIENT));
  }

 private:
  int number() const { return static_cast<int>(column()); }
  void keep(int code) {
    if (code != SQLITE_OK) bind_code_ = code;
  }

  SqliteConnection& sqlite_;
  sqlite3_stmt* statement_;
  int bind_code_ = SQLITE_OK;
  std::optional<Error> error_;
  bool finished_ = false;
};

}  // namespace

Error sqlite_error(sqlite3* database, const std::string& path) {
  int code = sqlite3_extended_errcode(database);
  std::string detail = fmt::format("{} ({})", sqlite3_errmsg(database), code);
  if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_ROWID)
    return {Code::conflict, "this exists already", {}, detail};
  switch (code & 0xff) {
    case SQLITE_FULL:
      return {Code::unavailable, path + ": the disk is full; free some space and try again", {}, detail};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Code::unavailable, path + " is locked by another program; close it and try again", {}, detail};
    case SQLITE_IOERR:
      return {Code::unavailable,
              path + ": the disk does not read or write; check that it is there, and not full",
              {},
              detail};
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      return {Code::forbidden,
              path + ": no permission to open or write this file; check its owner and its directory",
              {},
              detail};
    case SQLITE_NOTADB:
      return {
          Code::corrupt, path + " is not a database; check the path, or restore the file from a backup", {}, detail};
    case SQLITE_CORRUPT: return {Code::corrupt, path + " is damaged; restore it from a backup", {}, detail};
    case SQLITE_NOMEM: return {Code::unavailable, "there is not enough memory", {}, detail};
    default: return {Code::internal, "the store refused a statement; the log has more", {}, detail};
  }
}

Result<Database> open_database(const std::string& path, int flags, const char* layer) {
  sqlite3* raw = nullptr;
  int code = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, layer);
  Database database(raw);
  if (!database) return fail(Code::unavailable, "there is not enough memory");
  if (code != SQLITE_OK) return tl::unexpected(sqlite_error(raw, path));
  sqlite3_busy_timeout(raw, 5000);
  return database;
}

Result<void> run_script(sqlite3* database, const std::string& path, const std::string& script) {
  if (sqlite3_exec(database, script.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    return tl::unexpected(sqlite_error(database, path));
  return {};
}

SqliteConnection::SqliteConnection(const QuerySet& queries, Database database, std::string path)
    : Connection(queries), database_(std::move(database)), path_(std::move(path)), statements_(queries.all().size()) {}

Result<Statement> SqliteConnection::compile(const std::string& sql) {
  sqlite3_stmt* raw = nullptr;
  int code = sqlite3_prepare_v3(handle(), sql.c_str(), static_cast<int>(sql.size()) + 1, SQLITE_PREPARE_PERSISTENT,
                                &raw, nullptr);
  if (code != SQLITE_OK) return tl::unexpected(last_error());
  return Statement(raw);
}

Result<void> SqliteConnection::prepare(const Query& query) {
  Statement& place = statements_[query.index];
  if (place) return {};
  Statement statement = TRY(compile(query.sql));
  if (static_cast<size_t>(sqlite3_bind_parameter_count(statement.get())) != query.parameters.size())
    return fail(Code::internal, "parameters are written ':name', and in no other way");
  place = std::move(statement);
  return {};
}

Result<sqlite3_stmt*> SqliteConnection::ready(const Query& query, std::span<const Value> values) {
  TRY(prepare(query));
  sqlite3_stmt* statement = statements_[query.index].get();
  for (size_t i = 0; i < values.size(); ++i)
    if (std::visit(BindTo{statement, static_cast<int>(i) + 1}, values[i]) != SQLITE_OK)
      return tl::unexpected(last_error());
  return statement;
}

Result<int64_t> SqliteConnection::run_query(const Query& query, std::span<const Value> values) {
  sqlite3_stmt* statement = TRY(ready(query, values));
  ResetAtEnd reset(statement);
  int64_t before = sqlite3_total_changes64(handle());
  int code;
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) {}
  if (code != SQLITE_DONE) return tl::unexpected(last_error());
  // A statement that changes nothing (a CREATE, a SELECT) leaves the count of the one before it.
  return sqlite3_total_changes64(handle()) == before ? 0 : sqlite3_changes64(handle());
}

Result<void> SqliteConnection::visit_query(const Query& query, std::span<const Value> values, const Visit& visit) {
  sqlite3_stmt* statement = TRY(ready(query, values));
  ResetAtEnd reset(statement);
  SqliteRow row(statement);
  for (;;) {
    int code = sqlite3_step(statement);
    if (code == SQLITE_DONE) return {};
    if (code != SQLITE_ROW) return tl::unexpected(last_error());
    if (!visit(row)) return {};
  }
}

Result<std::unique_ptr<BulkWriter>> SqliteConnection::open_pour(const BulkTable& table) {
  auto found = pours_.find(table.name);
  if (found == pours_.end()) {
    std::string names, places;
    for (const BulkColumn& column : table.columns) {
      names.append(names.empty() ? "" : ", ").append(column.name);
      places += places.empty() ? "?" : ", ?";
    }
    auto statement = TRY(compile(fmt::format("INSERT INTO {} ({}) VALUES ({})", table.name, names, places)));
    found = pours_.emplace(table.name, std::move(statement)).first;
  }
  return std::make_unique<SqlitePour>(*this, table, found->second.get());
}

}  // namespace cairn::db

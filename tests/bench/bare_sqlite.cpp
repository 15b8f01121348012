#include "bench/bare_sqlite.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <vector>

#include "base/check.h"
#include "bench/bench.h"

namespace cairn::bench {
namespace {

constexpr int kColumns = 13;
/// Read ahead at a time: whole commits, and little enough to stay in memory.
constexpr size_t kReadRows = 4000;

class Sqlite {
 public:
  explicit Sqlite(const std::string& path) { CHECK(sqlite3_open(path.c_str(), &db_) == SQLITE_OK); }
  ~Sqlite() { sqlite3_close(db_); }
  Sqlite(const Sqlite&) = delete;
  Sqlite& operator=(const Sqlite&) = delete;
  void run(const char* sql) {
    CHECK(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) == SQLITE_OK, "{}: {}", sql, sqlite3_errmsg(db_));
  }
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    CHECK(sqlite3_prepare_v2(db_, sql, -1, &statement, nullptr) == SQLITE_OK, "{}", sqlite3_errmsg(db_));
    return statement;
  }
  std::string first_row(const char* sql) {
    sqlite3_stmt* statement = prepare(sql);
    CHECK(sqlite3_step(statement) == SQLITE_ROW);
    std::string out;
    for (int i = 0; i < sqlite3_column_count(statement); ++i)
      out += fmt::format("{} ", reinterpret_cast<const char*>(sqlite3_column_text(statement, i)));
    sqlite3_finalize(statement);
    return out;
  }

 private:
  sqlite3* db_ = nullptr;
};

constexpr const char* kSums =
    "SELECT count(*), sum(seq), sum(occurred_at % 1000003), sum(length(properties)), sum(length(source_key)) FROM "
    "events";

/// One commit: the rows from `begin` to `end` of `values`.
void commit(Sqlite& to, sqlite3_stmt* insert, const std::vector<sqlite3_value*>& values, size_t begin, size_t end) {
  to.run("BEGIN");
  for (size_t at = begin; at < end; at += kColumns) {
    for (int i = 0; i < kColumns; ++i) sqlite3_bind_value(insert, i + 1, values[at + static_cast<size_t>(i)]);
    CHECK(sqlite3_step(insert) == SQLITE_DONE);
    sqlite3_reset(insert);
  }
  to.run("COMMIT");
}

}  // namespace

BareSqlite bare_sqlite(const std::string& from_path, const std::string& to_path, size_t commit_rows) {
  Sqlite from(from_path), to(to_path);
  to.run(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=10000;"
      "CREATE TABLE events (seq INTEGER PRIMARY KEY, shard BIGINT NOT NULL, customer BIGINT NOT NULL, kind BIGINT NOT "
      "NULL,"
      "occurred_at BIGINT NOT NULL, known_at BIGINT NOT NULL, source BIGINT NOT NULL, source_key TEXT, identifiers "
      "TEXT,"
      "cause_seq BIGINT, depth BIGINT NOT NULL, flags BIGINT NOT NULL, properties TEXT NOT NULL)");
  sqlite3_stmt* read = from.prepare("SELECT * FROM events ORDER BY seq");
  sqlite3_stmt* insert = to.prepare("INSERT INTO events VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)");
  size_t read_values = std::max<size_t>(1, kReadRows / commit_rows) * commit_rows * kColumns;
  BareSqlite out;
  std::vector<sqlite3_value*> values;
  for (bool more = true; more;) {
    values.clear();
    while (values.size() < read_values && (more = sqlite3_step(read) == SQLITE_ROW))
      for (int i = 0; i < kColumns; ++i) values.push_back(sqlite3_value_dup(sqlite3_column_value(read, i)));
    out.rows += static_cast<int64_t>(values.size() / kColumns);
    out.seconds += seconds_of([&] {
      for (size_t at = 0; at < values.size(); at += commit_rows * kColumns)
        commit(to, insert, values, at, std::min(values.size(), at + commit_rows * kColumns));
    });
    for (sqlite3_value* value : values) sqlite3_value_free(value);
  }
  sqlite3_finalize(read);
  sqlite3_finalize(insert);
  out.equal = from.first_row(kSums) == to.first_row(kSums);
  return out;
}

}  // namespace cairn::bench

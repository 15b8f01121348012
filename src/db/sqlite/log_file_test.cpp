#include "db/sqlite/log_file.h"

#include <gtest/gtest.h>

#include "db/sqlite/connection.h"
#include "support/temp_dir.h"

namespace cairn::db {
namespace {

class LogFileTest : public testing::Test {
 protected:
  Database open(const char* layer) {
    auto opened = open_database(path_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, layer);
    EXPECT_TRUE(opened);
    run(opened->get(), "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0");
    return std::move(*opened);
  }
  static int try_run(sqlite3* database, const std::string& sql) {
    return sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr);
  }
  static void run(sqlite3* database, const std::string& sql) {
    ASSERT_EQ(try_run(database, sql), SQLITE_OK) << sql << ": " << sqlite3_errmsg(database);
  }
  /// The first column of the first row.
  static std::string ask(sqlite3* database, const std::string& sql) {
    sqlite3_stmt* raw = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(database, sql.c_str(), -1, &raw, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    Statement statement(raw);
    if (sqlite3_step(raw) != SQLITE_ROW) return "";
    return reinterpret_cast<const char*>(sqlite3_column_text(raw, 0));
  }
  /// Rows `first` to `first + count - 1`, each of some 600 bytes.
  static void add(sqlite3* database, int first, int count) { run(database, add_sql(first, count)); }
  static std::string add_sql(int first, int count) {
    return fmt::format(
        "WITH RECURSIVE n(i) AS (SELECT {0} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {0} + {1}) "
        "INSERT INTO t SELECT i, hex(randomblob(300)) FROM n",
        first, count);
  }

  test::TempDir dir_;
  std::string path_ = dir_ / "a.db";
};

TEST_F(LogFileTest, readers_see_each_commit) {
  Database writer = open(log_file_layer()), reader = open(nullptr);
  run(writer.get(), "CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)");
  for (int i = 0; i < 50; ++i) {
    add(writer.get(), i * 40, 40);
    ASSERT_EQ(ask(reader.get(), "SELECT count(*) FROM t"), std::to_string((i + 1) * 40));
    if (i % 10 == 5) {
      ASSERT_EQ(sqlite3_wal_checkpoint_v2(reader.get(), nullptr, 0, nullptr, nullptr), SQLITE_OK);
    }
  }
  EXPECT_EQ(ask(reader.get(), "PRAGMA integrity_check"), "ok");
}

/// More than the cache holds goes to the log before the commit, is read from there, and may be given up.
TEST_F(LogFileTest, large_transactions_are_read_back_and_rolled_back) {
  Database writer = open(log_file_layer()), reader = open(nullptr);
  run(writer.get(), "PRAGMA cache_size=20; CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)");
  add(writer.get(), 0, 100);
  std::string before = ask(writer.get(), "SELECT group_concat(text) FROM t");
  run(writer.get(), "BEGIN; UPDATE t SET text = hex(randomblob(300))");
  add(writer.get(), 100, 3000);
  EXPECT_EQ(ask(writer.get(), "SELECT count(*) FROM t"), "3100");
  // The latest first: what left the cache last may still wait to be written.
  add(writer.get(), 3100, 300);
  EXPECT_EQ(ask(writer.get(), "SELECT sum(length(text)) FROM (SELECT text FROM t ORDER BY id DESC LIMIT 1000)"),
            "600000");
  run(writer.get(), "SAVEPOINT s");
  add(writer.get(), 5000, 2000);
  run(writer.get(), "UPDATE t SET text = text || 'x'");
  run(writer.get(), "ROLLBACK TO s");
  EXPECT_EQ(ask(writer.get(), "SELECT count(*) FROM t WHERE text LIKE '%x'"), "0");
  EXPECT_EQ(ask(reader.get(), "SELECT group_concat(text) FROM t"), before);
  run(writer.get(), "ROLLBACK");
  EXPECT_EQ(ask(writer.get(), "SELECT group_concat(text) FROM t"), before);
  run(writer.get(), "BEGIN");
  add(writer.get(), 100, 3000);
  run(writer.get(), "COMMIT");
  EXPECT_EQ(ask(reader.get(), "SELECT count(*) FROM t"), "3100");
  EXPECT_EQ(ask(reader.get(), "PRAGMA integrity_check"), "ok");
}

TEST_F(LogFileTest, what_is_committed_is_there_for_who_opens_next) {
  for (int round = 0; round < 3; ++round) {
    Database writer = open(log_file_layer());
    run(writer.get(), "CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, text TEXT)");
    add(writer.get(), round * 1000, 1000);
  }
  EXPECT_EQ(ask(open(nullptr).get(), "SELECT count(*) FROM t"), "3000");
}

}  // namespace
}  // namespace cairn::db

// What a disk that fails a sync does to SQLite's database file, and what run_checkpoint does about it.
#include "db/sqlite/checkpoint.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "db/sqlite/wipe.h"
#include "sim/disk_suite.h"
#include "sim/sqlite_vfs.h"

namespace cairn::sim {
namespace {

using Checkpoint = std::function<int(sqlite3*)>;

class CheckpointTest : public DiskSuite {
 protected:
  static sqlite3* open() {
    sqlite3* database = nullptr;
    EXPECT_EQ(sqlite3_open("/d/db", &database), SQLITE_OK);
    EXPECT_EQ(run(database, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0"),
              SQLITE_OK);
    return database;
  }
  static void add(sqlite3* database, int from, int rows) {
    ASSERT_EQ(run(database, "WITH RECURSIVE c(n) AS (SELECT " + std::to_string(from) +
                                " UNION ALL SELECT n + 1 FROM c LIMIT " + std::to_string(rows) +
                                ") INSERT INTO t SELECT n, hex(zeroblob(300)) FROM c"),
              SQLITE_OK);
  }

  /// A checkpoint that a reader keeps from the log's end, one that the disk may fail, one that is well, the log begun
  /// anew, and the power gone. True when the database is whole afterwards.
  bool is_whole_after(const Checkpoint& checkpoint, uint64_t round) {
    SqliteVfs vfs(disk_, clock_, executor_, Random(round));
    sqlite3 *writer = open(), *reader = open();
    EXPECT_EQ(run(writer, "DROP TABLE IF EXISTS t; CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT)"), SQLITE_OK);
    add(writer, 0, 100);
    EXPECT_EQ(run(reader, "BEGIN; SELECT count(*) FROM t"), SQLITE_OK);
    add(writer, 100, 10);
    EXPECT_EQ(checkpoint(writer), SQLITE_OK);
    EXPECT_EQ(run(reader, "COMMIT"), SQLITE_OK);
    disk_.set_trouble({.sync = 0.5});  // it syncs the log, then the database
    (void)checkpoint(writer);
    disk_.set_trouble({});
    EXPECT_EQ(checkpoint(writer), SQLITE_OK);
    EXPECT_EQ(ask(reader, "SELECT count(*) FROM t"), "110") << "read while it goes on";
    add(writer, 110, 1);
    disk_.cut_power();
    sqlite3_close(writer);
    sqlite3_close(reader);
    disk_.restart(Disk::Loss::unsynced);
    sqlite3* after = open();
    bool is_whole = ask(after, "PRAGMA integrity_check") == "ok" && ask(after, "SELECT count(*) FROM t") == "111";
    sqlite3_close(after);
    make_empty();
    return is_whole;
  }

  /// Bytes of deleted rows that are on the disk after a wipe that it failed, one that is well, and a power cut.
  uint64_t left_after_wipe(bool also_zeros, uint64_t round) {
    SqliteVfs vfs(disk_, clock_, executor_, Random(round));
    sqlite3* database = open();
    Random random(round);
    std::vector<std::string> names;
    for (int i = 0; i < 4000; ++i) names.push_back(fmt::format("name-{:016x}", random.next()));
    std::string puts = "BEGIN;", drops = "BEGIN;";
    for (const std::string& name : names) puts += "INSERT INTO t VALUES ('" + name + "', 'x');";
    names.resize(200);
    for (const std::string& name : names) drops += "DELETE FROM t WHERE name = '" + name + "';";
    EXPECT_EQ(run(database, "PRAGMA secure_delete=ON; CREATE TABLE t (name TEXT PRIMARY KEY, place TEXT)"), SQLITE_OK);
    EXPECT_EQ(run(database, puts + "COMMIT"), SQLITE_OK);
    EXPECT_EQ(run(database, drops + "COMMIT"), SQLITE_OK);
    EXPECT_EQ(db::run_checkpoint(database, SQLITE_CHECKPOINT_TRUNCATE), SQLITE_OK);
    db::Wipe failing, wipe;
    disk_.set_trouble({.sync = 1});
    EXPECT_FALSE(db::wipe_pages(database, "/d/db", failing));
    EXPECT_GT(failing.next_page, 1u) << "it failed at the end";
    disk_.set_trouble({});
    wipe.also_zeros = also_zeros;
    EXPECT_TRUE(db::wipe_pages(database, "/d/db", wipe));
    EXPECT_EQ(wipe.next_page, 0u);
    EXPECT_EQ(run(database, "INSERT INTO t VALUES ('that it is done', 'x')"), SQLITE_OK) << "the log's end is synced";
    disk_.cut_power();
    sqlite3_close(database);
    disk_.restart(Disk::Loss::unsynced);
    database = open();
    db::Wipe again;
    EXPECT_TRUE(db::wipe_pages(database, "/d/db", again));
    sqlite3_close(database);
    make_empty();
    return again.bytes;
  }
};

TEST_F(CheckpointTest, a_disk_that_fails_a_sync_damages_nothing) {
  for (uint64_t round = 0; round < 100; ++round)
    ASSERT_TRUE(is_whole_after([](sqlite3* db) { return db::run_checkpoint(db, SQLITE_CHECKPOINT_PASSIVE); }, round))
        << round;
}

TEST_F(CheckpointTest, the_one_of_sqlite_alone_would) {
  int damaged = 0;
  auto bare = [](sqlite3* db) {
    return sqlite3_wal_checkpoint_v2(db, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  };
  for (uint64_t round = 0; round < 100; ++round) damaged += !is_whole_after(bare, round);
  EXPECT_GT(damaged, 0) << "if SQLite has learned this, run_checkpoint is no longer needed";
}

TEST_F(CheckpointTest, a_wipe_behind_one_that_failed_writes_over_what_it_reads_as_zeros) {
  uint64_t left_otherwise = 0;
  for (uint64_t round = 0; round < 20; ++round) {
    EXPECT_EQ(left_after_wipe(true, round), 0u) << round;
    left_otherwise += left_after_wipe(false, round);
  }
  EXPECT_GT(left_otherwise, 0u);
}

}  // namespace
}  // namespace cairn::sim

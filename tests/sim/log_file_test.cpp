// A log that is written in few calls, on a disk that refuses some of them: what was committed is there, and no more.
#include "db/sqlite/log_file.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "sim/disk_suite.h"
#include "sim/sqlite_vfs.h"

namespace cairn::sim {
namespace {

class LogFileTest : public DiskSuite {
 protected:
  static sqlite3* open(const char* layer) {
    sqlite3* database = nullptr;
    EXPECT_EQ(sqlite3_open_v2("/d/db", &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, layer), SQLITE_OK);
    EXPECT_EQ(
        run(database,
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=20"),
        SQLITE_OK);
    return database;
  }
  static std::string rows(int from, int count) {
    return fmt::format(
        "WITH RECURSIVE c(n) AS (SELECT {} UNION ALL SELECT n + 1 FROM c LIMIT {}) "
        "INSERT INTO t SELECT n, hex(zeroblob(300)) FROM c;",
        from, count);
  }
};

TEST_F(LogFileTest, keeps_what_is_committed_whatever_the_disk_refuses) {
  int refused = 0, committed = 0;
  for (uint64_t round = 0; round < 20; ++round) {
    SqliteVfs vfs(disk_, clock_, executor_, Random(round));
    Random random(round);
    sqlite3 *writer = open(db::log_file_layer()), *reader = open(nullptr);
    ASSERT_EQ(run(writer, "CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT)"), SQLITE_OK);
    int kept = 0;
    for (int step = 0; step < 20; ++step) {
      if (random.chance(0.4)) disk_.set_trouble({.write = 0.3});
      else if (random.chance(0.3)) disk_.set_trouble({.capacity = random.below(2'000'000)});
      // Also more than the cache holds: what goes to the log before the commit is read back from there.
      int count = 1 + static_cast<int>(random.below(600));
      std::string sql = "BEGIN;" + rows(kept, count) + "UPDATE t SET text = text || 'x' WHERE n % 7 = 0;";
      bool is_given_up = random.chance(0.2);
      if (run(writer, sql + (is_given_up ? "ROLLBACK" : "COMMIT")) == SQLITE_OK) {
        kept += is_given_up ? 0 : count;
        ++committed;
      } else {
        (void)run(writer, "ROLLBACK");
        ++refused;
      }
      disk_.set_trouble({});
      ASSERT_EQ(ask(reader, "SELECT count(*) FROM t"), std::to_string(kept)) << round << " " << step;
      ASSERT_EQ(ask(writer, "SELECT count(*) FROM t"), std::to_string(kept)) << round << " " << step;
      if (random.chance(0.2)) (void)sqlite3_wal_checkpoint_v2(reader, nullptr, 0, nullptr, nullptr);
    }
    disk_.cut_power();
    sqlite3_close(writer);
    sqlite3_close(reader);
    disk_.restart(Disk::Loss::unsynced);
    sqlite3* after = open(nullptr);
    ASSERT_EQ(ask(after, "PRAGMA integrity_check"), "ok") << round;
    ASSERT_EQ(ask(after, "SELECT count(*) FROM t"), std::to_string(kept)) << round;
    sqlite3_close(after);
    make_empty();
  }
  EXPECT_GT(refused, 40);
  EXPECT_GT(committed, 100);
}

}  // namespace
}  // namespace cairn::sim

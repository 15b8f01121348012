// The machine itself: what the disk keeps, loses and says, and in which order tasks run.
#include "sim/disk.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "sim/disk_suite.h"
#include "sim/sqlite_vfs.h"

namespace cairn::sim {
namespace {

class DiskTest : public DiskSuite {
 protected:
  /// How many of 200 power cuts leave the file as it should be.
  int count(const std::function<void()>& before, const std::string& path, const std::string& wanted) {
    int n = 0;
    for (int i = 0; i < 200; ++i) {
      make_empty();
      before();
      power_cut();
      auto found = files_.read(path);
      n += found && *found == wanted;
    }
    return n;
  }
};

TEST_F(DiskTest, keeps_what_was_synced_and_perhaps_the_rest) {
  EXPECT_EQ(count([&] { EXPECT_TRUE(files_.write("/d/a", "whole")); }, "/d/a", "whole"), 200);
  std::string text(5000, 'x');
  int there = count(
      [&] {
        EXPECT_TRUE(files_.write("/d/a", ""));
        EXPECT_TRUE(files_.open("/d/a", Open::write).value()->append(text));
      },
      "/d/a", text);
  EXPECT_GT(there, 0);
  EXPECT_LT(there, 200);
}

TEST_F(DiskTest, a_name_lasts_when_its_directory_was_synced) {
  auto make = [&] {
    auto file = files_.open("/d/a", Open::write).value();
    EXPECT_TRUE(file->append("x"));
    EXPECT_TRUE(file->sync());
  };
  int there = count(make, "/d/a", "x");
  EXPECT_GT(there, 0);
  EXPECT_LT(there, 200);
  EXPECT_EQ(count([&] { make(), (void)disk_.sync_directory("/d"); }, "/d/a", "x"), 200);
}

TEST_F(DiskTest, a_process_that_is_killed_loses_nothing) {
  EXPECT_TRUE(files_.open("/d/a", Open::write).value()->append("x"));
  disk_.cut_power();
  EXPECT_EQ(files_.read("/d/a").error().code, Code::unavailable);
  disk_.restart(Disk::Loss::nothing);
  EXPECT_EQ(files_.read("/d/a").value(), "x");
}

TEST_F(DiskTest, after_a_sync_that_failed_the_next_says_well_and_lies) {
  auto lie = [&] {
    EXPECT_TRUE(files_.write("/d/a", ""));
    auto file = files_.open("/d/a", Open::write).value();
    EXPECT_TRUE(file->append("x"));
    disk_.set_trouble({.sync = 1});
    EXPECT_FALSE(file->sync());
    disk_.set_trouble({});
    EXPECT_TRUE(file->sync());
    EXPECT_EQ(files_.read("/d/a").value(), "x");
  };
  int there = count(lie, "/d/a", "x");
  EXPECT_GT(there, 0);
  EXPECT_LT(there, 200);
  auto write_again = [&] {
    lie();
    auto file = files_.open("/d/a", Open::write).value();
    EXPECT_TRUE(file->write_at(0, "x"));
    EXPECT_TRUE(file->sync());
  };
  EXPECT_EQ(count(write_again, "/d/a", "x"), 200);
}

TEST_F(DiskTest, a_sync_that_failed_is_told_once_to_everyone_who_has_the_file_open) {
  EXPECT_TRUE(files_.write("/d/a", "x"));
  auto one = files_.open("/d/a", Open::write).value(), other = files_.open("/d/a", Open::write).value();
  disk_.set_trouble({.sync = 1});
  EXPECT_FALSE(one->sync());
  disk_.set_trouble({});
  auto later = files_.open("/d/a", Open::write).value();
  EXPECT_TRUE(one->sync()) << "was told";
  EXPECT_TRUE(later->sync()) << "was not there";
  EXPECT_FALSE(other->sync());
  EXPECT_TRUE(other->sync());
}

TEST_F(DiskTest, a_full_disk_takes_what_fits) {
  Trouble trouble;
  trouble.capacity = 8192;
  disk_.set_trouble(trouble);
  auto file = files_.open("/d/a", Open::write).value();
  EXPECT_TRUE(file->append(std::string(8000, 'x')));
  EXPECT_TRUE(file->append("y")) << "in the block that is there";
  EXPECT_EQ(file->append(std::string(500, 'z')).error().code, Code::unavailable);
  EXPECT_EQ(file->size().value(), 8192u);
  EXPECT_FALSE(files_.open("/d/b", Open::write));
  disk_.set_trouble({});
  EXPECT_TRUE(file->append("z"));
}

TEST_F(DiskTest, the_power_goes_in_the_middle_of_an_operation) {
  auto file = files_.open("/d/a", Open::write).value();
  disk_.cut_power_after(2, "/d");
  EXPECT_TRUE(file->append("one"));
  EXPECT_TRUE(file->append("two"));
  EXPECT_FALSE(file->append("three"));
  EXPECT_FALSE(disk_.is_on());
  EXPECT_FALSE(file->sync());
}

TEST_F(DiskTest, sqlite_keeps_what_it_committed) {
  for (uint64_t round = 0; round < 50; ++round) {
    SqliteVfs vfs(disk_, clock_, executor_, Random(round));
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open("/d/db", &database), SQLITE_OK);
    auto run = [&](const std::string& sql) { return sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr); };
    ASSERT_EQ(run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL"), SQLITE_OK);
    ASSERT_EQ(run("CREATE TABLE IF NOT EXISTS t (n)"), SQLITE_OK);
    ASSERT_EQ(run("INSERT INTO t VALUES (1)"), SQLITE_OK);
    if (round % 3 == 0) {
      ASSERT_EQ(run("PRAGMA wal_checkpoint(PASSIVE)"), SQLITE_OK);
    }
    disk_.cut_power();
    EXPECT_EQ(run("INSERT INTO t VALUES (2)") & 0xff, SQLITE_IOERR);
    sqlite3_close(database);
    disk_.restart(Disk::Loss::unsynced);
    ASSERT_EQ(sqlite3_open("/d/db", &database), SQLITE_OK);
    int64_t rows = 0;
    sqlite3_exec(
        database, "SELECT count(*), max(n) FROM t",
        [](void* out, int, char** values, char**) {
          *static_cast<int64_t*>(out) = std::atoll(values[0]) * (std::atoll(values[1]) == 1);
          return 0;
        },
        &rows, nullptr);
    EXPECT_EQ(rows, static_cast<int64_t>(round) + 1);
    sqlite3_close(database);
  }
}

TEST_F(DiskTest, tasks_of_a_queue_keep_their_order_and_time_passes_when_nothing_is_left) {
  auto first = executor_.make_queue("first"), second = executor_.make_queue("second");
  std::vector<int> done;
  for (int i = 1; i <= 50; ++i) {
    first->post([&done, i] { done.push_back(i); });
    second->post([&done, i] { done.push_back(-i); });
  }
  auto signal = executor_.make_signal();
  second->post_after(hours(2), [&] { signal->set(); });
  EXPECT_FALSE(signal->wait_for(hours(1)));
  EXPECT_TRUE(signal->wait_for(hours(2)));
  EXPECT_GE(clock_.elapsed(), hours(2));
  int at_first = 0, at_second = 0, turns = 0;
  for (size_t i = 0; i < done.size(); ++i) {
    EXPECT_EQ(done[i], done[i] > 0 ? ++at_first : -++at_second);
    turns += i > 0 && (done[i] > 0) != (done[i - 1] > 0);
  }
  EXPECT_EQ(done.size(), 100u);
  EXPECT_GT(turns, 3);
}

}  // namespace
}  // namespace cairn::sim

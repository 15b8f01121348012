// For tests of what stands on the simulated disk: the machine, and a directory /d.
#pragma once
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <string>

#include "sim/files.h"

namespace cairn::sim {

class DiskSuite : public testing::Test {
 protected:
  DiskSuite() { make_empty(); }

  /// The directory anew.
  void make_empty() {
    (void)files_.remove_all("/d");
    EXPECT_TRUE(files_.make_directory("/d"));
  }
  void power_cut() {
    disk_.cut_power();
    disk_.restart(Disk::Loss::unsynced);
  }

  static int run(sqlite3* database, const std::string& sql) {
    return sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr);
  }
  /// Every row's first column, one after the other, or why there is none.
  static std::string ask(sqlite3* database, const std::string& sql) {
    std::string out;
    int code = sqlite3_exec(
        database, sql.c_str(),
        [](void* to, int, char** values, char**) {
          static_cast<std::string*>(to)->append(values[0] ? values[0] : "null");
          return 0;
        },
        &out, nullptr);
    return code == SQLITE_OK ? out : sqlite3_errmsg(database);
  }

  SimClock clock_;
  Trace trace_{false};
  SimExecutor executor_{clock_, trace_, Random(1)};
  Disk disk_{clock_, trace_, Random(2)};
  SimFiles files_{disk_};
};

}  // namespace cairn::sim

// For tests of what stands on the simulated disk: the machine, and a directory /d.
#pragma once
#include <gtest/gtest.h>

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

  SimClock clock_;
  Trace trace_{false};
  SimExecutor executor_{clock_, trace_, Random(1)};
  Disk disk_{clock_, trace_, Random(2)};
  SimFiles files_{disk_};
};

}  // namespace cairn::sim

// SQLite on the simulated disk: while it lives, every database that the process opens is on it.
//
// What a file system and a kernel give SQLite is here in memory: bytes and names by Disk, locks and the shared index of
// the write-ahead log by tables that die with the last connection, as with a process. Memory mapping of databases is
// not offered, so that every read can fail.
#pragma once
#include <map>
#include <memory>
#include <string>

#include "sim/disk.h"

namespace cairn::sim {

class SqliteVfs {
 public:
  /// One at a time in a process.
  SqliteVfs(Disk& disk, SimClock& clock, SimExecutor& executor, Random random);
  ~SqliteVfs();
  SqliteVfs(const SqliteVfs&) = delete;
  SqliteVfs& operator=(const SqliteVfs&) = delete;

  struct Shared;
  struct Calls;

 private:
  Disk& disk_;
  SimClock& clock_;
  SimExecutor& executor_;
  Random random_;
  std::map<std::string, std::weak_ptr<Shared>> shared_;
};

}  // namespace cairn::sim

// A PostgreSQL of one's own that syncs to disk, and can be stopped, killed and held up while a test looks on.
#pragma once
#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "support/temp_dir.h"

namespace cairn::load {

class OwnPostgres {
 public:
  /// Runs, with one empty database. Error not_found when PostgreSQL is not installed.
  static Result<std::unique_ptr<OwnPostgres>> make();
  ~OwnPostgres();
  OwnPostgres(const OwnPostgres&) = delete;
  OwnPostgres& operator=(const OwnPostgres&) = delete;

  /// Of the database.
  std::string url() const;
  /// On the same port and directory. REQUIRES: it does not run.
  Result<void> start();
  /// As a power cut of the server alone: no time to tidy up.
  void kill();
  /// Kills one process that serves a connection; the server then throws all others out, and recovers. False when
  /// nobody is connected.
  bool kill_backend();
  /// Nothing of it runs until resume(): connections stay open and nothing is answered.
  void pause();
  void resume();

 private:
  OwnPostgres() = default;
  std::vector<std::string> as_its_user(std::vector<std::string> words) const;
  std::vector<pid_t> processes() const;

  test::TempDir dir_;
  std::string bin_;
  int port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace cairn::load

// The real program, run as a user would.
#pragma once
#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace cairn::test {

/// `CAIRN_BIN`, or the program beside this one's build directory; empty when there is none.
std::string program_path();

struct Environment {
  std::vector<std::pair<std::string, std::string>> set;  ///< Added to this process' own.
};

struct Finished {
  int exit_code = 0;  ///< 128 + signal when it was killed.
  std::string out;
  std::string err;
};
/// Runs it to its end. Error unavailable after `limit` (it is killed then).
Result<Finished> run_program(const std::vector<std::string>& words, const Environment& environment, Duration limit);

/// A running `cairn serve`.
class ServerProcess {
 public:
  /// Returns when it prints where it listens. `log_path` receives its stderr. Error unavailable, with the end of the
  /// log, when it ends before or says nothing for a minute.
  static Result<ServerProcess> start(const std::vector<std::string>& words, const Environment& environment,
                                     const std::string& log_path);
  ServerProcess(ServerProcess&& other) noexcept;
  ServerProcess& operator=(ServerProcess&&) = delete;
  /// Kills it.
  ~ServerProcess();

  int port() const { return port_; }
  /// -1 when it is not running.
  pid_t pid() const { return pid_; }
  /// The token of the last `sign in: ` line, waiting for one up to some seconds; empty when none comes.
  std::string link_token();
  /// Asks it to end and waits. Error unavailable when it does not, or ends badly.
  Result<void> stop();
  void kill();

 private:
  ServerProcess() = default;
  bool read_more(Duration limit);
  std::string line_after(std::string_view start) const;

  pid_t pid_ = -1;
  int out_ = -1;
  int port_ = 0;
  std::string said_;
  std::string log_path_;
};

}  // namespace cairn::test

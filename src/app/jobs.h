// Commands that run inside the server, with what they wrote so far: those that write one after the other, and beside
// them those that only read.
#pragma once
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "app/command.h"

namespace cairn::app {

class Jobs {
 public:
  explicit Jobs(Instance& instance);
  /// Asks the running one to stop, and waits for it.
  ~Jobs();

  /// Queues a command. Returns the number to ask for it with.
  int64_t start(const Command& command, json::Object options);

  struct State {
    std::string text;      ///< What was written from byte `after` on, about 1 MB of it at most.
    std::string progress;  ///< The line of the moment.
    bool is_done = false;  ///< And all its text is fetched.
    std::optional<Error> error;
  };
  /// `after` says what has been fetched: it is forgotten, so that a command may write much more than fits into memory.
  /// Error not_found for an unknown number: jobs are forgotten when the server stops, or 100 jobs later.
  Result<State> look(int64_t job, size_t after) const;
  Result<void> cancel(int64_t job);

 private:
  class Job;
  Result<std::shared_ptr<Job>> find(int64_t job) const;

  Instance& instance_;
  mutable std::mutex mutex_;
  std::map<int64_t, std::shared_ptr<Job>> jobs_;  // guarded by mutex_
  int64_t next_ = 1;                              // guarded by mutex_
  // Last: their tasks use all of the above.
  std::unique_ptr<Queue> writing_;
  std::unique_ptr<Queue> reading_;
};

}  // namespace cairn::app

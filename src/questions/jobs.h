// Questions that nobody waits for with an open connection: begun, looked at, fetched, cancelled.
//
// A job whose owner does not look for a minute is cancelled: whoever asked has gone. Answers are kept a while, so that
// they can be fetched in pages and as CSV.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/ask.h"
#include "questions/service.h"

namespace cairn::questions {

/// Jobs that run side by side.
inline constexpr size_t kJobsAtOnce = 2;
/// Jobs that wait or run; more is `overloaded`.
inline constexpr size_t kJobsWaiting = 20;
/// Finished ones that are kept, the oldest go first.
inline constexpr size_t kJobsKept = 20;
inline constexpr uint64_t kCellsKept = engine::kCellsMax;  ///< Of all answers that are kept; the oldest go first.
/// How long a running one goes on, and a finished one is kept, when nobody looks.
inline constexpr Duration kPatience = minutes(1);
inline constexpr Duration kKept = minutes(15);

class Jobs {
 public:
  /// `service` must outlive it.
  Jobs(World& world, Service& service, Duration patience = kPatience);
  /// Cancels what runs and waits for it.
  ~Jobs();

  /// Begins. `owner` is who may look at it. Error overloaded.
  Result<int64_t> start(Asked asked, std::string owner);

  struct Look {
    Running::State state;
    /// Null until it is done.
    std::shared_ptr<const Result<Answer>> answer;
  };
  /// Error not_found: never known, forgotten, or somebody else's.
  Result<Look> look(int64_t job, std::string_view owner);
  /// Ends it soon; looking at it then gives its error. A finished one is forgotten.
  Result<void> cancel(int64_t job, std::string_view owner);

 private:
  struct Job;
  Result<std::shared_ptr<Job>> find(int64_t job, std::string_view owner);
  void run(const std::shared_ptr<Job>& job);
  void forget_old();
  void watch(const std::shared_ptr<Job>& job);

  World& world_;
  Service& service_;
  const Duration patience_;
  std::mutex mutex_;
  std::map<int64_t, std::shared_ptr<Job>> jobs_;  // guarded by mutex_
  int64_t next_ = 1;                              // guarded by mutex_
  std::unique_ptr<Queue> watch_;
  std::vector<std::unique_ptr<Queue>> threads_;  // last: their tasks use all of the above
};

}  // namespace cairn::questions

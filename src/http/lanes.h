// Bounded, separate sets of threads for handlers.
#pragma once
#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/executor.h"
#include "base/metrics.h"

namespace cairn::http {

/// Tasks wait in one line and any free thread of the lane takes the next, so one long task delays nobody else's.
class WorkLane {
 public:
  WorkLane(Executor& executor, std::string_view name, int threads, int waiting_max, Metrics& metrics);
  /// Drops what waits and waits for what runs.
  ~WorkLane();
  /// False, and the task is dropped, when `waiting_max` wait already or the lane is closed. Never blocks.
  bool submit(Task task);
  /// Its threads get what others leave of the cores, from now on.
  void give_way();
  /// Refuses and drops from now on.
  void close();

 private:
  void work(size_t thread);

  std::mutex mutex_;
  std::deque<Task> waiting_;
  std::vector<size_t> free_;  ///< Threads without work.
  size_t waiting_max_;
  bool is_closed_ = false;
  Gauge& waiting_gauge_;
  Counter& refused_;
  std::vector<std::unique_ptr<Queue>> threads_;  // last: destroyed first, while the rest is still there
};

}  // namespace cairn::http

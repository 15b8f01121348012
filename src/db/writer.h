// The one writer: closures in lanes, several in one group commit, each undone alone when it fails. Knows no driver.
//
// Invariants:
// 1. Every closure taken in is answered exactly once, on the writer's queue; with success only when durable.
// 2. The first closure of a group runs bare in the transaction (when it fails, all of it is rolled back), every later
//    one in a savepoint.
// 3. When a group cannot commit, or the driver drops its transaction half way, its closures run again one by one.
// 4. When the server is lost while a commit is on its way, the group's answers wait until the server has told whether
//    it holds; meanwhile new closures fail as unavailable. Nothing is ever run twice on a guess.
#pragma once
#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/world.h"
#include "db/connection.h"
#include "db/store.h"

namespace cairn::db {

class Writer {
 public:
  struct Options {
    size_t lane_limit;
    size_t group_limit;
  };
  /// `after_group` runs on the writer's queue after each group, whatever became of it. REQUIRES: the connection
  /// outlives the writer and nobody else uses it.
  Writer(World& world, Connection& connection, Options options, Task after_group);
  /// Runs what waits, then stops. What was never settled is answered as unavailable.
  ~Writer();

  /// Any thread. Error: overloaded when the lane is full.
  Result<void> write(Lane lane, Store::Work work, Store::Done done);
  /// Is this the writer's own thread, where waiting for a write would never end?
  bool is_current_thread() const;
  /// `checkpoints` is left 0. Any thread.
  Store::Figures figures() const;

 private:
  struct Job {
    Store::Work work;
    Store::Done done;
    std::vector<Task> committed, undone;
    Result<void> result;
  };
  using Group = std::vector<Job>;
  class JobTransaction;
  enum class Step { kept, failed, lost };
  enum class Filled { ready, nothing_held, lost };

  void turn();
  void run_group();
  Filled fill(Group& group);
  Step run_in_group(Job& job, bool bare);
  Result<void> run_work(Job& job);
  void commit_group(Group& group);
  void run_alone(Job& job);
  void run_each_alone(Group& group);
  void finish(Group& group);
  void finish(Job& job);
  void hold_unsettled(Group group);
  void undo(Job& job);
  void undo_all(Group& group);
  void fail_group(const Error& error);
  bool try_settle();
  void settle_later();
  void schedule();
  std::optional<Job> take();

  static constexpr size_t kLanes = 4;

  World& world_;
  Connection& connection_;
  const Options options_;
  const Task after_group_;
  std::optional<Group> unsettled_;  ///< Writer's thread only.
  bool settling_later_ = false;     ///< Writer's thread only.

  mutable std::mutex mutex_;
  std::array<std::deque<Job>, kLanes> lanes_;
  std::array<size_t, kLanes> passed_{};  ///< How often a waiting lane was passed over.
  bool scheduled_ = false;

  std::atomic<uint64_t> groups_{0}, writes_{0}, failed_{0};
  std::atomic<int64_t> longest_commit_micros_{0};
  std::unique_ptr<Queue> queue_owner_;
  Queue& queue_;  // still posted to while its owner waits for its end
};

}  // namespace cairn::db

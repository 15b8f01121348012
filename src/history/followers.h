// Tells followers of each step, in order, on a thread of their own.
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "base/executor.h"
#include "history/history.h"

namespace cairn::history {

class Followers {
 public:
  explicit Followers(Executor& executor) : executor_(executor) {}
  /// Drops what was not told yet.
  ~Followers();

  /// REQUIRES: one thread at a time, each step from the version of the last. The first has nobody before it.
  void publish(Step step);
  int follow(std::function<void(const Step&)> follower);
  void unfollow(int number);

 private:
  /// Steps that wait at most: then they are joined, for a follower who is slow. Each holds its version, and so whatever
  /// later ones have superseded, which in a flood is much.
  static constexpr size_t kWaiting = 2;

  struct Follower {
    std::function<void(const Step&)> call;
    bool has_begun = false;
  };
  void begin(int number);
  void tell();

  Executor& executor_;
  std::mutex mutex_;
  std::map<int, std::shared_ptr<Follower>> followers_;  // guarded by mutex_
  int next_ = 1;                                        // guarded by mutex_
  std::deque<Step> waiting_;                            // guarded by mutex_
  std::shared_ptr<const timeline::Version> told_;       // guarded by mutex_; of the last step that was told
  bool is_ending_ = false;                              // guarded by mutex_
  std::unique_ptr<Queue> queue_;                        // made with the first follower
};

}  // namespace cairn::history

// Threads are reached only through this, so that a simulation can run the whole app on one thread under a seed.
#pragma once
#include <functional>
#include <memory>
#include <string_view>

#include "base/time.h"

namespace cairn {

using Task = std::function<void()>;

/// Tasks run one at a time, in the order posted. Destroying it runs what was posted, then stops.
class Queue {
 public:
  virtual ~Queue() = default;
  /// Safe from any thread; never blocks.
  virtual void post(Task task) = 0;
  /// Runs it no sooner than `delay` from now. Dropped, not run, when the queue is destroyed first.
  virtual void post_after(Duration delay, Task task) = 0;
};

/// Set once; wait returns at once after that.
class Signal {
 public:
  virtual ~Signal() = default;
  virtual void set() = 0;
  virtual void wait() = 0;
  /// False when the time passed first.
  virtual bool wait_for(Duration limit) = 0;
};

/// A running loop; destroying it waits for its end, so make the loop end first.
class Thread {
 public:
  virtual ~Thread() = default;
};

class Executor {
 public:
  virtual ~Executor() = default;
  virtual std::unique_ptr<Queue> make_queue(std::string_view name) = 0;
  virtual std::shared_ptr<Signal> make_signal() = 0;
  /// For loops that own their thread (a network loop). `name` is shown by debuggers, up to 15 characters.
  virtual std::unique_ptr<Thread> start(std::string_view name, Task loop) = 0;
  /// Runs body(0) … body(count-1), on all cores, and returns when all are done. Bodies may run in any order.
  virtual void parallel_for(size_t count, const std::function<void(size_t)>& body) = 0;
  /// How many bodies run side by side, at least 1.
  virtual unsigned parallelism() const = 0;
};

/// Real threads.
Executor& system_executor();

}  // namespace cairn

// The simulated machine's clock, chance and threads: one real thread under a seed.
#pragma once
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/executor.h"
#include "base/random.h"
#include "sim/trace.h"

namespace cairn::sim {

/// Moves only when it is told to. The wall clock may be set, also back; elapsed() never goes back.
class SimClock final : public Clock {
 public:
  Time now() override { return start_ + elapsed_; }
  Duration elapsed() override { return elapsed_; }
  void advance(Duration by) { elapsed_ = elapsed_ + by; }
  void set_wall(Duration by) { start_ = start_ + by; }

 private:
  Time start_{1'700'000'000'000'000};
  Duration elapsed_;
};

class SimEntropy final : public Entropy {
 public:
  explicit SimEntropy(Random random) : random_(random) {}
  void fill(std::span<unsigned char> out) override {
    for (unsigned char& byte : out) byte = static_cast<unsigned char>(random_.next());
  }

 private:
  Random random_;
};

/// Queues take turns in an order drawn from the seed; each has a weight of its own, so that some are slow. Who
/// waits for a signal lets the others run meanwhile, on top of its own stack: what waits below goes on when
/// what runs above has returned, so a task that waits must not wait for another that waits below it.
class SimExecutor final : public Executor {
 public:
  SimExecutor(SimClock& clock, Trace& trace, Random random) : clock_(clock), trace_(trace), random_(random) {}

  std::unique_ptr<Queue> make_queue(std::string_view name) override;
  std::shared_ptr<Signal> make_signal() override;
  /// Refused: a loop that owns its thread cannot take turns.
  std::unique_ptr<Thread> start(std::string_view name, Task loop) override;
  void parallel_for(size_t count, const std::function<void(size_t)>& body) override;
  unsigned parallelism() const override { return 1; }

  /// A queue whose tasks may wait: they never run on top of what they could wait for.
  std::unique_ptr<Queue> make_waiting_queue(std::string_view name);
  static constexpr Duration kForever{INT64_MAX};
  /// Runs one task; time passes to the next timer, up to `until`, when nothing else is left. False when there
  /// is nothing to run until then.
  bool run_one(Duration until = kForever);
  /// Tasks until so much time has passed, or `stop` says so.
  void run_for(Duration span, const std::function<bool()>& stop);
  /// Called in the middle of a task, where a real machine would go on with another thread: sometimes runs one.
  void interleave();

 private:
  class SimQueue;
  class SimSignal;
  friend class SimQueue;

  void release_timers();
  SimQueue* pick(bool with_waiting);
  void run(SimQueue& queue);

  SimClock& clock_;
  Trace& trace_;
  Random random_;
  std::vector<SimQueue*> queues_;  ///< In the order made.
  int depth_ = 0;
  int within_ = 0;  ///< Tasks that may still run within the one that run_one began.
};

}  // namespace cairn::sim

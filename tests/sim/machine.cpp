#include "sim/machine.h"

#include <algorithm>

#include "base/check.h"

namespace cairn::sim {
namespace {

/// Nothing waits longer than this, unless nobody will ever wake it.
constexpr Duration kLongestWait = minutes(30);
constexpr int kMostNested = 3;
/// Tasks that run within one and within those in it: a snapshot has thousands of operations, and what runs at each has
/// more of its own, so that it would not end while clients go on.
constexpr int kMostWithin = 100;

}  // namespace

class SimExecutor::SimQueue final : public Queue {
 public:
  SimQueue(SimExecutor& executor, std::string_view name, uint64_t weight, bool waits)
      : executor_(executor), name_(name), weight_(weight), waits_(waits) {
    executor_.queues_.push_back(this);
  }
  ~SimQueue() override {
    CHECK(!busy_, "the queue {} is destroyed by its own task", name_);
    while (!tasks_.empty()) executor_.run(*this);
    std::erase(executor_.queues_, this);
  }
  void post(Task task) override { tasks_.push_back(std::move(task)); }
  void post_after(Duration delay, Task task) override {
    timers_.emplace(executor_.clock_.elapsed() + delay, std::move(task));
  }

 private:
  friend class SimExecutor;
  SimExecutor& executor_;
  const std::string name_;
  const uint64_t weight_;
  const bool waits_;
  std::deque<Task> tasks_;
  std::multimap<Duration, Task> timers_;
  bool busy_ = false;
};

class SimExecutor::SimSignal final : public Signal {
 public:
  explicit SimSignal(SimExecutor& executor) : executor_(executor) {}
  void set() override { set_ = true; }
  void wait() override { CHECK(wait_for(kLongestWait), "nobody sets this signal: a wait without end"); }
  bool wait_for(Duration limit) override {
    Duration end = executor_.clock_.elapsed() + limit;
    while (!set_ && executor_.clock_.elapsed() < end)
      if (!executor_.run_one(end)) executor_.clock_.advance(end - executor_.clock_.elapsed());
    return set_;
  }

 private:
  SimExecutor& executor_;
  bool set_ = false;
};

std::unique_ptr<Queue> SimExecutor::make_queue(std::string_view name) {
  // Of the program's own, the one whose tasks wait for others.
  return std::make_unique<SimQueue>(*this, name, 1 + random_.below(8), name == "rights");
}

std::unique_ptr<Queue> SimExecutor::make_waiting_queue(std::string_view name) {
  return std::make_unique<SimQueue>(*this, name, 1 + random_.below(8), true);
}

std::shared_ptr<Signal> SimExecutor::make_signal() { return std::make_shared<SimSignal>(*this); }

std::unique_ptr<Thread> SimExecutor::start(std::string_view name, Task) {
  CHECK(false, "{}: a loop with a thread of its own does not run in a simulation", name);
  return nullptr;
}

void SimExecutor::parallel_for(size_t count, const std::function<void(size_t)>& body) {
  std::vector<size_t> order(count);
  for (size_t i = 0; i < count; ++i) order[i] = i;
  for (size_t i = count; i > 1; --i) std::swap(order[i - 1], order[random_.below(i)]);
  for (size_t i : order) body(i);
}

void SimExecutor::release_timers() {
  for (SimQueue* queue : queues_)
    while (!queue->timers_.empty() && queue->timers_.begin()->first <= clock_.elapsed())
      queue->tasks_.push_back(std::move(queue->timers_.extract(queue->timers_.begin()).mapped()));
}

SimExecutor::SimQueue* SimExecutor::pick(bool with_waiting) {
  release_timers();
  auto is_ready = [&](const SimQueue& queue) {
    return !queue.busy_ && !queue.tasks_.empty() && (with_waiting || !queue.waits_);
  };
  uint64_t total = 0;
  for (SimQueue* queue : queues_)
    if (is_ready(*queue)) total += queue->weight_;
  if (total == 0) return nullptr;
  uint64_t at = random_.below(total);
  for (SimQueue* queue : queues_) {
    if (!is_ready(*queue)) continue;
    if (at < queue->weight_) return queue;
    at -= queue->weight_;
  }
  return nullptr;
}

void SimExecutor::run(SimQueue& queue) {
  Task task = std::move(queue.tasks_.front());
  queue.tasks_.pop_front();
  trace_.note("run", queue.name_, static_cast<uint64_t>(clock_.elapsed().micros), static_cast<uint64_t>(depth_));
  queue.busy_ = true;
  ++depth_;
  task();
  --depth_;
  queue.busy_ = false;
  clock_.advance(microseconds(static_cast<int64_t>(1 + random_.below(50))));
}

bool SimExecutor::run_one(Duration until) {
  for (;;) {
    if (SimQueue* queue = pick(true)) {
      int outer = std::exchange(within_, kMostWithin);
      run(*queue);
      within_ = outer;
      return true;
    }
    bool any = false;
    Duration next;
    for (SimQueue* queue : queues_) {
      if (queue->timers_.empty()) continue;
      Duration due = queue->timers_.begin()->first;
      if (!any || due < next) next = due;
      any = true;
    }
    if (!any || next > until) return false;
    clock_.advance(next - clock_.elapsed());
  }
}

void SimExecutor::run_for(Duration span, const std::function<bool()>& stop) {
  Duration end = clock_.elapsed() + span;
  while (clock_.elapsed() < end && !stop())
    if (!run_one(end)) clock_.advance(end - clock_.elapsed());
}

void SimExecutor::interleave() {
  if (depth_ > kMostNested || within_ == 0 || !random_.chance(0.03)) return;
  SimQueue* queue = pick(false);
  if (!queue) return;
  --within_;
  run(*queue);
}

}  // namespace cairn::sim

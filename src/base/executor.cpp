#include "base/executor.h"

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/priority.h"

namespace cairn {
namespace {

using Steady = std::chrono::steady_clock;

void begin_thread(std::string_view name) {
  pthread_setname_np(pthread_self(), std::string(name.substr(0, 15)).c_str());
  is_owned();
}

class ThreadQueue final : public Queue {
 public:
  explicit ThreadQueue(std::string_view name) : thread_([this, n = std::string(name)] { loop(n); }) {}
  ~ThreadQueue() override {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }
  void post(Task task) override {
    {
      std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    wake_.notify_one();
  }
  void post_after(Duration delay, Task task) override {
    {
      std::lock_guard lock(mutex_);
      timers_.emplace(Steady::now() + std::chrono::microseconds(delay.micros), std::move(task));
    }
    wake_.notify_one();
  }

 private:
  void loop(const std::string& name) {
    begin_thread(name);
    std::unique_lock lock(mutex_);
    for (;;) {
      while (!timers_.empty() && timers_.begin()->first <= Steady::now())
        tasks_.push_back(std::move(timers_.extract(timers_.begin()).mapped()));
      if (!tasks_.empty()) {
        Task task = std::move(tasks_.front());
        tasks_.pop_front();
        lock.unlock();
        task();
        task = nullptr;
        lock.lock();
      } else if (stopping_) {
        return;
      } else if (timers_.empty()) {
        wake_.wait(lock);
      } else {
        wake_.wait_until(lock, timers_.begin()->first);
      }
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> tasks_;
  std::multimap<Steady::time_point, Task> timers_;
  bool stopping_ = false;
  std::thread thread_;  // last: it starts when everything above exists
};

class ThreadSignal final : public Signal {
 public:
  void set() override {
    std::lock_guard lock(mutex_);
    set_ = true;
    wake_.notify_all();
  }
  void wait() override {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return set_; });
  }
  bool wait_for(Duration limit) override {
    std::unique_lock lock(mutex_);
    return wake_.wait_for(lock, std::chrono::microseconds(limit.micros), [this] { return set_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool set_ = false;
};

class OwnedThread final : public Thread {
 public:
  OwnedThread(std::string name, Task loop)
      : thread_([name = std::move(name), loop = std::move(loop)] {
          begin_thread(name);
          loop();
        }) {}
  ~OwnedThread() override { thread_.join(); }

 private:
  std::thread thread_;
};

class SystemExecutor final : public Executor {
 public:
  std::unique_ptr<Queue> make_queue(std::string_view name) override { return std::make_unique<ThreadQueue>(name); }
  std::shared_ptr<Signal> make_signal() override { return std::make_shared<ThreadSignal>(); }
  std::unique_ptr<Thread> start(std::string_view name, Task loop) override {
    return std::make_unique<OwnedThread>(std::string(name), std::move(loop));
  }
  void parallel_for(size_t count, const std::function<void(size_t)>& body) override {
    std::atomic<size_t> next{0};
    auto work = [&] {
      for (size_t i = next++; i < count; i = next++) body(i);
    };
    std::vector<std::thread> helpers;
    for (unsigned i = 1; i < parallelism() && i < count; ++i) helpers.emplace_back(work);
    work();
    for (std::thread& helper : helpers) helper.join();
  }
  unsigned parallelism() const override { return std::max(1u, std::thread::hardware_concurrency()); }
};

}  // namespace

Executor& system_executor() {
  static SystemExecutor executor;
  return executor;
}

}  // namespace cairn

#include "http/lanes.h"

#include "base/priority.h"

namespace cairn::http {

WorkLane::WorkLane(Executor& executor, std::string_view name, int threads, int waiting_max, Metrics& metrics)
    : waiting_max_(static_cast<size_t>(waiting_max)),
      waiting_gauge_(metrics.gauge("cairn_http_lane_waiting", "Requests that wait for a thread of their lane",
                                   fmt::format("lane=\"{}\"", name))),
      refused_(metrics.counter("cairn_http_lane_refused_total", "Requests refused because their lane was full",
                               fmt::format("lane=\"{}\"", name))) {
  for (int i = 0; i < threads; ++i) {
    threads_.push_back(executor.make_queue(name));
    free_.push_back(static_cast<size_t>(i));
  }
}

WorkLane::~WorkLane() { close(); }

void WorkLane::give_way() {
  for (auto& thread : threads_) thread->post([] { cairn::give_way(); });
}

void WorkLane::close() {
  std::deque<Task> dropped;
  std::lock_guard lock(mutex_);
  is_closed_ = true;
  // Dropped after the lock: a task's end may answer a request, which is not this lane's to know.
  dropped.swap(waiting_);
}

bool WorkLane::submit(Task task) {
  std::unique_lock lock(mutex_);
  if (is_closed_ || (free_.empty() && waiting_.size() >= waiting_max_)) {
    lock.unlock();
    refused_.add();
    return false;
  }
  waiting_.push_back(std::move(task));
  waiting_gauge_.set(static_cast<int64_t>(waiting_.size()));
  if (free_.empty()) return true;
  size_t thread = free_.back();
  free_.pop_back();
  lock.unlock();
  threads_[thread]->post([this, thread] { work(thread); });
  return true;
}

void WorkLane::work(size_t thread) {
  for (;;) {
    Task task;
    {
      std::lock_guard lock(mutex_);
      if (waiting_.empty()) {
        free_.push_back(thread);
        return;
      }
      task = std::move(waiting_.front());
      waiting_.pop_front();
      waiting_gauge_.set(static_cast<int64_t>(waiting_.size()));
    }
    task();
  }
}

}  // namespace cairn::http

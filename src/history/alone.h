// An executor that shares nothing out: for work beside the writer, which must leave it a core.
#pragma once
#include "base/executor.h"

namespace cairn::history {

class Alone final : public Executor {
 public:
  explicit Alone(Executor& executor) : executor_(executor) {}
  std::unique_ptr<Queue> make_queue(std::string_view name) override { return executor_.make_queue(name); }
  std::shared_ptr<Signal> make_signal() override { return executor_.make_signal(); }
  std::unique_ptr<Thread> start(std::string_view name, Task loop) override {
    return executor_.start(name, std::move(loop));
  }
  void parallel_for(size_t count, const std::function<void(size_t)>& body) override {
    for (size_t i = 0; i < count; ++i) body(i);
  }
  unsigned parallelism() const override { return 1; }

 private:
  Executor& executor_;
};

}  // namespace cairn::history

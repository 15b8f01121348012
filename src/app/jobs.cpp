#include "app/jobs.h"

#include "base/log.h"

namespace cairn::app {
namespace {

constexpr size_t kRemembered = 100;

}  // namespace

class Jobs::Job final : public Output {
 public:
  void text(std::string_view text) override {
    std::lock_guard lock(mutex_);
    text_ += text;
  }
  void progress(std::string_view line) override {
    std::lock_guard lock(mutex_);
    progress_ = line;
  }
  bool is_cancelled() override { return cancelled_; }
  void cancel() { cancelled_ = true; }
  void finish(Result<void> result) {
    std::lock_guard lock(mutex_);
    if (!result) error_ = std::move(result).error();
    progress_.clear();
    is_done_ = true;
  }
  State look(size_t after) const {
    std::lock_guard lock(mutex_);
    return {after < text_.size() ? text_.substr(after) : "", progress_, is_done_, error_};
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
  std::string progress_;
  bool is_done_ = false;
  std::optional<Error> error_;
  std::atomic<bool> cancelled_{false};
};

Jobs::Jobs(Instance& instance) : instance_(instance), queue_(instance.world().executor.make_queue("jobs")) {}

Jobs::~Jobs() {
  {
    std::lock_guard lock(mutex_);
    for (auto& [number, job] : jobs_) job->cancel();
  }
  queue_.reset();
}

int64_t Jobs::start(const Command& command, json::Object options) {
  auto job = std::make_shared<Job>();
  int64_t number;
  {
    std::lock_guard lock(mutex_);
    number = next_++;
    jobs_[number] = job;
    if (jobs_.size() > kRemembered) jobs_.erase(jobs_.begin());
  }
  queue_->post([this, job, &command, options = std::move(options)] {
    if (job->is_cancelled()) {
      job->finish(fail(Code::conflict, "cancelled before it began"));
      return;
    }
    CommandCall call{options, *job};
    job->finish(command.run(instance_, call));
  });
  return number;
}

Result<std::shared_ptr<Jobs::Job>> Jobs::find(int64_t number) const {
  std::lock_guard lock(mutex_);
  auto it = jobs_.find(number);
  if (it == jobs_.end())
    return fail(Code::not_found, "no command {} is known here; the server may have been restarted", number);
  return it->second;
}

Result<Jobs::State> Jobs::look(int64_t number, size_t after) const {
  auto job = TRY(find(number));
  return job->look(after);
}

Result<void> Jobs::cancel(int64_t number) {
  auto job = TRY(find(number));
  job->cancel();
  return {};
}

}  // namespace cairn::app

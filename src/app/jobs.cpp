#include "app/jobs.h"

#include "base/log.h"

namespace cairn::app {
namespace {

constexpr size_t kRemembered = 100;
constexpr size_t kHeldBytes = size_t{4} << 20;    // of text that nobody has fetched yet
constexpr size_t kAnswerBytes = size_t{1} << 20;  // of text in one answer
constexpr Duration kPatience = seconds(60);       // with a reader who does not come back
constexpr Duration kPause = milliseconds(20);

/// The first bytes of `text`, whole lines where they fit.
std::string_view first_lines(std::string_view text) {
  if (text.size() <= kAnswerBytes) return text;
  size_t end = text.rfind('\n', kAnswerBytes);
  if (end == std::string_view::npos) end = text.find('\n', kAnswerBytes);
  return text.substr(0, end == std::string_view::npos ? end : end + 1);
}

}  // namespace

class Jobs::Job final : public Output {
 public:
  explicit Job(World& world) : world_(world), asked_at_(world.clock.elapsed()) {}

  /// Waits while too much is held: whoever reads sets the pace. A reader who is gone counts as a wish to stop.
  void text(std::string_view text) override {
    auto pause = world_.executor.make_signal();
    for (;; (void)pause->wait_for(kPause)) {
      std::lock_guard lock(mutex_);
      bool has_room = text_.size() < kHeldBytes;
      if (has_room) text_ += text;
      if (has_room || cancelled_) return;
      if (world_.clock.elapsed() - asked_at_ > kPatience) cancelled_ = true;
    }
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
  State look(size_t after) {
    std::lock_guard lock(mutex_);
    asked_at_ = world_.clock.elapsed();
    if (after > dropped_) {
      text_.erase(0, after - dropped_);
      dropped_ = after;
    }
    std::string text(first_lines(text_));
    bool is_all = text.size() == text_.size();
    return {std::move(text), progress_, is_done_ && is_all, is_all ? error_ : std::nullopt};
  }

 private:
  World& world_;
  std::mutex mutex_;
  std::string text_;  // what was not fetched yet
  size_t dropped_ = 0;
  Duration asked_at_;
  std::string progress_;
  bool is_done_ = false;
  std::optional<Error> error_;
  std::atomic<bool> cancelled_{false};
};

Jobs::Jobs(Instance& instance)
    : instance_(instance),
      writing_(instance.world().executor.make_queue("jobs")),
      reading_(instance.world().executor.make_queue("reading jobs")) {}

Jobs::~Jobs() {
  {
    std::lock_guard lock(mutex_);
    for (auto& [number, job] : jobs_) job->cancel();
  }
  writing_.reset();
  reading_.reset();
}

int64_t Jobs::start(const Command& command, json::Object options) {
  auto job = std::make_shared<Job>(instance_.world());
  int64_t number;
  {
    std::lock_guard lock(mutex_);
    number = next_++;
    jobs_[number] = job;
    if (jobs_.size() > kRemembered) jobs_.erase(jobs_.begin());
  }
  (command.only_reads ? reading_ : writing_)->post([this, job, &command, options = std::move(options)] {
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

#include "questions/jobs.h"

#include <algorithm>

#include "base/priority.h"

namespace cairn::questions {

struct Jobs::Job {
  Asked asked;
  std::string owner;
  std::shared_ptr<Running> running = std::make_shared<Running>();
  // Guarded by the mutex of Jobs.
  Duration looked_at;
  std::shared_ptr<const Result<Answer>> answer = {};
};

Jobs::Jobs(World& world, Service& service, Duration patience) : world_(world), service_(service), patience_(patience) {
  watch_ = world.executor.make_queue("query watch");
  for (size_t i = 0; i < kJobsAtOnce; ++i) {
    threads_.push_back(world.executor.make_queue("query job"));
    threads_.back()->post([] { give_way(); });
  }
}

Jobs::~Jobs() {
  {
    std::lock_guard lock(mutex_);
    for (auto& [number, job] : jobs_) job->running->cancel();
  }
  threads_.clear();
  watch_.reset();
}

Result<int64_t> Jobs::start(Asked asked, std::string owner) {
  auto job = std::make_shared<Job>();
  job->asked = std::move(asked);
  job->owner = std::move(owner);
  job->looked_at = world_.clock.elapsed();
  int64_t number;
  {
    std::lock_guard lock(mutex_);
    forget_old();
    auto going = std::count_if(jobs_.begin(), jobs_.end(), [](auto& entry) { return !entry.second->answer; });
    if (static_cast<size_t>(going) >= kJobsWaiting)
      return fail(Code::overloaded, "{} questions wait already; ask again in a moment", going);
    number = next_++;
    jobs_[number] = job;
  }
  threads_[static_cast<size_t>(number) % kJobsAtOnce]->post([this, job] { run(job); });
  watch(job);
  return number;
}

void Jobs::run(const std::shared_ptr<Job>& job) {
  auto answer = std::make_shared<const Result<Answer>>(job->running->is_stopped()
                                                           ? Result<Answer>(tl::unexpected(job->running->why()))
                                                           : service_.ask(job->asked, job->running, kLongest));
  job->running->finish();
  std::lock_guard lock(mutex_);
  job->answer = std::move(answer);
  job->looked_at = world_.clock.elapsed();
}

/// Comes again until it is done.
void Jobs::watch(const std::shared_ptr<Job>& job) {
  watch_->post_after(patience_, [this, weak = std::weak_ptr(job)] {
    auto still = weak.lock();
    if (!still) return;
    bool is_left = false;
    {
      std::lock_guard lock(mutex_);
      if (still->answer) return;
      is_left = world_.clock.elapsed() - still->looked_at >= patience_;
    }
    if (is_left) still->running->stop({Code::conflict, "nobody looked at the question any more, so it was stopped"});
    else watch(still);
  });
}

/// REQUIRES the mutex.
void Jobs::forget_old() {
  Duration now = world_.clock.elapsed();
  std::erase_if(jobs_, [&](auto& entry) { return entry.second->answer && now - entry.second->looked_at > kKept; });
  auto cells_of = [](const Job& job) { return job.answer && *job.answer ? (*job.answer)->cells() : 0; };
  size_t done = 0;
  uint64_t cells = 0;
  for (auto& [number, job] : jobs_) {
    done += job->answer != nullptr;
    cells += cells_of(*job);
  }
  for (auto it = jobs_.begin(); it != jobs_.end() && (done >= kJobsKept || cells > kCellsKept);) {
    bool goes = it->second->answer != nullptr;
    cells -= cells_of(*it->second);
    it = goes ? jobs_.erase(it) : std::next(it);
    done -= goes;
  }
}

Result<std::shared_ptr<Jobs::Job>> Jobs::find(int64_t number, std::string_view owner) {
  auto it = jobs_.find(number);
  if (it == jobs_.end() || it->second->owner != owner)
    return fail(Code::not_found, "no question {} is known; answers are kept for a quarter of an hour", number);
  return it->second;
}

Result<Jobs::Look> Jobs::look(int64_t number, std::string_view owner) {
  std::lock_guard lock(mutex_);
  auto job = TRY(find(number, owner));
  job->looked_at = world_.clock.elapsed();
  Look out{job->running->state(), job->answer};
  if (job->answer) out.state.stage = Running::Stage::done;
  // Its scan is over; the answer stands in a moment.
  else if (out.state.stage == Running::Stage::done) out.state.stage = Running::Stage::asking;
  return out;
}

Result<void> Jobs::cancel(int64_t number, std::string_view owner) {
  std::lock_guard lock(mutex_);
  auto job = TRY(find(number, owner));
  job->running->cancel();
  if (job->answer) jobs_.erase(number);
  return {};
}

}  // namespace cairn::questions

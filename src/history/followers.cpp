#include "history/followers.h"

#include <algorithm>

namespace cairn::history {

namespace {

void drop_repeats(std::vector<Touched>& sorted) {
  // Of two of one pair the first is the one with a row that is no imported past, when there is such a row.
  auto same = [](const Touched& a, const Touched& b) { return a.customer == b.customer && a.kind == b.kind; };
  sorted.erase(std::unique(sorted.begin(), sorted.end(), same), sorted.end());
}

}  // namespace

std::vector<Touched> each_once(std::vector<Touched> touched) {
  std::sort(touched.begin(), touched.end());
  drop_repeats(touched);
  return touched;
}

Step joined(Step earlier, Step later) {
  // A fold tells of nobody: what waits is long in a flood, and need not be copied for it.
  if (later.touched.empty() && later.moved.empty()) {
    earlier.version = std::move(later.version);
    earlier.is_remade |= later.is_remade;
    earlier.has_answers |= later.has_answers;
    return earlier;
  }
  Step out{std::move(later.version), earlier.after, {}, earlier.is_remade || later.is_remade};
  out.touched.reserve(earlier.touched.size() + later.touched.size());
  std::merge(earlier.touched.begin(), earlier.touched.end(), later.touched.begin(), later.touched.end(),
             std::back_inserter(out.touched));
  drop_repeats(out.touched);
  std::set_union(earlier.moved.begin(), earlier.moved.end(), later.moved.begin(), later.moved.end(),
                 std::back_inserter(out.moved));
  out.has_answers = earlier.has_answers || later.has_answers;
  return out;
}

Followers::~Followers() {
  {
    std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  queue_.reset();
}

void Followers::publish(Step step) {
  std::lock_guard lock(mutex_);
  if (!queue_) {
    told_ = std::move(step.version);
    return;
  }
  if (waiting_.size() >= kWaiting) {
    waiting_.back() = joined(std::move(waiting_.back()), std::move(step));
    return;
  }
  waiting_.push_back(std::move(step));
  queue_->post([this] { tell(); });
}

int Followers::follow(std::function<void(const Step&)> follower) {
  std::lock_guard lock(mutex_);
  int number = next_++;
  followers_[number] = std::make_shared<Follower>(Follower{std::move(follower), false});
  if (!queue_) queue_ = executor_.make_queue("history-follow");
  queue_->post([this, number] { begin(number); });
  return number;
}

void Followers::unfollow(int number) {
  std::shared_ptr<Signal> done;
  {
    std::lock_guard lock(mutex_);
    followers_.erase(number);
    if (!queue_) return;
    done = executor_.make_signal();
    queue_->post([done] { done->set(); });
  }
  done->wait();
}

void Followers::begin(int number) {
  std::shared_ptr<Follower> follower;
  std::shared_ptr<const timeline::Version> present;
  {
    std::lock_guard lock(mutex_);
    auto found = followers_.find(number);
    if (found == followers_.end() || is_ending_) return;
    follower = found->second;
    follower->has_begun = true;
    present = told_;
  }
  if (present) follower->call({present, present->last(), {}, false});
}

void Followers::tell() {
  Step step;
  std::vector<std::shared_ptr<Follower>> called;
  {
    std::lock_guard lock(mutex_);
    if (waiting_.empty() || is_ending_) return;
    step = std::move(waiting_.front());
    waiting_.pop_front();
    told_ = step.version;
    for (auto& [number, follower] : followers_)
      if (follower->has_begun) called.push_back(follower);
  }
  for (auto& follower : called) follower->call(step);
}

}  // namespace cairn::history

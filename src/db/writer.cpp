#include "db/writer.h"

#include <exception>

#include "base/check.h"
#include "base/log.h"

namespace cairn::db {
namespace {

/// A lane that waits is passed over this often, then it has a turn.
constexpr size_t kPassedMax = 8;
/// A group takes in no more closures after this long, so that people wait for no more than this behind an import.
constexpr Duration kGroupTime = milliseconds(50);
constexpr Duration kSettleEvery = milliseconds(500);

const Error kAway{Code::unavailable, "the database server is away; try again in a moment"};

thread_local const Writer* current_writer = nullptr;

}  // namespace

/// What a closure sees: the writer's connection, and its own hooks.
class Writer::JobTransaction final : public Transaction {
 public:
  JobTransaction(Connection& connection, Job& job) : connection_(connection), job_(job) {}
  Result<int64_t> run(std::string_view query, Binds binds) override { return connection_.run(query, binds); }
  Result<void> each(std::string_view query, Binds binds, const Visit& visit) override {
    return connection_.each(query, binds, visit);
  }
  Result<std::unique_ptr<BulkWriter>> pour(const BulkTable& table) override { return connection_.pour(table); }
  void on_commit(Task hook) override { job_.committed.push_back(std::move(hook)); }
  void on_rollback(Task hook) override { job_.undone.push_back(std::move(hook)); }

 private:
  Connection& connection_;
  Job& job_;
};

Writer::Writer(World& world, Connection& connection, Options options, Task after_group)
    : world_(world),
      connection_(connection),
      options_(options),
      after_group_(std::move(after_group)),
      queue_owner_(world.executor.make_queue("writer")),
      queue_(*queue_owner_) {}

Writer::~Writer() {
  queue_owner_.reset();
  if (!unsettled_) return;
  for (Job& job : *unsettled_)
    job.result = fail(Code::unavailable, "the store was lost while this was being saved; check whether it was");
  finish(*unsettled_);
}

Result<void> Writer::write(Lane lane, Store::Work work, Store::Done done) {
  std::lock_guard lock(mutex_);
  auto& waiting = lanes_[static_cast<size_t>(lane)];
  if (waiting.size() >= options_.lane_limit)
    return fail(Code::overloaded, "too much is waiting to be saved; try again in a moment");
  waiting.push_back({std::move(work), std::move(done), {}, {}, {}});
  schedule();
  return {};
}

bool Writer::is_current_thread() const { return current_writer == this; }

/// REQUIRES: mutex_ is held.
void Writer::schedule() {
  if (scheduled_) return;
  scheduled_ = true;
  queue_.post([this] { turn(); });
}

void Writer::turn() {
  current_writer = this;
  run_group();
  after_group_();
  current_writer = nullptr;
  std::lock_guard lock(mutex_);
  scheduled_ = false;
  for (const auto& waiting : lanes_)
    if (!waiting.empty()) return schedule();
}

std::optional<Writer::Job> Writer::take() {
  std::lock_guard lock(mutex_);
  std::optional<size_t> pick;
  for (size_t lane = 0; lane < kLanes; ++lane)
    if (!lanes_[lane].empty() && (!pick || passed_[lane] >= kPassedMax)) pick = lane;
  if (!pick) return std::nullopt;
  for (size_t lane = 0; lane < kLanes; ++lane)
    passed_[lane] = lane == *pick || lanes_[lane].empty() ? 0 : passed_[lane] + 1;
  Job job = std::move(lanes_[*pick].front());
  lanes_[*pick].pop_front();
  return job;
}

void Writer::run_group() {
  if (unsettled_ && !try_settle()) return fail_group(kAway);
  auto begun = connection_.begin_write();
  if (!begun) return fail_group(begun.error());
  Group group;
  Filled filled = fill(group);
  groups_ += !group.empty();
  if (filled == Filled::ready) return commit_group(group);
  if (filled == Filled::nothing_held) return finish(group);
  connection_.rollback();
  undo_all(group);
  run_each_alone(group);
}

/// Runs waiting closures in the open transaction.
Writer::Filled Writer::fill(Group& group) {
  Duration start = world_.clock.elapsed();
  while (group.size() < options_.group_limit) {
    auto job = take();
    if (!job) break;
    bool bare = group.empty();
    group.push_back(std::move(*job));
    Step step = run_in_group(group.back(), bare);
    if (step == Step::lost) return Filled::lost;
    if (step == Step::failed && bare) return Filled::nothing_held;
    if (world_.clock.elapsed() - start >= kGroupTime) break;
  }
  return Filled::ready;
}

Writer::Step Writer::run_in_group(Job& job, bool bare) {
  if (!bare && !connection_.open_savepoint()) return Step::lost;
  job.result = run_work(job);
  if (job.result && !bare) job.result = connection_.release_savepoint();
  if (job.result) return Step::kept;
  if (bare) {
    undo(job);
    connection_.rollback();
    return Step::failed;
  }
  if (!connection_.in_transaction() || !connection_.rollback_to_savepoint()) {
    job.result = {};  // it did not fail by itself, perhaps: it runs again with the others
    return Step::lost;
  }
  undo(job);
  return Step::failed;
}

Result<void> Writer::run_work(Job& job) {
  JobTransaction transaction(connection_, job);
  Result<void> result;
  try {
    result = job.work(transaction);
  } catch (const std::exception& e) {
    result = fail(Code::internal, "this could not be saved because of a fault of ours; the log has more");
    result.error().detail = e.what();
  }
  // A closure that overlooked a failed statement has failed all the same.
  if (result && connection_.doom()) result = tl::unexpected(*connection_.doom());
  if (!result && result.error().code == Code::internal)
    log_error("a write failed: {} ({})", result.error().message, result.error().detail);
  return result;
}

void Writer::commit_group(Group& group) {
  Duration start = world_.clock.elapsed();
  auto committed = connection_.commit();
  int64_t took = (world_.clock.elapsed() - start).micros;
  if (took > longest_commit_micros_) longest_commit_micros_ = took;
  if (committed) return finish(group);
  if (connection_.is_outcome_unknown()) return hold_unsettled(std::move(group));
  connection_.rollback();
  undo_all(group);
  if (group.size() > 1) return run_each_alone(group);
  if (!group.empty()) group.front().result = tl::unexpected(committed.error());
  finish(group);
}

void Writer::run_each_alone(Group& group) {
  for (Job& job : group) {
    if (job.result && unsettled_ && !try_settle()) job.result = tl::unexpected(kAway);
    if (job.result) run_alone(job);
    if (!connection_.is_outcome_unknown() || unsettled_) {
      finish(job);
    } else {
      Group alone;
      alone.push_back(std::move(job));
      hold_unsettled(std::move(alone));
    }
  }
}

void Writer::run_alone(Job& job) {
  job.result = connection_.begin_write();
  if (!job.result) return;
  job.result = run_work(job);
  if (job.result) {
    job.result = connection_.commit();
    if (connection_.is_outcome_unknown()) job.result = {};  // well so far as is known; the server has the last word
  }
  if (job.result) return;
  connection_.rollback();
  undo(job);
}

/// Hooks of all that holds, then every answer.
void Writer::finish(Group& group) {
  for (Job& job : group)
    if (job.result)
      for (Task& hook : job.committed) hook();
  for (Job& job : group) {
    job.committed.clear();
    finish(job);
  }
}

void Writer::finish(Job& job) {
  ++writes_;
  failed_ += !job.result;
  if (job.result)
    for (Task& hook : job.committed) hook();
  job.done(std::move(job.result));
}

void Writer::undo(Job& job) {
  for (auto hook = job.undone.rbegin(); hook != job.undone.rend(); ++hook) (*hook)();
  job.undone.clear();
  job.committed.clear();
}

void Writer::undo_all(Group& group) {
  for (auto job = group.rbegin(); job != group.rend(); ++job) undo(*job);
}

void Writer::fail_group(const Error& error) {
  Group group;
  for (auto job = take(); job; job = take()) {
    group.push_back(std::move(*job));
    group.back().result = tl::unexpected(error);
    if (group.size() == options_.group_limit) break;
  }
  finish(group);
}

void Writer::hold_unsettled(Group group) {
  unsettled_ = std::move(group);
  settle_later();
}

void Writer::settle_later() {
  if (settling_later_) return;
  settling_later_ = true;
  queue_.post_after(kSettleEvery, [this] {
    settling_later_ = false;
    (void)try_settle();
  });
}

/// False while the server has not told what became of the unsettled group.
bool Writer::try_settle() {
  if (!unsettled_) return true;
  auto holds = connection_.settle();
  if (!holds) {
    settle_later();
    return false;
  }
  Group group = std::move(*unsettled_);
  unsettled_.reset();
  if (!*holds) {
    undo_all(group);
    for (Job& job : group)
      if (job.result) job.result = fail(Code::unavailable, "the store was lost before this was saved; try again");
  }
  finish(group);
  return true;
}

Store::Figures Writer::figures() const {
  Store::Figures out;
  out.groups = groups_;
  out.writes = writes_;
  out.failed = failed_;
  out.longest_commit = {longest_commit_micros_};
  std::lock_guard lock(mutex_);
  for (const auto& waiting : lanes_) out.waiting += waiting.size();
  return out;
}

}  // namespace cairn::db

// The writer against a connection that fails when told to: what was answered well must hold, once, and nothing else.
#include "db/writer.h"

#include <gtest/gtest.h>

#include <set>

#include "base/check.h"

namespace cairn::db {
namespace {

/// Keeps the numbers that were put, with PostgreSQL's manners.
class FakeConnection final : public Connection {
 public:
  explicit FakeConnection(const QuerySet& queries) : Connection(queries) {}

  std::function<bool(std::string_view step)> fails = [](std::string_view) { return false; };
  std::vector<int64_t> kept;

  Result<void> execute(const std::string& script) override {
    CHECK(open_, "{} outside a transaction", script);
    if (fails(script)) return lose();
    if (script.starts_with("SAVEPOINT")) mark_ = pending_.size();
    if (script.starts_with("ROLLBACK TO")) pending_.resize(mark_);
    if (script == "ROLLBACK") open_ = false;
    return {};
  }
  bool in_transaction() const override { return open_; }
  bool is_outcome_unknown() const override { return unknown_.has_value(); }
  Result<bool> settle() override {
    if (fails("settle")) return fail(Code::unavailable, "still away");
    bool held = *unknown_;
    unknown_.reset();
    return held;
  }

 protected:
  Result<void> begin(bool) override {
    CHECK(!open_ && !unknown_);
    if (fails("begin")) return fail(Code::unavailable, "away");
    pending_.clear();
    open_ = true;
    return {};
  }
  Result<void> send_commit() override {
    if (fails("cut off before")) return cut_off(false);
    if (fails("COMMIT")) return lose();
    kept.insert(kept.end(), pending_.begin(), pending_.end());
    if (fails("cut off after")) return cut_off(true);
    open_ = false;
    return {};
  }
  Result<void> prepare(const Query&) override { return {}; }
  Result<int64_t> run_query(const Query&, std::span<const Value> values) override {
    CHECK(open_);
    if (fails("put")) return tl::unexpected(lose().error());
    pending_.push_back(std::get<int64_t>(values[0]));
    return 1;
  }
  Result<void> visit_query(const Query&, std::span<const Value>, const Visit&) override { return {}; }
  Result<std::unique_ptr<BulkWriter>> open_pour(const BulkTable&) override { return fail(Code::internal, "no"); }

 private:
  Result<void> lose() {
    open_ = false;
    return fail(Code::unavailable, "lost");
  }
  Result<void> cut_off(bool held) {
    open_ = false;
    unknown_ = held;
    return fail(Code::unavailable, "cut off");
  }

  std::vector<int64_t> pending_;
  size_t mark_ = 0;
  bool open_ = false;
  std::optional<bool> unknown_;
};

/// A queue that runs on the test's own thread, when told.
class HandQueue final : public Queue {
 public:
  explicit HandQueue(std::deque<Task>& tasks) : tasks_(tasks) {}
  ~HandQueue() override { run_all(); }
  void post(Task task) override { tasks_.push_back(std::move(task)); }
  void post_after(Duration, Task task) override { later.push_back(std::move(task)); }
  void run_all() {
    while (!tasks_.empty()) {
      Task task = std::move(tasks_.front());
      tasks_.pop_front();
      task();
    }
  }
  std::vector<Task> later;

 private:
  std::deque<Task>& tasks_;
};

class HandExecutor final : public Executor {
 public:
  std::unique_ptr<Queue> make_queue(std::string_view) override {
    auto made = std::make_unique<HandQueue>(tasks);
    queue = made.get();
    return made;
  }
  std::shared_ptr<Signal> make_signal() override { return system_executor().make_signal(); }
  std::unique_ptr<Thread> start(std::string_view name, Task loop) override {
    return system_executor().start(name, std::move(loop));
  }
  void parallel_for(size_t count, const std::function<void(size_t)>& body) override {
    for (size_t i = 0; i < count; ++i) body(i);
  }
  unsigned parallelism() const override { return 1; }

  std::deque<Task> tasks;
  HandQueue* queue = nullptr;
};

class WriterTest : public testing::Test {
 protected:
  WriterTest() {
    CHECK(queries_.add("", "test", "-- name: put\nSELECT :n"));
    make_writer();
  }
  void make_writer() {
    writer_ = std::make_unique<Writer>(world_, connection_, Writer::Options{1000, 64}, [] {});
  }
  /// Puts n; a `poor` one then fails by itself.
  void queue(int64_t n, bool poor = false, Lane lane = Lane::people) {
    auto queued = writer_->write(
        lane,
        [this, n, poor](Transaction& t) -> Result<void> {
          t.on_commit([this, n] { EXPECT_TRUE(held_.insert(n).second) << n; });
          t.on_rollback([this, n] { ++undone_[n]; });
          TRY(t.run("put", {{"n", n}}));
          if (poor) return fail(Code::invalid, "poor");
          return {};
        },
        [this, n](const Result<void>& result) { EXPECT_TRUE(answers_.emplace(n, result.has_value()).second) << n; });
    EXPECT_TRUE(queued);
  }
  void run() { executor_.queue->run_all(); }
  void run_later() {
    auto later = std::move(executor_.queue->later);
    executor_.queue->later.clear();
    for (Task& task : later) task();
    run();
  }
  /// What was answered well, by the answers.
  std::set<int64_t> well() const {
    std::set<int64_t> out;
    for (auto [n, good] : answers_)
      if (good) out.insert(n);
    return out;
  }
  void expect_kept_is_well() {
    std::set<int64_t> kept(connection_.kept.begin(), connection_.kept.end());
    EXPECT_EQ(kept.size(), connection_.kept.size()) << "something was kept twice";
    EXPECT_EQ(kept, well());
    EXPECT_EQ(held_, well());
  }

  QuerySet queries_{Driver::sqlite};
  FakeConnection connection_{queries_};
  FakeClock clock_{Time{}};
  HandExecutor executor_;
  World world_{clock_, system_entropy(), executor_, system_files()};
  std::map<int64_t, bool> answers_;
  std::set<int64_t> held_;
  std::map<int64_t, int> undone_;
  std::unique_ptr<Writer> writer_;
};

TEST_F(WriterTest, ManyShareOneCommit) {
  int commits = 0;
  connection_.fails = [&](std::string_view step) {
    commits += step == "COMMIT";
    return false;
  };
  for (int64_t n = 0; n < 64; ++n) queue(n);
  run();
  EXPECT_EQ(commits, 1);
  EXPECT_EQ(connection_.kept.size(), 64u);
  expect_kept_is_well();
}

TEST_F(WriterTest, AGroupThatCannotCommitRunsOneByOne) {
  int commits = 0;
  // The group's commit fails, then that of the third alone: it is the bad one.
  connection_.fails = [&](std::string_view step) { return step == "COMMIT" && (++commits == 1 || commits == 4); };
  for (int64_t n = 0; n < 5; ++n) queue(n);
  run();
  EXPECT_EQ(well(), (std::set<int64_t>{0, 1, 3, 4}));
  EXPECT_EQ(undone_, (std::map<int64_t, int>{{0, 1}, {1, 1}, {2, 2}, {3, 1}, {4, 1}}));
  expect_kept_is_well();
}

TEST_F(WriterTest, WaitsForTheServersWordOnACommitThatWasCutOff) {
  for (bool held : {false, true}) {
    bool away = true;
    connection_.fails = [&](std::string_view step) {
      return away && (step == "settle" || step == (held ? "cut off after" : "cut off before"));
    };
    int64_t first = held ? 10 : 0;
    queue(first);
    queue(first + 1, true);
    run();
    EXPECT_FALSE(answers_.contains(first)) << "answered on a guess";
    queue(first + 2);
    run();
    EXPECT_EQ(answers_.at(first + 2), false);
    run_later();
    EXPECT_FALSE(answers_.contains(first));
    away = false;
    run_later();
    EXPECT_EQ(answers_.at(first), held);
    EXPECT_EQ(answers_.at(first + 1), false);
    queue(first + 3);
    run();
    EXPECT_EQ(answers_.at(first + 3), true);
    expect_kept_is_well();
  }
}

TEST_F(WriterTest, AnswersWhatIsNeverSettled) {
  connection_.fails = [&](std::string_view step) { return step == "settle" || step == "cut off before"; };
  queue(1);
  run();
  EXPECT_TRUE(answers_.empty());
  queue(2);
  writer_.reset();
  EXPECT_EQ(answers_, (std::map<int64_t, bool>{{1, false}, {2, false}}));
}

TEST_F(WriterTest, HoldsUnderRandomFailures) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    double risk = random.uniform() * 0.2;
    connection_.fails = [&](std::string_view) { return random.chance(risk); };
    int64_t first = static_cast<int64_t>(seed) * 1000, next = first;
    for (int round = 0; round < 10; ++round) {
      for (uint64_t i = random.below(20); i > 0; --i)
        queue(next++, random.chance(0.2), static_cast<Lane>(random.below(4)));
      if (random.chance(0.7)) run();
      if (random.chance(0.5)) run_later();
    }
    connection_.fails = [](std::string_view) { return false; };
    for (int i = 0; i < 3; ++i) {
      run();
      run_later();
    }
    EXPECT_EQ(answers_.size(), static_cast<size_t>(next - first));
    expect_kept_is_well();
    answers_.clear();
    held_.clear();
    connection_.kept.clear();
  }
}

}  // namespace
}  // namespace cairn::db

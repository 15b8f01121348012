// A shop for benches, in one process on a real disk: its store, its log and its history; and who looks on beside.
#pragma once
#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/hash.h"
#include "bench/bench.h"
#include "bench/visits.h"
#include "events/brand.h"
#include "history/history.h"
#include "support/temp_dir.h"

namespace cairn::bench {

inline constexpr int kGroup = 500;
inline constexpr int kGroupsUnderWay = 4;
inline constexpr int64_t kCustomers = 200'000;

class ByHash final : public events::Identify {
 public:
  Result<CustomerId> identify(db::Transaction&, const std::vector<events::Identifier>& ids, const Context&) override {
    return CustomerId{static_cast<int64_t>(hash64(ids.front().value) >> 1)};
  }
};

/// A shop's store and log with their history.
class Shop {
 public:
  Shop() {
    store_ = std::move(db::Store::open(world_, {.directory = dir_ / "data"}).value());
    CHECK(store_->write_now(db::Lane::people, [](db::Transaction& tx) {
      return events::write_brand(tx, {"Shop", Currency::parse("EUR").value(), "Europe/Paris"});
    }));
    log_ = std::move(events::Log::open(world_, *store_, dir_ / "data").value());
    source_ = log_->ensure_source("shop").value();
  }
  ~Shop() {
    history_.reset();
    log_.reset();
  }
  history::History& open(history::Options options = {}) {
    history_.reset();
    history_ = std::move(history::History::open(world_, *store_, *log_, dir_ / "data", options).value());
    return *history_;
  }
  void close() { history_.reset(); }

  std::vector<events::NewEvent> group(int count) {
    static const char* const kKinds[] = {"Product Viewed", "Product Viewed", "Product Viewed", "Product Viewed",
                                         "Product Added",  "Page Viewed",    "Order Completed"};
    std::vector<events::NewEvent> out(static_cast<size_t>(count));
    for (events::NewEvent& e : out) {
      e.kind = kKinds[random_.below(std::size(kKinds))];
      ++made_;
      e.occurred_at = occurs_now_ ? system_clock().now() : begin_ + microseconds(100'000 * made_);
      e.source_key = fmt::format("m-{:016x}", mix(static_cast<uint64_t>(made_)));
      int64_t visitor =
          load::next_visitor(visitors_, random_, [&] { return static_cast<int64_t>(random_.below(kCustomers)); });
      e.identifiers = {{"user_id", std::to_string(visitor)}};
      e.properties = fmt::format(
          R"({{"order_id":"{}","total":{}.{},"channel":"{}","sku":"S-{}","name":"Product {}","category":"c{}"}})",
          made_, random_.below(300), 10 + random_.below(90), random_.chance(0.5) ? "web" : "app", random_.below(5000),
          random_.below(5000), random_.below(30));
    }
    return out;
  }
  /// Queues a group; `done` gets the highest seq that is committed.
  void write(std::vector<events::NewEvent> events, std::function<void()> done) {
    auto shared = std::make_shared<std::vector<events::NewEvent>>(std::move(events));
    auto queued = store_->write(
        db::Lane::ingestion,
        [this, shared](db::Transaction& tx) -> Result<void> {
          TRY(log_->append(tx, identify_, *shared, {.source = source_}));
          return {};
        },
        [done](Result<void> result) {
          CHECK(result, "{}", result.error().message);
          done();
        });
    CHECK(queued);
  }
  /// Rows a second, as fast as the store takes them.
  double pour(int64_t count) {
    std::vector<std::vector<events::NewEvent>> groups;
    for (int64_t i = 0; i < count / kGroup; ++i) groups.push_back(group(kGroup));
    std::atomic<int> under_way{0};
    auto pause = system_executor().make_signal();
    double took = seconds_of([&] {
      for (auto& events : groups) {
        while (under_way >= kGroupsUnderWay) (void)pause->wait_for(microseconds(200));
        ++under_way;
        write(std::move(events), [&] { --under_way; });
      }
      while (under_way > 0) (void)pause->wait_for(microseconds(200));
    });
    return static_cast<double>(count) / took;
  }
  /// So many rows a second, a few each millisecond.
  void trickle(int a_second, Duration how_long) {
    auto pause = system_executor().make_signal();
    Duration begin = system_clock().elapsed();
    for (int64_t ms = 0; ms * 1000 < how_long.micros; ++ms) {
      write(group(a_second / 1000), [] {});
      while (system_clock().elapsed() - begin < milliseconds(ms)) (void)pause->wait_for(microseconds(100));
    }
  }
  World& world() { return world_; }
  db::Store& store() { return *store_; }
  events::Log& log() { return *log_; }
  /// Events occur from this moment on, a tenth of a second apart.
  void begin_at(Time t) { begin_ = t; }
  /// From now on they occur when they are made.
  void occur_now() { occurs_now_ = true; }

 private:
  test::TempDir dir_;
  World world_ = system_world();
  Random random_{1};
  std::vector<int64_t> visitors_ = std::vector<int64_t>(load::kVisitors);
  int64_t made_ = 0;
  bool occurs_now_ = false;
  Time begin_{1'700'000'000'000'000};
  ByHash identify_;
  std::unique_ptr<db::Store> store_;
  std::unique_ptr<events::Log> log_;
  std::unique_ptr<history::History> history_;
  SourceId source_;
};

/// Looks on beside: how long after a commit is a row seen? `seen` says up to where.
class Watcher {
 public:
  Watcher(events::Log& log, std::function<Seq()> seen) : log_(log), seen_(std::move(seen)) {
    thread_ = system_executor().start("watcher", [this] { watch(); });
  }
  /// When all that was committed by now is seen. Milliseconds.
  std::vector<double> end() {
    last_ = log_.last().value;
    ends_ = true;
    thread_.reset();
    return std::move(lags_ms_);
  }

 private:
  void watch() {
    auto pause = system_executor().make_signal();
    std::vector<std::pair<int64_t, Duration>> commits;
    size_t next = 0;
    int64_t before = log_.last().value;
    for (;;) {
      bool is_last = ends_;
      Duration now = system_clock().elapsed();
      int64_t committed = log_.last().value, visible = seen_().value;
      if (committed != before) commits.emplace_back(before = committed, now);
      for (; next < commits.size() && commits[next].first <= visible; ++next)
        lags_ms_.push_back((now - commits[next].second).seconds() * 1000);
      if (is_last && (next == commits.size() || visible >= last_)) return;
      (void)pause->wait_for(microseconds(500));
    }
  }
  events::Log& log_;
  std::function<Seq()> seen_;
  std::atomic<bool> ends_{false};
  std::atomic<int64_t> last_{0};
  std::vector<double> lags_ms_;
  std::unique_ptr<Thread> thread_;
};

inline double percentile(std::vector<double> values, double p) {
  CHECK(!values.empty());
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<size_t>(p * static_cast<double>(values.size())))];
}

}  // namespace cairn::bench

// The timeline in step with the log, in one process on a real disk: building, starting from a snapshot, and following
// while rows are poured in: visits of
// some eight events, two thousand at one time. CAIRN_BENCH_EVENTS (2,000,000) rows are stored before the first measure.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <mutex>

#include "base/check.h"
#include "base/hash.h"
#include "bench/bench.h"
#include "events/brand.h"
#include "history/history.h"
#include "support/temp_dir.h"

using namespace cairn;

namespace {

constexpr int kGroup = 500;
constexpr int kGroupsUnderWay = 4;
constexpr int64_t kPoured = 500'000;
constexpr int64_t kCustomers = 200'000;
constexpr size_t kVisitors = 2'000;  // at one time
constexpr double kLeaves = 1.0 / 8;  // after each event

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
      e.occurred_at = Time{1'700'000'000'000'000 + 100'000 * ++made_};
      e.source_key = fmt::format("m-{:016x}", mix(static_cast<uint64_t>(made_)));
      int64_t& visitor = visitors_[random_.below(kVisitors)];
      if (random_.chance(kLeaves)) visitor = static_cast<int64_t>(random_.below(kCustomers));
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
    double took = bench::seconds_of([&] {
      for (auto& events : groups) {
        while (under_way >= kGroupsUnderWay) (void)pause->wait_for(microseconds(200));
        ++under_way;
        write(std::move(events), [&] { --under_way; });
      }
      while (under_way > 0) (void)pause->wait_for(microseconds(200));
    });
    return static_cast<double>(count) / took;
  }
  events::Log& log() { return *log_; }

 private:
  test::TempDir dir_;
  World world_ = system_world();
  Random random_{1};
  std::vector<int64_t> visitors_ = std::vector<int64_t>(kVisitors);
  int64_t made_ = 0;
  ByHash identify_;
  std::unique_ptr<db::Store> store_;
  std::unique_ptr<events::Log> log_;
  std::unique_ptr<history::History> history_;
  SourceId source_;
};

/// Looks on beside: how long after a commit is a row in a version?
class Watcher {
 public:
  Watcher(Shop& shop, history::History& history) : shop_(shop), history_(history) {
    thread_ = system_executor().start("watcher", [this] { watch(); });
  }
  /// When all that is committed is visible.
  std::vector<double> end() {
    ends_ = true;
    thread_.reset();
    return std::move(lags_ms_);
  }

 private:
  void watch() {
    auto pause = system_executor().make_signal();
    std::vector<std::pair<int64_t, Duration>> commits;
    size_t next = 0;
    int64_t before = shop_.log().last().value;
    for (;;) {
      bool is_last = ends_;
      Duration now = system_clock().elapsed();
      int64_t committed = shop_.log().last().value, visible = history_.version()->last().value;
      if (committed != before) commits.emplace_back(before = committed, now);
      for (; next < commits.size() && commits[next].first <= visible; ++next)
        lags_ms_.push_back((now - commits[next].second).seconds() * 1000);
      if (is_last && next == commits.size()) return;
      (void)pause->wait_for(microseconds(500));
    }
  }
  Shop& shop_;
  history::History& history_;
  std::atomic<bool> ends_{false};
  std::vector<double> lags_ms_;
  std::unique_ptr<Thread> thread_;
};

double percentile(std::vector<double> values, double p) {
  CHECK(!values.empty());
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<size_t>(p * static_cast<double>(values.size())))];
}

void caught_up(history::History& history) {
  auto done = history.catch_up();
  CHECK(done, "{}", done.error().message);
}

void measure_start(Shop& shop, bench::Report& report, int64_t stored) {
  history::History* history = &shop.open();
  double built = bench::seconds_of([&] { caught_up(*history); });
  report.add({.name = "history.build_rows", .value = static_cast<double>(stored) / built, .unit = "1/s"});
  double closed = bench::seconds_of([&] { shop.close(); });
  report.add({.name = "history.snapshot_s", .value = closed, .unit = "s"});
  history = &shop.open();
  double mapped = bench::seconds_of([&] { caught_up(*history); });
  CHECK(history->standing().finding.empty(), "{}", history->standing().finding);
  report.add({.name = "history.start_s", .value = mapped, .unit = "s", .floor = 3, .lower_is_better = true});
}

void measure_following(Shop& shop, bench::Report& report) {
  shop.close();
  double alone = bench::median_of(3, [&] { return shop.pour(kPoured); });
  history::History& history = shop.open();
  history.start();
  caught_up(history);
  Watcher full(shop, history);
  double beside = bench::median_of(3, [&] { return shop.pour(kPoured); });
  double behind = static_cast<double>(shop.log().last().value - history.version()->last().value);
  auto lags = full.end();
  report.add({.name = "history.rows_behind", .value = behind, .unit = "rows"});
  report.add({.name = "history.pour_beside",
              .value = beside,
              .unit = "1/s",
              .peer = "without it",
              .peer_value = alone,
              .floor = 0.9});
  report.add({.name = "history.lag_full_max_ms",
              .value = percentile(lags, 1),
              .unit = "ms",
              .floor = 1000,
              .lower_is_better = true});

  constexpr int kPerSecond = 5000, kMillis = 10'000;
  caught_up(history);
  Watcher paced(shop, history);
  auto pause = system_executor().make_signal();
  Duration begin = system_clock().elapsed();
  for (int i = 0; i < kMillis; ++i) {
    shop.write(shop.group(kPerSecond / 1000), [] {});
    while (system_clock().elapsed() - begin < milliseconds(i)) (void)pause->wait_for(microseconds(100));
  }
  caught_up(history);
  lags = paced.end();
  report.add({.name = "history.visible_p50_ms", .value = percentile(lags, 0.5), .unit = "ms"});
  report.add({.name = "history.visible_p99_ms",
              .value = percentile(lags, 0.99),
              .unit = "ms",
              .floor = 200,
              .lower_is_better = true});
}

}  // namespace

int main(int argc, char** argv) {
  bench::Report report(argc, argv);
  const char* named = std::getenv("CAIRN_BENCH_EVENTS");
  int64_t stored = named && *named ? std::atoll(named) : 2'000'000;
  Shop shop;
  for (int64_t done = 0; done < stored; done += kPoured) shop.pour(std::min(kPoured, stored - done));
  measure_start(shop, report, stored);
  measure_following(shop, report);
  return report.finish();
}

// The timeline in step with the log, in one process on a real disk: building, starting from a snapshot, and following
// while rows are poured in (shop.h). CAIRN_BENCH_EVENTS (2,000,000) rows are stored before the first measure.
#include <cstdlib>

#include "bench/shop.h"
#include "db/store.h"
#include "events/brand.h"
#include "history/history.h"

using namespace cairn;
using bench::Shop;
using bench::Watcher;

namespace {

constexpr int64_t kPoured = 500'000;

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
  Watcher full(shop.log(), [&] { return history.version()->last(); });
  double beside = bench::median_of(3, [&] { return shop.pour(kPoured); });
  double behind = static_cast<double>(shop.log().last().value - history.version()->last().value);
  auto lags = full.end();
  report.add({.name = "history.rows_behind", .value = behind, .unit = "rows"});
  // Somebody asks without end, and is to wait for a second at most: that takes the cores of a pour that comes from no
  // network.
  report.add(
      {.name = "history.pour_beside", .value = beside, .unit = "1/s", .peer = "without it", .peer_value = alone});
  report.add({.name = "history.lag_full_max_ms",
              .value = bench::percentile(lags, 1),
              .unit = "ms",
              .floor = 1000,
              .lower_is_better = true});

  caught_up(history);
  Watcher paced(shop.log(), [&] { return history.version()->last(); });
  shop.trickle(5000, seconds(10));
  caught_up(history);
  lags = paced.end();
  report.add({.name = "history.visible_p50_ms", .value = bench::percentile(lags, 0.5), .unit = "ms"});
  report.add({.name = "history.visible_p99_ms",
              .value = bench::percentile(lags, 0.99),
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

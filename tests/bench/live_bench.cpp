// Everything at once, in one process on a real disk: 5,000 events a second with 200 live segments, of which 50 depend
// on the kind that comes most: how long after its commit is an event in the timelines, and decided and recorded in the
// segments? Then full speed: how long until the segments have caught up; and what a long question that runs again and
// again takes from it. CAIRN_BENCH_EVENTS (500,000) rows are stored before, CAIRN_LIVE_SECONDS (20)
// are measured, with CAIRN_LIVE_SEGMENTS (200).
#include <cstdlib>

#include "base/priority.h"
#include "bench/shop.h"
#include "db/store.h"
#include "events/brand.h"
#include "history/history.h"
#include "questions/service.h"
#include "segments/service.h"

using namespace cairn;

namespace {

constexpr int kDepending = 50;
constexpr int64_t kPoured = 500'000;

int64_t asked(const char* name, int64_t otherwise) {
  const char* said = std::getenv(name);
  return said && *said ? std::atoll(said) : otherwise;
}

/// A question over everything.
constexpr const char* kLong =
    "select(sequence(product_viewed then product_added then order_completed within 30 days) >= 1 and "
    "distinct(product_viewed.sku) >= 3)";

/// Those that read product views, with n from 1 on.
constexpr std::array kOfViews = {
    "count(product_viewed last {}0 days) >= 30",
    "sum(product_viewed.position last {}0 days) >= 100",
    "days_since(product_viewed) > {} and count(product_viewed) >= 3",
    "distinct(product_viewed.sku last {}0 days) >= 25",
    "count(product_viewed this month) >= 2{}",
    "sequence(product_viewed then order_completed within {} days last 90 days) >= 4",
};
constexpr std::array kOfOthers = {
    "count(email_opened last {} days) >= 2",
    "exists(ticket_opened where severity = \"high\" last {} days)",
    "avg(survey_answered.score last {}0 days) < 6",
    "count(article_viewed) >= {}",
    "sum(order_completed.total last {}0 days) >= 5000 EUR",
};

struct Server {
  explicit Server(bench::Shop& shop)
      : history(shop.open()),
        questions(shop.world(), history),
        segments(segments::Service::open(shop.world(), shop.store(), shop.log(), history, questions).value()) {}

  void add_segments() {
    int live = static_cast<int>(asked("CAIRN_LIVE_SEGMENTS", 200));
    for (int i = 0; i < live; ++i) {
      const char* form = i < kDepending ? kOfViews[static_cast<size_t>(i) % kOfViews.size()]
                                        : kOfOthers[static_cast<size_t>(i) % kOfOthers.size()];
      auto made = segments->add(accounts::Actor::operator_of_machine(),
                                {fmt::format("s{}", i), fmt::format(fmt::runtime(form), 1 + i % 9)});
      CHECK(made, "{}: {}", form, made.error().message);
    }
  }
  void catch_up() {
    for (;;)
      if (segments->catch_up()) return;
  }

  history::History& history;
  questions::Service questions;
  std::unique_ptr<segments::Service> segments;
};

void measure_trickle(bench::Shop& shop, Server& server, bench::Report& report) {
  bench::Watcher timelines(shop.log(), [&] { return server.history.version()->last(); });
  bench::Watcher decided(shop.log(), [&] { return server.segments->seen(); });
  int64_t before = shop.log().last().value;
  int64_t secs = asked("CAIRN_LIVE_SECONDS", 20);
  shop.trickle(5000, seconds(secs));
  auto visible = timelines.end(), known = decided.end();
  double changes = static_cast<double>(shop.log().last().value - before - 5000 * secs) / static_cast<double>(secs);
  report.add({.name = "live.changes_recorded", .value = changes, .unit = "1/s"});
  report.add({.name = "live.visible_p50_ms", .value = bench::percentile(visible, 0.5), .unit = "ms"});
  report.add({.name = "live.visible_p99_ms",
              .value = bench::percentile(visible, 0.99),
              .unit = "ms",
              .floor = 200,
              .lower_is_better = true});
  report.add({.name = "live.segments_p50_ms", .value = bench::percentile(known, 0.5), .unit = "ms"});
  report.add({.name = "live.segments_p99_ms",
              .value = bench::percentile(known, 0.99),
              .unit = "ms",
              .floor = 200,
              .lower_is_better = true});
}

void measure_flood(bench::Shop& shop, Server& server, bench::Report& report) {
  server.catch_up();
  bench::Watcher timelines(shop.log(), [&] { return server.history.version()->last(); });
  double poured = shop.pour(kPoured);
  auto visible = timelines.end();
  double after = bench::seconds_of([&] { server.catch_up(); });
  report.add({.name = "live.pour", .value = poured, .unit = "1/s"});
  report.add({.name = "live.lag_full_max_ms",
              .value = bench::percentile(visible, 1),
              .unit = "ms",
              .floor = 1000,
              .lower_is_better = true});
  report.add({.name = "live.segments_catch_up_s", .value = after, .unit = "s", .floor = 60, .lower_is_better = true});
}

/// Asks again and again until it is told to end.
class Asker {
 public:
  explicit Asker(Server& server) : server_(server) {
    thread_ = system_executor().start("asker", [this] {
      give_way();  // as the lane of long questions does
      while (!ends_) {
        auto answer = server_.questions.ask({kLong}, std::make_shared<questions::Running>());
        CHECK(answer, "{}", answer.error().message);
        ++answers_;
      }
    });
  }
  int end() {
    ends_ = true;
    thread_.reset();
    return answers_;
  }

 private:
  Server& server_;
  std::atomic<bool> ends_{false};
  int answers_ = 0;
  std::unique_ptr<Thread> thread_;
};

/// The pour alone, then with one question after the other beside it.
void measure_long(bench::Shop& shop, Server& server, bench::Report& report) {
  server.catch_up();
  double alone = bench::median_of(3, [&] { return shop.pour(kPoured); });
  Asker asker(server);
  double beside = bench::median_of(3, [&] { return shop.pour(kPoured); });
  report.add({.name = "live.long_questions", .value = static_cast<double>(asker.end()), .unit = "answers"});
  report.add({.name = "live.pour_beside_long",
              .value = beside,
              .unit = "1/s",
              .peer = "without questions",
              .peer_value = alone,
              .floor = 0.9});
}

}  // namespace

int main(int argc, char** argv) {
  bench::Report report(argc, argv);
  bench::Shop shop;
  int64_t stored = asked("CAIRN_BENCH_EVENTS", 500'000);
  shop.begin_at(system_clock().now() - microseconds(100'000 * stored) - hours(1));
  shop.pour(stored);
  shop.occur_now();
  Server server(shop);
  server.history.start();
  CHECK(server.segments->start(), "the keeper begins");
  server.add_segments();
  server.catch_up();
  measure_trickle(shop, server, report);
  measure_flood(shop, server, report);
  measure_long(shop, server, report);
  return report.finish();
}

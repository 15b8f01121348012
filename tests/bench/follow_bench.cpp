// What following costs: rows of visits, as a busy shop has them, put step after step (of CAIRN_FOLLOW_STEP rows, or of
// several sizes) into a timeline that holds CAIRN_FOLLOW_EVENTS (2,000,000) events already, on one core. Then the worst
// case, a flood of events of customers who return at random, each of whom has some twenty already: steps as large as
// they are in a flood, and the folds that they make necessary. Without store and log: `bench_history` has those.
#include <algorithm>
#include <cstdlib>

#include "base/check.h"
#include "base/random.h"
#include "bench/bench.h"
#include "events/kinds.h"
#include "timeline/bulk.h"
#include "timeline/timeline.h"

using namespace cairn;
using namespace cairn::timeline;

namespace {

constexpr size_t kRowsAtLeast = 20'000;  // in all steps of one size
constexpr size_t kSteps = 20;

/// Rows with the texts that they point to.
struct Rows {
  std::vector<std::string> texts;
  std::vector<Row> rows;
};

/// One event in 1 / leaves is of another of so many customers, at each of so many places.
struct Crowd {
  int64_t customers = 200'000;
  size_t visitors = 2'000;
  double leaves = 1.0 / 8;
};

class Visits {
 public:
  explicit Visits(Crowd crowd) : crowd_(crowd), visitors_(crowd.visitors, 1) {}
  Rows next(size_t count) {
    static const char* const kKinds[] = {"Product Viewed", "Product Viewed", "Product Viewed", "Product Viewed",
                                         "Product Added",  "Page Viewed",    "Order Completed"};
    Rows out;
    out.texts.reserve(count);
    for (size_t i = 0; i < count; ++i) {
      int64_t& visitor = visitors_[random_.below(visitors_.size())];
      if (random_.chance(crowd_.leaves))
        visitor = static_cast<int64_t>(mix(1 + random_.below(static_cast<uint64_t>(crowd_.customers))) >> 1);
      ++seq_;
      out.texts.push_back(fmt::format(
          R"({{"order_id":"{}","total":{}.{},"channel":"{}","sku":"S-{}","name":"Product {}","category":"c{}"}})", seq_,
          random_.below(300), 10 + random_.below(90), random_.chance(0.5) ? "web" : "app", random_.below(5000),
          random_.below(5000), random_.below(30)));
      Row row;
      row.seq = Seq{seq_};
      row.customer = CustomerId{visitor};
      row.kind = kKinds[random_.below(std::size(kKinds))];
      row.occurred_at = Time{1'700'000'000'000'000 + 100'000 * seq_};
      row.known_at = row.occurred_at + microseconds(static_cast<int64_t>(1'000'000 + random_.below(400'000)));
      row.properties = out.texts.back();
      out.rows.push_back(row);
    }
    return out;
  }
  Seq last() const { return Seq{seq_}; }

 private:
  Random random_{1};
  Crowd crowd_;
  std::vector<int64_t> visitors_;
  int64_t seq_ = 0;
};

/// A timeline of so many events.
std::unique_ptr<Timeline> timeline_of(Visits& visits, int64_t events) {
  auto schema =
      std::make_shared<const Schema>(events::declared_kinds(), Reading{Currency::parse("EUR").value(), Zone()});
  Bulk bulk(schema);
  for (int64_t done = 0; done < events; done += 100'000) bulk.add(visits.next(100'000).rows, system_executor());
  auto timeline = std::make_unique<Timeline>(bulk.schema(), Options{});
  timeline->adopt(bulk.schema(), bulk.finish(system_executor()), visits.last());
  return timeline;
}

/// Microseconds a row of a flood that is a fifth of what is there: steps, and folds of what presses.
double cost_of_flood(int64_t events, size_t rows_a_step) {
  Visits visits({.customers = events / 20, .visitors = 1'000, .leaves = 1});
  auto timeline = timeline_of(visits, events);
  double taken = 0;
  int64_t rows = 0;
  for (; rows < events / 5; rows += static_cast<int64_t>(rows_a_step)) {
    Rows step = visits.next(rows_a_step);
    taken += bench::seconds_of([&] {
      CHECK(timeline->apply(step.rows, visits.last()), "the rows are sound");
      if (timeline->wants_fold(Timeline::FoldWhich::pressing))
        CHECK(timeline->fold(system_executor(), Timeline::FoldWhich::pressing), "nothing is damaged");
    });
  }
  return 1e6 * taken / static_cast<double>(rows);
}

/// Microseconds a row, steps of so many rows.
double cost_of(Timeline& timeline, Visits& visits, size_t rows_a_step) {
  double taken = 0;
  size_t steps = std::max(kSteps, kRowsAtLeast / rows_a_step);
  for (size_t step = 0; step < steps; ++step) {
    Rows rows = visits.next(rows_a_step);
    taken += bench::seconds_of([&] { CHECK(timeline.apply(rows.rows, visits.last()), "the rows are sound"); });
  }
  return 1e6 * taken / static_cast<double>(steps * rows_a_step);
}

}  // namespace

int main(int argc, char** argv) {
  bench::Report report(argc, argv);
  const char* asked = std::getenv("CAIRN_FOLLOW_EVENTS");
  int64_t events = asked && *asked ? std::atoll(asked) : 2'000'000;
  Visits visits{Crowd()};
  auto held = timeline_of(visits, events);
  Timeline& timeline = *held;
  const char* step = std::getenv("CAIRN_FOLLOW_STEP");
  std::vector<size_t> steps = {50'000, 2'000, 200};
  if (step && *step) steps = {std::strtoull(step, nullptr, 10)};
  for (size_t rows : steps) {
    double cost = cost_of(timeline, visits, rows);
    report.add({.name = fmt::format("follow.row_in_steps_of_{}_us", rows), .value = cost, .unit = "us"});
    double folded = bench::seconds_of(
        [&] { CHECK(timeline.fold(system_executor(), Timeline::FoldWhich::all), "nothing is damaged"); });
    report.add({.name = fmt::format("follow.fold_after_{}_s", rows), .value = folded, .unit = "s"});
  }
  for (size_t rows : {size_t{20'000}, size_t{131'072}})
    report.add({.name = fmt::format("follow.flood_of_returning_in_steps_of_{}_us", rows),
                .value = cost_of_flood(events, rows),
                .unit = "us"});
  return report.finish();
}

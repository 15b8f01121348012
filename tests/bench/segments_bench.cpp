// Living segments: what one event costs when 200 are live, of which 50 depend on its kind, and its customer has at most
// 1,000 events. CAIRN_SEGMENT_EVENTS (2,000) events are timed one by one, each from the version that shows it to the
// last membership decided.
#include <algorithm>
#include <cstdlib>

#include "base/check.h"
#include "base/random.h"
#include "bench/bench.h"
#include "events/kinds.h"
#include "query/parser.h"
#include "segments/membership.h"
#include "timeline/timeline.h"

using namespace cairn;

namespace {

constexpr int kCustomers = 2000;
constexpr int kLive = 200, kDepending = 50;
const Time kNow = parse_moment("2026-01-01", Zone()).value();
constexpr std::array kKinds = {"Order Completed", "Product Viewed", "Product Added",   "Email Opened",
                               "Ticket Opened",   "Page Viewed",    "Survey Answered", "Article Viewed"};

/// Those that read orders, with n between 1 and 50.
constexpr std::array kOfOrders = {
    "count(order_completed last {} days) >= 3",
    "sum(order_completed.total last {}0 days) >= 500 EUR",
    "exists(order_completed where total > {} EUR last 30 days) and days_since(order_completed) < 60",
    "days_since(order_completed) > {}",
    "avg(order_completed.total) > {} EUR",
    "last(order_completed.channel) = \"web\" and count(order_completed) >= {}",
    "distinct(order_completed.channel last {}0 days) >= 2",
    "exists(product_added last {} days) and not exists(order_completed last 3 days)",
    "sequence(product_viewed then order_completed within {} days last 90 days) >= 1",
    "count(order_completed this month) >= {}",
};
constexpr std::array kOfOthers = {
    "count(email_opened last {} days) >= 2",
    "days_since(page_viewed) > {}",
    "exists(ticket_opened where severity = \"high\" last {} days)",
    "avg(survey_answered.score last {}0 days) < 6",
    "count(article_viewed) >= {}",
};

std::string properties_of(Random& random) {
  static const char* const kChannels[] = {"web", "app", "store"};
  return fmt::format(R"({{"order_id":"{}","total":{}.{},"channel":"{}","score":{},"severity":"{}","sku":"S{}"}})",
                     random.next() >> 1, random.between(5, 300), random.between(10, 99), kChannels[random.below(3)],
                     random.below(11), random.chance(0.2) ? "high" : "low", random.below(500));
}

class Shop {
 public:
  Shop() : random_(5) {
    auto schema = std::make_shared<timeline::Schema>(events::declared_kinds(),
                                                     timeline::Reading{Currency::parse("EUR").value(), Zone()});
    timeline_ = std::make_unique<timeline::Timeline>(schema, timeline::Options{});
    std::vector<timeline::Row> rows;
    std::vector<std::string> texts;
    for (int64_t customer = 1; customer <= kCustomers; ++customer) {
      // A tenth has the thousand that the figure speaks of.
      int64_t n = customer % 10 == 0 ? 1000 : random_.between(1, 200);
      for (int64_t i = 0; i < n; ++i) rows.push_back(row(customer, kNow - seconds(random_.between(60, 365 * 86400))));
    }
    for (size_t i = 0; i < rows.size(); ++i) texts.push_back(properties_of(random_));
    for (size_t i = 0; i < rows.size(); ++i) rows[i].properties = texts[i];
    CHECK(timeline_->apply(rows, Seq{seq_}, &system_executor()), "the rows are sound");
    CHECK(timeline_->fold(system_executor(), timeline::Timeline::FoldWhich::all), "and fold");
  }

  std::vector<segments::Live> segments() {
    std::vector<segments::Live> out;
    for (int i = 0; i < kLive; ++i) {
      const char* form = i < kDepending ? kOfOrders[static_cast<size_t>(i) % kOfOrders.size()]
                                        : kOfOthers[static_cast<size_t>(i) % kOfOthers.size()];
      auto parsed = query::parse(fmt::format(fmt::runtime(form), 1 + i % 50));
      CHECK(parsed, "{}", form);
      auto checked = query::check_condition(*parsed, events::declared_kinds());
      CHECK(checked, "{}: {}", form, checked.error()[0].message);
      auto plan = engine::make_plan(*checked, timeline_->version()->shared_schema(), {});
      CHECK(plan, "{}", form);
      out.push_back(segments::make_live(i + 1, *plan).value());
    }
    return out;
  }

  /// One order of somebody who has many events, learnt at the moment.
  history::Step next(Time at) {
    history::Step step;
    step.after = Seq{seq_};
    std::string properties = properties_of(random_);
    timeline::Row event = row(10 * random_.between(1, kCustomers / 10), at);
    event.kind = kKinds[0];
    event.known_at = at;
    event.properties = properties;
    CHECK(timeline_->apply({&event, 1}, Seq{seq_}), "a row is sound");
    if (timeline_->wants_fold()) CHECK(timeline_->fold(system_executor()), "and folds");
    step.version = timeline_->version();
    step.touched = {{event.customer, *step.version->schema().find_kind(kKinds[0]), false}};
    return step;
  }
  std::shared_ptr<const timeline::Version> version() const { return timeline_->version(); }

 private:
  timeline::Row row(int64_t customer, Time at) {
    timeline::Row out;
    out.seq = Seq{++seq_};
    out.customer = {customer};
    out.kind = kKinds[random_.below(kKinds.size())];
    out.occurred_at = out.known_at = at;
    return out;
  }

  Random random_;
  std::unique_ptr<timeline::Timeline> timeline_;
  int64_t seq_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  bench::Report report(argc, argv);
  const char* asked = std::getenv("CAIRN_SEGMENT_EVENTS");
  int events = asked ? std::atoi(asked) : 2000;
  Shop shop;
  segments::Membership membership(system_executor());
  double start = bench::seconds_of(
      [&] { CHECK(membership.start(shop.version(), kNow, shop.segments()), "every segment starts"); });
  report.add({.name = "segments.start_s", .value = start, .unit = "s"});
  std::vector<double> taken, settled;
  size_t changes = 0;
  for (int i = 0; i < events; ++i) {
    // At a moment of its own: windows end on whole seconds here, and what falls due as time passes is not the event's.
    Time at = kNow + seconds(i + 1) + microseconds(123'457 * static_cast<int64_t>(i) % 999'983);
    history::Step step = shop.next(at);
    changes += membership.on_time(at - microseconds(1)).value().size();
    taken.push_back(1000 * bench::seconds_of([&] { changes += membership.on_step(step, at).value().size(); }));
    settled.push_back(1000 * bench::seconds_of([&] { CHECK(membership.settle(), "nothing is damaged"); }));
  }
  std::sort(taken.begin(), taken.end());
  std::sort(settled.begin(), settled.end());
  auto at = [&](double share) { return taken[static_cast<size_t>(share * static_cast<double>(taken.size() - 1))]; };
  segments::Figures figures = membership.figures();
  report.add({.name = "segments.live_segments_p50_ms", .value = at(0.5), .unit = "ms"});
  report.add(
      {.name = "segments.live_segments_p99_ms", .value = at(0.99), .unit = "ms", .floor = 1, .lower_is_better = true});
  // Until when it holds, found out when membership is decided.
  report.add({.name = "segments.settle_p50_ms", .value = settled[settled.size() / 2], .unit = "ms"});
  report.add({.name = "segments.bytes_per_customer",
              .value = static_cast<double>(figures.memory_bytes) / kCustomers,
              .unit = "bytes"});
  report.add(
      {.name = "segments.wakes_that_change",
       .value = static_cast<double>(figures.wakes_changing) / static_cast<double>(std::max<uint64_t>(figures.wakes, 1)),
       .unit = "share"});
  fmt::print("{} changes of membership, {} evaluations\n", changes, figures.evaluations);
  return report.finish();
}

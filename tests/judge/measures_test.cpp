// The report over the timelines of a demo shop says what the plain pass over its log says. Random logs: src/report.
#include <gtest/gtest.h>

#include "demo/demo.h"
#include "events/brand.h"
#include "history/history.h"
#include "people/identities.h"
#include "report/report.h"
#include "support/on_stores.h"
#include "support/plain_report.h"

namespace cairn {
namespace {

class DemoShop : public test::OnStores {};
CAIRN_ON_STORES(DemoShop);

TEST_P(DemoShop, has_the_same_report_both_ways) {
  auto log = std::move(events::Log::open(world_, store(), directory()).value());
  people::Identities identities(world_);
  demo::Options shop;
  shop.customers = 250;
  shop.months = 9;
  shop.directory = directory();
  auto made = demo::make({world_, store(), *log, identities}, shop);
  ASSERT_TRUE(made) << made.error().message;
  auto history = std::move(history::History::open(world_, store(), *log, directory()).value());
  events::Brand brand;
  write([&](db::Transaction& tx) -> Result<void> {
    brand = TRY(events::read_brand(tx));
    return {};
  });
  auto root = [&](CustomerId id) { return std::as_const(identities).aliases().root(id); };
  EXPECT_GT(std::as_const(identities).aliases().size(), 0u) << "somebody bought on two devices";
  report::Options all, lately;
  lately.since = made->end - days(60);
  for (const report::Options& options : {all, lately}) {
    auto report = report::make(world_, store(), *history, options);
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_GT(report->counts["orders"], 5);
    EXPECT_EQ(report::to_pretty_json(*report),
              report::to_pretty_json(test::plain_report(*log, brand, options, clock_.now(), root)));
  }
}

}  // namespace
}  // namespace cairn

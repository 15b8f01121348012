#include "questions/compose.h"

#include <gmock/gmock.h>

#include "query/parser.h"
#include "query/printer.h"

namespace cairn::questions {
namespace {

using testing::HasSubstr;

std::string made(const Parts& parts) {
  auto out = compose(parts);
  EXPECT_TRUE(out) << out.error().message;
  if (!out) return {};
  auto parsed = query::parse(*out);
  EXPECT_TRUE(parsed) << *out;
  return *out;
}

TEST(Compose, EveryQuestion) {
  Parts p{"funnel", {"product_viewed then product_added", "order_completed"}};
  p.within = "7 days";
  p.by = {"channel", "month"};
  p.last = "30 days";
  p.customers = "exists(orders)";
  EXPECT_EQ(made(p),
            "funnel(product_viewed then product_added then order_completed within 7 days by channel, month) for "
            "exists(orders) last 30 days");
  p = {"retention", {"order_completed"}};
  p.by = {"month"};
  p.since = "2026-01-01";
  EXPECT_EQ(made(p), "retention(order_completed then order_completed by month) since 2026-01-01");
  p = {"retention", {"order_completed then ticket_opened"}};
  p.every = "30 days";
  EXPECT_EQ(made(p), "retention(order_completed then ticket_opened every 30 days)");
  p = {"paths", {}};
  p.to = "ticket_opened where severity = \"high\"";
  p.depth = "3";
  p.within = "1 day";
  EXPECT_EQ(made(p), "paths(to ticket_opened where severity = \"high\" depth 3 within 1 day)");
  p = {"series", {"sum(orders.total)"}};
  p.since = "2026-01-01";
  p.until = "2026-04-01";
  EXPECT_EQ(made(p), "series(sum(orders.total)) between 2026-01-01 and 2026-04-01");
  p = {"transitions", {}};
  p.period = "this month";
  EXPECT_EQ(made(p), "transitions() this month");
  p.period = {};
  p.until = "2026-01-01";
  EXPECT_EQ(made(p), "transitions() before 2026-01-01");
  EXPECT_EQ(made({"values", {"count(orders)", "customer.country"}}), "values(count(orders), customer.country)");
  EXPECT_EQ(made({"select", {"exists(orders)"}}), "select(exists(orders))");
}

TEST(Compose, SaysWhatLacksAndWhatIsTooMuch) {
  auto error = [](const Parts& parts) {
    auto out = compose(parts);
    EXPECT_FALSE(out) << *out;
    return out ? std::string() : out.error().message;
  };
  EXPECT_THAT(error({"fun", {}}), HasSubstr("there are select, values, series, funnel"));
  EXPECT_THAT(error({"funnel", {}}), HasSubstr("funnel wants steps"));
  EXPECT_THAT(error({"select", {"a", "b"}}), HasSubstr("select wants a condition"));
  EXPECT_THAT(error({"paths", {}}), HasSubstr("--from"));
  Parts p{"select", {"exists(orders)"}};
  p.by = {"month"};
  EXPECT_EQ(error(p), "select has no --by");
  p = {"values", {"count(orders)"}};
  p.last = "3 days";
  EXPECT_THAT(error(p), HasSubstr("no period"));
  p = {"series", {"count(orders)"}};
  p.last = "3 days";
  p.since = "2026-01-01";
  EXPECT_THAT(error(p), HasSubstr("one period at a time"));
}

}  // namespace
}  // namespace cairn::questions

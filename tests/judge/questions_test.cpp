// Questions about many customers, each on a log small enough to be answered by hand.
#include "judge/questions.h"

#include <gtest/gtest.h>

#include "judge/sample.h"

namespace cairn::judge {
namespace {

class Questions : public testing::Test {
 protected:
  void on(int64_t customer, std::string_view at, std::string stream, std::string_view properties = "{}") {
    add(rows_, std::move(stream), at, properties, customer);
  }
  Log log() const { return {rows_, moment("2026-06-01")}; }
  static std::string text(const Key& key) { return to_text(Value(key)); }

  /// `(key) value/rows+skipped …`
  std::string series_of(std::string_view query) {
    std::string out;
    for (auto& [key, cell] : series(ask(query, brand_), log(), brand_))
      out += fmt::format("{} {}/{}+{}; ", text(key), to_text(cell.value), cell.rows, cell.skipped);
    return out;
  }
  /// `(key) customers[delays in hours] …`
  std::string funnel_of(std::string_view query) {
    std::string out;
    for (auto& [key, steps] : funnel(ask(query, brand_), log(), brand_)) {
      out += text(key);
      for (const FunnelStep& step : steps) {
        out += fmt::format(" {}[", step.customers);
        for (int64_t delay : step.delays) out += fmt::format("{} ", delay / 3'600'000'000);
        out += ']';
      }
      out += "; ";
    }
    return out;
  }
  std::string retention_of(std::string_view query) {
    std::string out;
    for (auto& [cohort, cells] : retention(ask(query, brand_), log(), brand_)) {
      out += text(cohort);
      for (const RetentionCell& cell : cells) out += fmt::format(" {}/{}", cell.returned, cell.eligible);
      out += "; ";
    }
    return out;
  }
  std::string ways_of(std::string_view query) {
    std::string out;
    for (auto& [way, n] : paths(ask(query, brand_), log(), brand_).ways)
      out += fmt::format("{} ×{}; ", fmt::join(way, " "), n);
    return out;
  }

  Brand brand_ = sample_brand();
  std::vector<Row> rows_;
};

TEST_F(Questions, Select) {
  on(2, "2026-05-01", "order_completed");
  on(1, "2026-05-02", "order_completed");
  on(3, "2026-05-03", "product_viewed");
  auto ids = [&](std::string_view query) {
    std::string out;
    for (CustomerId id : select(ask(query, brand_), log(), brand_)) out += fmt::format("{} ", id.value);
    return out;
  };
  EXPECT_EQ(ids("select(exists(orders))"), "1 2 ");
  EXPECT_EQ(ids("select(not exists(orders))"), "3 ");
  EXPECT_EQ(ids("select(true) as of 2026-05-02"), "1 2 ") << "customers exist from their first event on";
  EXPECT_EQ(ids("select(true) as of now() - 31 days"), "2 ");
  rows_[0].known_at = moment("2026-05-20");
  EXPECT_EQ(ids("select(true) as known at 2026-05-02"), "1 ");
}

TEST_F(Questions, Values) {
  on(2, "2026-05-01", "order_completed");
  on(1, "2026-05-02", "product_viewed");
  auto lines = values(ask("values(count(orders), days_since(orders))", brand_), log(), brand_);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].customer, CustomerId{1});
  EXPECT_EQ(to_text(Value(lines[0].values)), "(0, unknown)");
  EXPECT_EQ(to_text(Value(lines[1].values)), "(1, 31)");
  EXPECT_EQ(values(ask("values(1) for exists(orders)", brand_), log(), brand_).size(), 1u);
}

TEST_F(Questions, Series) {
  on(1, "2026-01-01", "customer_updated", R"({"country": "FR"})");
  on(1, "2026-04-05", "order_completed", R"({"total": 10, "channel": "web"})");
  on(1, "2026-04-30T23:59:59Z", "order_completed", R"({"total": 20, "channel": "web"})");
  on(1, "2026-05-01", "order_completed", R"({"total": 31})");
  on(2, "2026-04-06", "order_completed", R"({"total": "?", "channel": "app"})");
  EXPECT_EQ(series_of("series(count(order_completed))"), "() 4/4+0; ");
  EXPECT_EQ(series_of("series(sum(order_completed.total) by month)"),
            "(2026-04-01T00:00:00Z) 30 EUR/2+1; (2026-05-01T00:00:00Z) 31 EUR/1+0; ");
  EXPECT_EQ(series_of("series(sum(order_completed.total) by channel)"),
            "(unknown) 31 EUR/1+0; (\"app\") 0 EUR/0+1; (\"web\") 30 EUR/2+0; ")
      << "unknown is a group of its own";
  EXPECT_EQ(series_of("series(customers(order_completed) by quarter)"), "(2026-04-01T00:00:00Z) 2/4+0; ");
  EXPECT_EQ(series_of("series(count(order_completed) by customer.country)"), "(unknown) 1/1+0; (\"FR\") 3/3+0; ");
  EXPECT_EQ(series_of("series(count(order_completed where total > 15 EUR) by week) before 2026-05-01"),
            "(2026-04-27T00:00:00Z) 1/1+0; ");
  EXPECT_EQ(series_of("series(share(order_completed, channel = \"web\"))"), "() 0.5/4+0; ");
  EXPECT_EQ(series_of("series(share(order_completed, total > 15 EUR) by channel) for exists(customer_updated)"),
            "(unknown) 1/1+0; (\"web\") 0.5/2+0; ");
  EXPECT_EQ(series_of("series(median(order_completed.total))"), "() 20 EUR/3+1; ");
  EXPECT_EQ(series_of("series(quantile(order_completed.total, 0.75))"), "() 25.50 EUR/3+1; ");
  EXPECT_EQ(series_of("series(avg(order_completed.total))"), "() 20.33 EUR/3+1; ");
  EXPECT_EQ(series_of("series(distinct(order_completed.channel))"), "() 2/3+1; ");
  EXPECT_EQ(series_of("series(max(order_completed.total) by year)"), "(2026-01-01T00:00:00Z) 31 EUR/3+1; ");
  EXPECT_EQ(series_of("series(count(order_completed)) as of 2026-04-10"), "() 2/2+0; ");
  EXPECT_EQ(series_of("series(count(ticket_opened))"), "");
}

TEST_F(Questions, SeriesOfEntitiesGoByTheirTime) {
  on(1, "2026-04-30", "order_completed", R"({"order_id": "1", "total": 10})");
  on(1, "2026-05-02", "order_delivered", R"({"order_id": "1"})");
  on(1, "2026-05-03", "order_refunded", R"({"order_id": "1", "total": 4})");
  EXPECT_EQ(series_of("series(sum(orders.total) by month)"), "(2026-04-01T00:00:00Z) 6 EUR/1+0; ");
  EXPECT_EQ(series_of("series(count(orders.delivered_at) by month)"), "(2026-05-01T00:00:00Z) 1/1+0; ");
}

TEST_F(Questions, Nps) {
  for (const char* score : {"10", "9", "8", "6", "0", "11", "7.5", "null"})
    on(1, "2026-05-01", "survey_answered", fmt::format(R"({{"score": {}}})", score));
  EXPECT_EQ(series_of("series(nps(survey_answered.score))"), "() 0/5+3; ");
  on(1, "2026-05-01", "survey_answered", R"({"score": 10})");
  EXPECT_EQ(series_of("series(nps(survey_answered.score where score >= 6))"), "() 40/5+2; ")
      << "10, 9, 8, 6, 10: three less one of five; 11 and 7.5 are passed over";
}

TEST_F(Questions, Funnel) {
  // 1 begins twice, and gets further the second time. 2 is too late for the last step. 3 only begins.
  on(1, "2026-05-01T00:00:00Z", "product_viewed", R"({"category": "tea"})");
  on(1, "2026-05-03T00:00:00Z", "product_viewed", R"({"category": "jam"})");
  on(1, "2026-05-03T01:00:00Z", "product_added");
  on(1, "2026-05-03T03:00:00Z", "order_completed");
  on(2, "2026-05-01T00:00:00Z", "product_viewed", R"({"category": "tea"})");
  on(2, "2026-05-01T02:00:00Z", "product_added");
  on(2, "2026-05-02T00:00:01Z", "order_completed");
  on(3, "2026-05-01T00:00:00Z", "product_viewed", R"({"category": "tea"})");
  EXPECT_EQ(funnel_of("funnel(product_viewed then product_added then order_completed within 1 day)"),
            "() 3[] 2[1 2 ] 1[2 ]; ");
  EXPECT_EQ(funnel_of("funnel(product_viewed then product_added then order_completed within 2 days by category)"),
            "(\"jam\") 1[] 1[1 ] 1[2 ]; (\"tea\") 2[] 1[2 ] 1[22 ]; ")
      << "by what the start was that goes furthest";
  EXPECT_EQ(funnel_of("funnel(product_viewed then product_added then order_completed)"), "() 3[] 2[2 49 ] 2[2 22 ]; ")
      << "without a limit the earliest start goes as far";
  EXPECT_EQ(funnel_of("funnel(product_viewed then order_completed) before 2026-05-02"), "() 3[] 2[24 51 ]; ")
      << "the period holds the starts; later steps may lie behind it";
  EXPECT_EQ(funnel_of("funnel(product_viewed then order_completed) as of 2026-05-03"), "() 3[] 1[24 ]; ");
}

TEST_F(Questions, FunnelThatFollowsOneThing) {
  on(1, "2026-05-01", "order_completed", R"({"order_id": "1"})");
  on(1, "2026-05-02", "order_completed", R"({"order_id": "2"})");
  on(1, "2026-05-03", "order_shipped", R"({"order_id": "1"})");
  on(1, "2026-05-04", "order_delivered", R"({"order_id": "2"})");
  on(2, "2026-05-01", "order_completed");
  EXPECT_EQ(funnel_of("funnel(order_completed then order_shipped then order_delivered on order_id)"),
            "() 1[] 1[48 ] 0[]; ");
}

TEST_F(Questions, RetentionByTheCalendar) {
  on(1, "2026-03-31", "order_completed");
  on(1, "2026-04-01", "order_completed");
  on(1, "2026-05-31", "order_completed");
  on(2, "2026-03-01", "order_completed");
  on(2, "2026-03-02", "order_completed");
  on(3, "2026-05-01", "order_completed");
  EXPECT_EQ(retention_of("retention(order_completed then order_completed by month)"),
            "(2026-03-01T00:00:00Z) 1/2 1/2 1/2 0/2; (2026-05-01T00:00:00Z) 0/1 0/1; ")
      << "asked on 1 June, when the month of June has begun";
  EXPECT_EQ(retention_of("retention(order_completed then order_completed by month) since 2026-04-01"),
            "(2026-05-01T00:00:00Z) 0/1 0/1; ")
      << "1 and 2 began before";
}

TEST_F(Questions, RetentionFromEachOnesStart) {
  on(1, "2026-05-01", "order_completed");
  on(1, "2026-05-11", "order_completed");
  on(2, "2026-05-20", "order_completed");
  on(2, "2026-05-21", "order_completed");
  EXPECT_EQ(retention_of("retention(order_completed then order_completed every 10 days)"), "(unknown) 1/2 1/1 0/1; ")
      << "2 has lived through one period only; 1 came back just as the second began";
  EXPECT_EQ(retention_of("retention(order_completed then order_completed every 10 days by month)"),
            "(2026-05-01T00:00:00Z) 1/2 1/1 0/1; ");
  EXPECT_EQ(retention_of("retention(order_completed then order_completed every 13 days)"), "(unknown) 1/1 0/1; ")
      << "12 days of 13 are not a whole one";
}

TEST_F(Questions, Paths) {
  on(1, "2026-05-01T00:00:00Z", "page_viewed");
  on(1, "2026-05-01T01:00:00Z", "product_viewed");
  on(1, "2026-05-01T02:00:00Z", "product_viewed");
  on(1, "2026-05-01T03:00:00Z", "product_added");
  on(1, "2026-05-02T01:00:00Z", "order_completed");
  on(1, "2026-05-05T00:00:00Z", "ticket_opened");
  on(2, "2026-05-01T00:00:00Z", "product_viewed");
  EXPECT_EQ(ways_of("paths(from product_viewed)"),
            "product_viewed ×1; product_viewed product_added order_completed ticket_opened ×1; ");
  EXPECT_EQ(ways_of("paths(from product_viewed depth 1)"), "product_viewed ×1; product_viewed product_added ×1; ");
  EXPECT_EQ(ways_of("paths(from product_viewed within 1 day)"),
            "product_viewed ×1; product_viewed product_added order_completed ×1; ");
  EXPECT_EQ(ways_of("paths(to order_completed depth 2)"), "order_completed product_added product_viewed ×1; ");
  EXPECT_EQ(ways_of("paths(to product_viewed)"), "product_viewed ×1; product_viewed page_viewed ×1; ");
  Paths all = paths(ask("paths(from product_viewed)", brand_), log(), brand_);
  EXPECT_EQ((all.nodes[{0, "product_viewed"}]), 2);
  EXPECT_EQ((all.links[{0, "product_viewed", "product_added"}]), 1);
  EXPECT_EQ((all.links[{2, "order_completed", "ticket_opened"}]), 1);
}

TEST_F(Questions, Transitions) {
  on(1, "2026-05-01T00:00:00Z", "page_viewed");
  on(1, "2026-05-01T01:00:00Z", "order_completed");
  on(1, "2026-05-01T01:00:00Z", "page_viewed");
  on(1, "2026-05-01T04:00:00Z", "order_completed");
  on(2, "2026-05-01T00:00:00Z", "page_viewed");
  auto all = transitions(ask("transitions()", brand_), log(), brand_);
  constexpr int64_t kHour = 3'600'000'000;
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ((all[{"page_viewed", "order_completed"}]), (Transition{2, 4 * kHour, kHour, 3 * kHour}));
  EXPECT_EQ((all[{"order_completed", "page_viewed"}]), (Transition{1, 0, 0, 0}));
  EXPECT_EQ(transitions(ask("transitions() since 2026-05-01T01:00:00Z", brand_), log(), brand_).size(), 2u);
  EXPECT_TRUE(transitions(ask("transitions() since 2026-05-01T02:00:00Z", brand_), log(), brand_).empty());
}

}  // namespace
}  // namespace cairn::judge

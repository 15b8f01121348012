#include "measures/source.h"

#include <gtest/gtest.h>

#include "base/hash.h"
#include "measures/log_by_hand.h"

namespace cairn::measures {
namespace {

/// A log in memory that gives its rows and nothing else.
class RowsOnly final : public events::Log {
 public:
  struct Row {
    int64_t customer;
    int kind;  // 1 Order Completed, 2 Page Viewed
    Time at;
    std::string properties;
    uint32_t flags = 0;
  };
  std::vector<Row> rows;

  Result<Seq> sweep(Seq after, const std::function<bool(const events::LogRow&)>& visit) override {
    for (size_t i = static_cast<size_t>(after.value); i < rows.size(); ++i) {
      events::LogRow row;
      row.seq = Seq{static_cast<int64_t>(i) + 1};
      row.customer = CustomerId{rows[i].customer};
      row.shard = shard_of(row.customer);
      row.kind = KindId{rows[i].kind};
      row.occurred_at = row.known_at = rows[i].at;
      row.source = SourceId{1};
      row.flags = rows[i].flags;
      std::string copy = rows[i].properties;  // gone after the visit
      row.properties = copy;
      if (!visit(row)) break;
    }
    return Seq{static_cast<int64_t>(rows.size())};
  }
  std::string kind_name(KindId kind) const override { return kind.value == 1 ? "Order Completed" : "Page Viewed"; }
  int source_precedence(SourceId) const override { return 70; }
  std::string source_name(SourceId) const override { return "shop"; }
  Seq last() const override { return Seq{static_cast<int64_t>(rows.size())}; }
  void on_growth(std::function<void()>) override {}
  Result<SourceId> ensure_source(std::string_view, int) override { return SourceId{1}; }
  Result<void> verify(const std::function<void(std::string)>&) override { return {}; }
  Result<int64_t> remove_run(RunId) override { return 0; }
  Result<std::vector<events::Outcome>> append(db::Transaction&, events::Identify&, std::span<const events::NewEvent>,
                                              const events::AppendOptions&) override {
    return fail(Code::internal, "read only");
  }
};

struct Seen final : Visitor {
  Census census;
  int begins = 0;
  std::vector<std::pair<int64_t, std::vector<std::string>>> customers;
  void begin(const Census& c) override {
    census = c;
    ++begins;
  }
  void customer(CustomerId id, std::span<const Event> events) override {
    auto& [customer, texts] = customers.emplace_back();
    customer = id.value;
    for (size_t i = 0; i < events.size(); ++i) {
      EXPECT_TRUE(i == 0 || is_before(events[i - 1], events[i]));
      EXPECT_EQ(events[i].precedence, 70);
      texts.emplace_back(events[i].properties);
    }
  }
};

RowsOnly many() {
  RowsOnly log;
  for (int i = 0; i < 3000; ++i)
    log.rows.push_back(
        {i * 7919 % 500 + 1, i % 3 ? 1 : 2, on_day(i * 31 % 200, i % 24), fmt::format(R"({{"order_id":"{}"}})", i)});
  return log;
}

TEST(LogTimelines, EveryCustomerOnceInOrder) {
  RowsOnly log = many();
  LogTimelines timelines(log);
  Seen seen;
  ASSERT_TRUE(timelines.each(seen));
  EXPECT_EQ(timelines.sweeps(), 1);
  EXPECT_EQ(seen.begins, 1);
  EXPECT_EQ(seen.census.events, 3000);
  EXPECT_EQ(seen.census.of(KindRef::order_completed), 2000);
  EXPECT_EQ(seen.customers.size(), 500u);
  size_t rows = 0;
  for (auto& [customer, texts] : seen.customers) rows += texts.size();
  EXPECT_EQ(rows, 3000u);
  EXPECT_TRUE(std::is_sorted(seen.customers.begin(), seen.customers.end(), [](const auto& a, const auto& b) {
    CustomerId x{a.first}, y{b.first};
    return std::pair(shard_of(x), x) < std::pair(shard_of(y), y);
  }));
}

TEST(LogTimelines, LittleMemoryTakesMoreSweepsAndSeesTheSame) {
  RowsOnly log = many();
  LogTimelines whole(log), tight(log, {.memory_bytes = 60'000});
  Seen a, b;
  ASSERT_TRUE(whole.each(a));
  ASSERT_TRUE(tight.each(b));
  EXPECT_GT(tight.sweeps(), 2);
  EXPECT_EQ(b.begins, 1);
  EXPECT_EQ(b.census.events, 3000);
  EXPECT_EQ(a.customers, b.customers);
}

TEST(LogTimelines, EvenWithoutMemoryAShardAtATime) {
  RowsOnly log = many();
  LogTimelines whole(log), none(log, {.memory_bytes = 1});
  Seen a, b;
  ASSERT_TRUE(whole.each(a));
  ASSERT_TRUE(none.each(b));
  EXPECT_EQ(none.sweeps(), kShards);
  EXPECT_EQ(a.customers, b.customers);
}

TEST(LogTimelines, MergedCustomersAreOne) {
  RowsOnly log;
  log.rows = {{1, 1, on_day(2), "{}"}, {2, 1, on_day(1), "{}"}, {3, 1, on_day(1), "{}"}};
  LogTimelines timelines(log, {.canonical = [](CustomerId id) { return id.value == 2 ? CustomerId{1} : id; }});
  Seen seen;
  ASSERT_TRUE(timelines.each(seen));
  ASSERT_EQ(seen.customers.size(), 2u);
  for (auto& [customer, texts] : seen.customers) EXPECT_EQ(texts.size(), customer == 1 ? 2u : 1u);
}

TEST(LogTimelines, WhatIsSetApartIsSeenByNobody) {
  RowsOnly log;
  log.rows = {{1, 1, on_day(2), "{}"},
              {1, 1, on_day(3), "{}", events::kBot},
              {2, 1, on_day(9), "{}", events::kStaff | events::kHistorical},
              {3, 1, on_day(0), "{}", events::kTest},
              {4, 1, on_day(4), "{}", events::kHistorical}};
  LogTimelines timelines(log);
  Seen seen;
  ASSERT_TRUE(timelines.each(seen));
  EXPECT_EQ(seen.census.events, 2);
  EXPECT_EQ(seen.census.set_apart, 3);
  EXPECT_EQ(seen.census.of(KindRef::order_completed), 2);
  EXPECT_EQ(*seen.census.first_event, on_day(2));
  EXPECT_EQ(*seen.census.newest_event, on_day(4));
  ASSERT_EQ(seen.customers.size(), 2u) << "customers of set-apart events alone are none";
  for (auto& [customer, texts] : seen.customers) EXPECT_TRUE(customer == 1 || customer == 4);
}

TEST(LogTimelines, EmptyLog) {
  RowsOnly log;
  LogTimelines timelines(log);
  Seen seen;
  ASSERT_TRUE(timelines.each(seen));
  EXPECT_EQ(seen.begins, 1);
  EXPECT_FALSE(seen.census.first_event);
}

}  // namespace
}  // namespace cairn::measures

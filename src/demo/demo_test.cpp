#include "demo/demo.h"

#include <set>

#include "events/brand.h"
#include "json/value.h"
#include "people/identities.h"
#include "support/on_stores.h"

namespace cairn::demo {
namespace {

class DemoTest : public test::OnStores {
 protected:
  void SetUp() override {
    OnStores::SetUp();
    if (IsSkipped()) return;
    auto opened = events::Log::open(world_, store(), directory());
    ASSERT_TRUE(opened) << opened.error().message;
    log_ = std::move(*opened);
    options_.customers = 60;
    options_.months = 3;
    options_.directory = directory();
  }
  Result<Summary> make_it(const OnProgress& on_progress = {}) {
    return make({world_, store(), *log_, identities_}, options_, on_progress);
  }
  bool has_truth() { return world_.files.exists(directory() + "/truth.json"); }

  people::Identities identities_{world_};
  std::unique_ptr<events::Log> log_;
  Options options_;
};
CAIRN_ON_STORES(DemoTest);

TEST_P(DemoTest, fills_the_log_up_to_today_and_names_the_brand) {
  uint64_t told = 0;
  auto made = make_it([&](const Progress& p) {
    EXPECT_LE(p.events, p.expected);
    told = p.events;
    return true;
  });
  ASSERT_TRUE(made) << made.error().message << made.error().detail;
  EXPECT_EQ(made->customers, 60);
  EXPECT_EQ(log_->last(), Seq{made->events});
  EXPECT_EQ(told, static_cast<uint64_t>(made->events));
  EXPECT_EQ(to_rfc3339(made->end), "2023-11-13T23:00:00Z") << "midnight in Paris before the clock's 22:13";
  int64_t orders = 0;
  Time newest{};
  auto swept = log_->sweep({}, [&](const events::LogRow& row) {
    orders += log_->kind_name(row.kind) == "Order Completed";
    newest = std::max(newest, row.occurred_at);
    EXPECT_EQ(row.flags, events::kHistorical);
    EXPECT_EQ(row.known_at, row.occurred_at);
    return true;
  });
  ASSERT_TRUE(swept);
  EXPECT_EQ(orders, made->orders);
  EXPECT_LT(newest, made->end);
  EXPECT_GT(newest, made->end - days(7));
  EXPECT_TRUE(store().read([&](db::Session& session) -> Result<void> {
    events::Brand brand = TRY(events::read_brand(session));
    EXPECT_EQ(brand.name, "Almond & Co");
    EXPECT_EQ(brand.currency.code(), "EUR");
    EXPECT_EQ(brand.zone_name, "Europe/Paris");
    int64_t people = TRY(people::count_customers(session));
    EXPECT_GE(people, 60);
    EXPECT_LE(people, 80);
    return {};
  }));
}

TEST_P(DemoTest, amelie_is_one_customer_from_her_first_search_on) {
  ASSERT_TRUE(make_it());
  std::set<int64_t> customers;
  int events = 0;
  ASSERT_TRUE(log_->sweep({}, [&](const events::LogRow& row) {
    bool is_hers = row.identifiers.find("=amelie") != row.identifiers.npos;
    if (is_hers) customers.insert(row.customer.value);
    return true;
  }));
  ASSERT_EQ(customers.size(), 1u);
  ASSERT_TRUE(log_->sweep({}, [&](const events::LogRow& row) {
    events += row.customer.value == *customers.begin();
    return true;
  }));
  EXPECT_EQ(events, 34) << "the anonymous ones are hers, too";
}

TEST_P(DemoTest, writes_the_truth_as_json) {
  auto made = make_it();
  ASSERT_TRUE(made);
  auto text = world_.files.read(made->truth);
  ASSERT_TRUE(text);
  auto truth = json::parse_object(*text);
  ASSERT_TRUE(truth) << truth.error().message;
  EXPECT_EQ(json::text_at(*truth, "seed"), "1");
  const json::Value* people = json::find(*truth, "people");
  ASSERT_TRUE(people && people->is_array());
  EXPECT_EQ(people->get_array().size(), 58u);
  EXPECT_TRUE(json::find(*truth, "incident")->is_null() == false) << "September's week is in the three months";
  EXPECT_FALSE(world_.files.exists(made->truth + ".part"));
}

TEST_P(DemoTest, refuses_a_log_that_holds_something_and_says_what_to_do) {
  ASSERT_TRUE(make_it());
  Seq last = log_->last();
  auto again = make_it();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::conflict);
  EXPECT_NE(again.error().message.find("make the demo in a new directory"), std::string::npos);
  EXPECT_EQ(log_->last(), last);
}

TEST_P(DemoTest, refuses_bad_options_before_writing_anything) {
  options_.months = 61;
  EXPECT_FALSE(make_it());
  EXPECT_EQ(log_->last(), Seq{});
  EXPECT_FALSE(has_truth());
}

TEST_P(DemoTest, stops_when_told_and_leaves_no_truth) {
  auto made = make_it([](const Progress&) { return false; });
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().message.find("stopped half way"), std::string::npos);
  EXPECT_FALSE(has_truth());
}

}  // namespace
}  // namespace cairn::demo

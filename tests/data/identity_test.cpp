// Olist names its customers anew in every order; one file says which of these are one person. Under the rules of
// identity the 8,135 become 8,016, each merge with its evidence, and 8,135 again.
#include <gtest/gtest.h>

#include <cstdlib>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "history/history.h"
#include "people/merges.h"
#include "people/what_if.h"
#include "support/temp_dir.h"

namespace cairn {
namespace {

std::string data_dir() {
  const char* named = std::getenv("CAIRN_DATA_DIR");
  return named && *named ? named : join_path(CAIRN_SOURCE_DIR, "../shared/data");
}

class PeopleOfRealData : public testing::Test {
 protected:
  void SetUp() override {
    if (!system_files().exists(data_dir())) GTEST_SKIP() << "no real data in " << data_dir() << "; set CAIRN_DATA_DIR";
    db::StoreOptions options;
    options.directory = dir_.path();
    store_ = std::move(db::Store::open(world_, options).value());
    log_ = std::move(events::Log::open(world_, *store_, dir_.path()).value());
    history_ = std::move(history::History::open(world_, *store_, *log_, dir_.path()).value());
    shop_ = log_->ensure_source("shop").value();
    // Of the ids of orders somebody may have any number.
    rules_.kinds.push_back({"external:order_customer", 0, people::Window::ever});
    set(rules_);
  }
  void set(const people::Rules& rules) {
    ASSERT_TRUE(store_->write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
      TRY(people::write_rules(tx, rules));
      return identities_.load(tx);
    }));
  }
  void append(std::vector<events::NewEvent> events) {
    auto done = store_->write_now(db::Lane::ingestion, [&](db::Transaction& tx) -> Result<void> {
      for (const auto& outcome : TRY(log_->append(tx, identities_, events, {.source = shop_})))
        EXPECT_EQ(outcome.fate, events::Fate::kept);
      return {};
    });
    ASSERT_TRUE(done) << done.error().message;
  }
  events::NewEvent event(std::string_view kind, std::vector<events::Identifier> ids) {
    events::NewEvent out;
    out.kind = kind;
    out.occurred_at = world_.clock.now();
    out.identifiers = std::move(ids);
    return out;
  }
  uint64_t customers() {
    EXPECT_TRUE(history_->catch_up());
    return history_->version()->customers();
  }

  test::TempDir dir_;
  World world_ = system_world();
  people::Rules rules_ = people::Rules::standard();
  people::Identities identities_{world_};
  std::unique_ptr<db::Store> store_;
  std::unique_ptr<events::Log> log_;
  std::unique_ptr<history::History> history_;
  SourceId shop_;
};

TEST_F(PeopleOfRealData, OlistIdsOfOrdersBecomePeopleEachWithEvidence) {
  std::vector<std::pair<std::string, std::string>> rows;  // of an order, of a person
  std::string text = world_.files.read(join_path(data_dir(), "olist_subset/olist_customers_dataset.csv")).value();
  for (std::string_view line : split(text, '\n')) {
    auto fields = split(line, ',');
    if (fields.size() >= 5 && fields[0] != "customer_id") rows.emplace_back(fields[0], fields[1]);
  }
  ASSERT_EQ(rows.size(), 8135u);
  std::vector<events::NewEvent> orders, told;
  for (const auto& [order, person] : rows) {
    orders.push_back(event("Order Completed", {{"external:order_customer", order}}));
    told.push_back(event("Customer Updated", {{"user_id", person}, {"external:order_customer", order}}));
  }
  append(std::move(orders));
  EXPECT_EQ(customers(), 8135u);
  append(std::move(told));
  EXPECT_EQ(customers(), 8016u);
  const events::Aliases& aliases = std::as_const(identities_).aliases();
  auto ties = aliases.all_ties();
  ASSERT_EQ(ties.size(), 8135u - 8016u);
  people::Merging merging(world_, *store_, *log_, identities_);
  for (const events::Tie& tie : ties) {
    std::vector<people::Merge> found;
    ASSERT_TRUE(store_->read([&](db::Session& session) -> Result<void> {
      found = TRY(people::merges_of(session, std::vector{tie.a}));
      return {};
    }));
    ASSERT_FALSE(found.empty());
    EXPECT_NE(found[0].evidence.find("user_id"), std::string::npos) << found[0].evidence;
    EXPECT_NE(found[0].evidence.find("external:order_customer"), std::string::npos);
  }
  // The same from the log alone; and with five ids at most, which some have more of.
  auto same = people::what_if(*store_, *log_, identities_, rules_);
  ASSERT_TRUE(same) << same.error().message;
  EXPECT_EQ(same->people_now, 8016);
  EXPECT_EQ(same->people_then, 8016);
  EXPECT_EQ(same->would_merge + same->would_split, 0);
  people::Rules tight = rules_;
  tight.kinds.back().limit = 1;
  auto split = people::what_if(*store_, *log_, identities_, tight);
  ASSERT_TRUE(split);
  EXPECT_EQ(split->would_split, 8135 - 8016);
  EXPECT_EQ(split->would_merge, 0);
  // And all the way back.
  for (const events::Tie& tie : ties) ASSERT_TRUE(merging.unmerge(tie.merge, {"test", ""}));
  EXPECT_EQ(customers(), 8135u);
}

}  // namespace
}  // namespace cairn

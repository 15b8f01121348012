// The presets against files that nobody here made. They are not part of the repository: CAIRN_DATA_DIR names their
// folder, and without it these tests are skipped.
#include <gmock/gmock.h>

#include <set>

#include "base/money.h"
#include "base/text.h"
#include "import/run.h"
#include "support/imports.h"
#include "json/value.h"

namespace cairn::import {
namespace {

/// One directory with SQLite, and what was imported into it.
class RealData : public testing::Test {
 protected:
  void import(std::string_view preset, const std::vector<std::string>& names) {
    Options options;
    options.preset = preset;
    for (const std::string& name : names) options.paths.push_back(join_path(data_dir(), name));
    options.directory = dir_.path();
    auto done = run(*context_, options);
    ASSERT_TRUE(done) << done.error().message;
    summary_ = std::move(*done);
  }
  void SetUp() override {
    if (!system_files().exists(data_dir())) GTEST_SKIP() << "no real data in " << data_dir() << "; set CAIRN_DATA_DIR";
    db::StoreOptions options;
    options.directory = dir_.path();
    store_ = std::move(db::Store::open(world_, options).value());
    log_ = std::move(events::Log::open(world_, *store_, dir_.path()).value());
    undeclared_ = std::move(events::Undeclared::open(world_, *store_).value());
    context_ = std::make_unique<Context>(Context{world_, *store_, *log_, identities_, *undeclared_});
  }
  void each(const std::function<void(const std::string&, const events::LogRow&, const json::Object&)>& visit) {
    ASSERT_TRUE(log_->sweep({0}, [&](const events::LogRow& row) {
      visit(log_->kind_name(row.kind), row, json::parse_object(row.properties).value());
      return true;
    }));
  }
  int64_t customers() {
    int64_t count = 0;
    EXPECT_TRUE(store_->read([&](db::Session& session) -> Result<void> {
      count = TRY(people::count_customers(session));
      return {};
    }));
    return count;
  }
  static int64_t minor(const json::Object& object, std::string_view key) {
    return std::llround(json::number_at(object, key).value_or(0) * 100);
  }

  test::TempDir dir_;
  World world_ = system_world();
  std::unique_ptr<db::Store> store_;
  std::unique_ptr<events::Log> log_;
  people::Identities identities_{world_};
  std::unique_ptr<events::Undeclared> undeclared_;
  std::unique_ptr<Context> context_;
  Summary summary_;
};

TEST_F(RealData, OlistToTheUnit) {
  import("olist", {"olist_subset"});
  for (const FileSummary& file : summary_.files) {
    if (file.use != "facts") continue;
    EXPECT_EQ(file.rows.read, file.rows.kept + file.rows.already_there + file.rows.rejected) << file.path;
    EXPECT_EQ(file.rows.rejected, 0) << file.path;
    EXPECT_EQ(file.rows.already_there, 0) << file.path;
  }
  EXPECT_EQ(summary_.rows.read, 8135 + 8365 + 8924 + 8225 + 8135);
  std::map<std::string, int64_t> kinds;
  std::map<int64_t, int64_t> scores;
  int64_t paid = 0, messages = 0, late = 0, deliveries = 0;
  Zone zone = Zone::find("America/Sao_Paulo").value();
  each([&](const std::string& kind, const events::LogRow& row, const json::Object& properties) {
    ++kinds[kind];
    if (kind == "Order Paid") paid += minor(properties, "amount");
    if (kind == "Survey Answered") {
      ++scores[json::int_at(properties, "score").value_or(0)];
      messages += json::find(properties, "comment") != nullptr;
    }
    if (kind == "Order Delivered") {
      ++deliveries;
      auto promised = parse_moment(json::text_at(properties, "promised_at").value(), Zone());
      late += zone.day(row.occurred_at) > zone.day(promised.value());
    }
  });
  EXPECT_EQ(kinds["Order Completed"], 8135);
  EXPECT_EQ(customers(), 8016);
  EXPECT_EQ(kinds["Order Paid"], 8924);
  EXPECT_EQ(paid, 142860281);
  EXPECT_EQ(scores, (std::map<int64_t, int64_t>{{1, 2638}, {2, 382}, {3, 667}, {4, 1184}, {5, 3354}}));
  EXPECT_EQ(messages, 4109);
  EXPECT_EQ(deliveries, 5164);
  EXPECT_EQ(late, 342);
  EXPECT_EQ(kinds["Order Cancelled"], 625 + 609);
  EXPECT_EQ(kinds["Customer Updated"], 8135);

  import("olist", {"olist_subset"});
  EXPECT_EQ(summary_.rows.kept, 0);
  EXPECT_EQ(summary_.rows.already_there, summary_.rows.read);
  Context& with = *context_;
  EXPECT_EQ(undo(with, RunId{1}, dir_.path())->customers, 8016);
  EXPECT_EQ(customers(), 0);
}

TEST_F(RealData, CdnowSampleToTheUnit) {
  import("cdnow", {"cdnow/CDNOW_sample.txt"});
  int64_t total = 0;
  each([&](const std::string&, const events::LogRow&, const json::Object& properties) {
    total += minor(properties, "total");
  });
  EXPECT_EQ(summary_.events["Order Completed"], 6919);
  EXPECT_EQ(summary_.rows.kept, 6919);
  EXPECT_EQ(customers(), 2357);
  EXPECT_EQ(total, 24409194);
}

TEST_F(RealData, CdnowMasterHoldsTheSample) {
  import("cdnow", {"cdnow"});
  ASSERT_GE(summary_.files.size(), 2u);
  EXPECT_EQ(summary_.files[0].rows.kept, 69659);
  EXPECT_EQ(summary_.files[1].rows.already_there, 6919);
  EXPECT_EQ(customers(), 23570);
}

TEST_F(RealData, BehaviourLog) {
  import("events", {"ecommerce_events/rees46_2019-Oct-sample.csv"});
  EXPECT_EQ(summary_.rows.read, 1000);
  EXPECT_EQ(summary_.events,
            (std::map<std::string, int64_t>{{"Product Viewed", 987}, {"Product Added", 3}, {"Order Completed", 10}}));
  EXPECT_EQ(customers(), 330);
  std::set<std::string> sessions;
  each([&](const std::string&, const events::LogRow&, const json::Object& properties) {
    sessions.emplace(json::text_at(properties, "session_id").value_or(""));
  });
  EXPECT_EQ(sessions.size(), 372u);
  EXPECT_EQ(*summary_.last_at, "2019-10-01T00:17:26Z");
}

}  // namespace
}  // namespace cairn::import

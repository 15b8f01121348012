// The report on files that nobody here made. They are not part of the repository: CAIRN_DATA_DIR names their
// folder, and without it these tests are skipped.
#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>

#include "base/text.h"
#include "events/brand.h"
#include "import/run.h"
#include "report/draw.h"
#include "report/report.h"
#include "support/plain_report.h"
#include "support/temp_dir.h"

namespace cairn {
namespace {

using testing::HasSubstr;

std::string data_dir() {
  const char* named = std::getenv("CAIRN_DATA_DIR");
  return named && *named ? named : join_path(CAIRN_SOURCE_DIR, "../shared/data");
}

class ReportOnRealData : public testing::Test {
 protected:
  void SetUp() override {
    if (!system_files().exists(data_dir())) GTEST_SKIP() << "no real data in " << data_dir() << "; set CAIRN_DATA_DIR";
    db::StoreOptions options;
    options.directory = dir_.path();
    store_ = std::move(db::Store::open(world_, options).value());
    log_ = std::move(events::Log::open(world_, *store_, dir_.path()).value());
    history_ = std::move(history::History::open(world_, *store_, *log_, dir_.path()).value());
  }
  void import(std::string preset, const std::string& path) {
    auto undeclared = events::Undeclared::open(world_, *store_).value();
    import::Context context{world_, *store_, *log_, identities_, *undeclared};
    import::Options options;
    options.preset = std::move(preset);
    options.paths = {join_path(data_dir(), path)};
    options.directory = dir_.path();
    auto done = import::run(context, options);
    ASSERT_TRUE(done) << done.error().message;
  }
  report::Report report(i18n::Language language = i18n::Language::en) {
    Duration before = world_.clock.elapsed();
    auto made = report::make(world_, *store_, *history_, {{}, {}, language});
    EXPECT_TRUE(made) << made.error().message;
    RecordProperty("milliseconds", std::to_string((world_.clock.elapsed() - before).micros / 1000));
    if (!made) return {};
    EXPECT_EQ(report::to_pretty_json(*made), report::to_pretty_json(plain(language))) << "the log says otherwise";
    return *made;
  }
  report::Report plain(i18n::Language language) {
    events::Brand brand;
    auto read = store_->read([&](db::Session& session) -> Result<void> {
      brand = TRY(events::read_brand(session));
      return {};
    });
    EXPECT_TRUE(read);
    return test::plain_report(*log_, brand, {{}, {}, language}, world_.clock.now());
  }

  test::TempDir dir_;
  World world_ = system_world();
  std::unique_ptr<db::Store> store_;
  std::unique_ptr<events::Log> log_;
  std::unique_ptr<history::History> history_;
  people::Identities identities_{world_};
};

TEST_F(ReportOnRealData, OlistToTheUnit) {
  import("olist", "olist_subset");
  report::Report r = report();
  EXPECT_EQ(r.counts["orders"], 8135);
  EXPECT_EQ(r.counts["customers"], 8016);
  EXPECT_EQ(r.counts["reviews"], 8225);
  EXPECT_EQ(r.counts["comments"], 4109);
  EXPECT_EQ(r.counts["deliveries"], 5164);
  EXPECT_EQ(r.counts["late"], 342);
  EXPECT_EQ(r.money.currency, "BRL");
  EXPECT_EQ(r.money.paid_minor, 142860281);
  EXPECT_EQ(r.money.cancelled_minor, 26973511);
  EXPECT_EQ(r.money.revenue_minor, 142860281 - 26973511);
  EXPECT_DOUBLE_EQ(r.money.paid, 1428602.81);
  EXPECT_EQ(r.period.until_is, measures::UntilIs::newest_event);

  const report::MeasurePart& csat = *r.find("order_csat");
  EXPECT_EQ(csat.n, 8225);
  EXPECT_NEAR(*csat.value, 0.5517, 0.00005);
  EXPECT_LT(*csat.low, *csat.value);
  EXPECT_EQ(csat.parts, (std::map<std::string, double>{{"1", 2638}, {"2", 382}, {"3", 667}, {"4", 1184}, {"5", 3354}}));
  EXPECT_EQ(csat.trend.front().month, "2016-09");

  const report::MeasurePart& on_time = *r.find("on_time");
  EXPECT_EQ(on_time.n, 5164);
  EXPECT_NEAR(*on_time.value, (5164 - 342) / 5164.0, 1e-12);
  EXPECT_EQ(r.lateness.groups[0].orders, 5164 - 342);
  EXPECT_EQ(r.lateness.groups[1].orders, 342);
  EXPECT_LT(*r.lateness.groups[1].csat, *r.lateness.groups[0].csat);
  EXPECT_THAT(r.lateness.sentence, HasSubstr("associated with"));
  EXPECT_EQ(r.find("complaints_per_1000_orders")->n, 0) << "no ticket is in these files";
  // The files hold every order of the shop that failed and few of the others, so level 2 bears nothing: its one
  // measure (orders that ended without the goods) is far below its floor.
  EXPECT_EQ(r.pyramid.altitude, 0);
  EXPECT_EQ(r.pyramid.measured, 3);
  EXPECT_EQ(r.pyramid.levels[1].score, 0);
  EXPECT_GT(*r.pyramid.levels[2].score, 0);
  EXPECT_EQ(r.pyramid.next.front().measure, "orders_without_goods");
  EXPECT_GT(*r.pyramid.next.front().gain, 0);
  int64_t customers = r.pyramid.fragile.customers + r.pyramid.away.customers + r.pyramid.unplaced.customers;
  for (const report::LevelPart& level : r.pyramid.levels) customers += level.customers;
  EXPECT_EQ(customers, 8016) << "everybody stands somewhere, once";
}

TEST_F(ReportOnRealData, OlistUntilAMiddayOf2017SeesNothingLater) {
  import("olist", "olist_subset");
  auto half = report::make(world_, *store_, *history_, {{}, Zone().start_of(day_of({2017, 7, 1})), i18n::Language::fr});
  ASSERT_TRUE(half);
  EXPECT_LT(half->counts["orders"], 8135);
  EXPECT_EQ(half->find("order_csat")->trend.back().month, "2017-06");
}

TEST_F(ReportOnRealData, CdnowHasOrdersAndNoDeliveries) {
  import("cdnow", "cdnow/CDNOW_sample.txt");
  report::Report r = report();
  EXPECT_EQ(r.counts["customers"], 2357);
  EXPECT_EQ(r.counts["orders"], 6919);
  EXPECT_EQ(r.money.paid_minor, 24409194);
  EXPECT_EQ(r.find("orders_without_goods")->n, 0) << "a shop that never tells deliveries has no overdue orders";
  EXPECT_TRUE(r.find("repeat_purchase_rate")->enough);
  for (auto language : {i18n::Language::en, i18n::Language::fr}) {
    std::string text = draw(report(language), {80, false, language});
    for (std::string_view line : split(text, '\n')) EXPECT_LE(length(line), 80u) << line;
  }
}

}  // namespace
}  // namespace cairn

#include "report/routes.h"

#include <gmock/gmock.h>

#include "json/value.h"
#include "support/by_number.h"
#include "support/temp_dir.h"

namespace cairn::report {
namespace {

using testing::HasSubstr;

class ReportRoute : public testing::Test {
 protected:
  void SetUp() override {
    db::StoreOptions options;
    options.directory = dir_.path();
    store_ = std::move(db::Store::open(world_, options).value());
    log_ = std::move(events::Log::open(world_, *store_, dir_.path()).value());
    source_ = log_->ensure_source("shop").value();
    history_ = std::move(history::History::open(world_, *store_, *log_, dir_.path()).value());
    service_ = std::make_unique<Service>(world_, *store_, *history_);
    ASSERT_TRUE(history_->catch_up());
  }
  void order(int customer, std::string_view at) {
    events::NewEvent event;
    event.kind = "Order Completed";
    event.occurred_at = parse_moment(at, Zone()).value();
    event.identifiers = {{"user_id", std::to_string(customer)}};
    event.properties = R"({"total":10})";
    auto written = store_->write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
      TRY(log_->append(tx, identify_, std::span(&event, 1), {source_, {}, true}));
      return {};
    });
    ASSERT_TRUE(written) << written.error().message;
    ASSERT_TRUE(history_->catch_up());
  }
  static http::Request request(std::vector<http::Field> query) {
    http::Request out;
    out.path = "/api/v1/report";
    out.query = std::move(query);
    return out;
  }
  json::Object get(std::vector<http::Field> query) {
    auto response = service_->answer(request(std::move(query)));
    EXPECT_TRUE(response) << response.error().message;
    return json::parse_object(response->body.bytes()).value();
  }
  int64_t orders(std::vector<http::Field> query) {
    return *json::int_at(json::find(get(std::move(query)), "counts")->get_object(), "orders");
  }

  test::TempDir dir_;
  FakeClock clock_{parse_moment("2026-06-01T00:00:00Z", Zone()).value()};
  World world_{clock_, system_entropy(), system_executor(), system_files()};
  std::unique_ptr<db::Store> store_;
  std::unique_ptr<events::Log> log_;
  std::unique_ptr<history::History> history_;
  test::ByNumber identify_;
  SourceId source_;
  std::unique_ptr<Service> service_;
};

TEST_F(ReportRoute, SeesWhatIsNewAtOnce) {
  EXPECT_EQ(orders({}), 0);
  order(1, "2026-05-30T10:00:00Z");
  EXPECT_EQ(orders({}), 1);
  EXPECT_EQ(orders({}), 1);
  order(2, "2026-05-31T10:00:00Z");
  EXPECT_EQ(orders({}), 2);
}

TEST_F(ReportRoute, SaysToComeAgainWhileNothingIsBuilt) {
  service_.reset();
  history_ = std::move(history::History::open(world_, *store_, *log_, dir_.path()).value());
  service_ = std::make_unique<Service>(world_, *store_, *history_);
  auto response = service_->answer(request({}));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Code::unavailable);
  history_->start();
  for (int i = 0; i < 1000 && !history_->version(); ++i) world_.executor.make_signal()->wait_for(milliseconds(5));
  order(1, "2026-05-30T10:00:00Z");
  EXPECT_EQ(orders({}), 1);
}

TEST_F(ReportRoute, NowMovesOn) {
  order(1, "2026-06-01T00:10:00Z");
  EXPECT_EQ(orders({}), 0) << "it lies in the future";
  clock_.advance(hours(1));
  EXPECT_EQ(orders({}), 1);
}

TEST_F(ReportRoute, AskedPeriods) {
  order(1, "2026-05-30T00:00:00Z");
  order(2, "2026-05-31T23:59:59Z");
  EXPECT_EQ(orders({{"since", "2026-05-31"}}), 1);
  EXPECT_EQ(orders({{"until", "2026-05-31"}}), 2) << "a day alone is included";
  EXPECT_EQ(orders({{"until", "2026-05-31T00:00:00Z"}}), 1);
  EXPECT_EQ(orders({{"since", "2026-05-30T00:00:00Z"}, {"until", "2026-05-30"}}), 1);
}

TEST_F(ReportRoute, Language) {
  auto name = [&](std::vector<http::Field> query, std::string_view header) {
    http::Request r = request(std::move(query));
    r.headers.add("Accept-Language", header);
    return std::string(service_->answer(r)->body.bytes());
  };
  EXPECT_THAT(name({{"lang", "fr"}}, "en"), HasSubstr("Informer"));
  EXPECT_THAT(name({}, "fr-CA, en;q=0.5"), HasSubstr("Informer"));
  EXPECT_THAT(name({{"lang", "en"}}, "fr"), HasSubstr("\"Inform\""));
}

TEST_F(ReportRoute, BadInputNamesTheField) {
  for (auto [field, value] : {std::pair("since", "yesterday"), {"until", "2026-02-30"}, {"lang", "de"}}) {
    auto response = service_->answer(request({{field, value}}));
    ASSERT_FALSE(response) << field;
    EXPECT_EQ(response.error().field, field);
    EXPECT_EQ(response.error().code, Code::invalid);
  }
  auto empty = service_->answer(request({{"since", "2026-05-02"}, {"until", "2026-05-01"}}));
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().field, "since");
}

TEST(Bounds, DaysAreTheBrandsDays) {
  Zone paris = Zone::find("Europe/Paris").value();
  EXPECT_EQ(to_rfc3339(**parse_since("2026-03-29", paris)), "2026-03-28T23:00:00Z");
  EXPECT_EQ(to_rfc3339(**parse_until("2026-03-29", paris)), "2026-03-29T22:00:00Z") << "a day of 23 hours";
  EXPECT_EQ(to_rfc3339(**parse_until("2026-03-29T12:00:00", paris)), "2026-03-29T10:00:00Z");
  EXPECT_FALSE(*parse_until(" ", paris));
}

}  // namespace
}  // namespace cairn::report

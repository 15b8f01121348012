// Over a real socket.
#include "segments/routes.h"

#include <gmock/gmock.h>

#include "accounts/authorize.h"
#include "http/client.h"
#include "http/router.h"
#include "http/server.h"
#include "questions/by_hand.h"
#include "support/temp_dir.h"

namespace cairn::segments {
namespace {

class SegmentRoutes : public testing::Test {
 protected:
  void SetUp() override {
    questions::fill(history_);
    history_.build();
    db::StoreOptions stored;
    stored.directory = dir_.path();
    store_ = db::Store::open(world_, stored).value();
    log_ = events::Log::open(world_, *store_, dir_.path()).value();
    accounts_ = accounts::Accounts::open(world_, *store_).value();
    service_ = Service::open(world_, *store_, *log_, history_, questions_).value();
    http::Options options;
    options.socket_path = dir_.path() + "/s";
    http::Router router;
    router.add(routes(*service_));
    server_ = http::Server::start(world_, options, std::move(router), accounts::make_authorizer(*accounts_), metrics_)
                  .value();
    key_ = accounts_->create_key(accounts::Actor::operator_of_machine(), "shop", {"ask_questions", "view_customers"})
               .value()
               .text;
  }
  Result<http::ClientResponse> preview(http::Client& client, std::string body, Duration patience) {
    http::ClientRequest request{.method = "POST", .target = "/api/v1/segments/preview", .body = std::move(body)};
    request.headers.push_back({"Authorization", "Bearer " + key_});
    request.headers.push_back({"Content-Type", "application/json"});
    return client.send(request, patience);
  }

  test::TempDir dir_;
  World world_ = system_world();
  questions::HandHistory history_;
  questions::Service questions_{world_, history_};
  Metrics metrics_;
  std::unique_ptr<db::Store> store_;
  std::unique_ptr<events::Log> log_;
  std::unique_ptr<accounts::Accounts> accounts_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<http::Server> server_;
  std::string key_;
};

TEST_F(SegmentRoutes, APreviewEndsWhenItsClientIsGone) {
  history_.declare("Order Completed", {"gift", query::PropertyType::text, true, false});
  auto pause = system_executor().make_signal();
  std::atomic<bool> goes_on{true};
  std::atomic<int> looks{0};
  history_.while_reading = [&] {
    ++looks;
    (void)pause->wait_for(milliseconds(1));
  };
  history_.is_endless = &goes_on;
  const std::string body = R"j({"query":"exists(order_completed where gift = \"yes\")"})j";
  {
    auto client = http::Client::tcp("127.0.0.1", server_->port());
    EXPECT_EQ(preview(client, body, milliseconds(50)).error().code, Code::unavailable);
    EXPECT_GT(looks, 0);
  }
  while (history_.stopped == 0) (void)pause->wait_for(milliseconds(1));
  EXPECT_EQ(history_.columns_made, 0);
  goes_on = false;
  auto client = http::Client::tcp("127.0.0.1", server_->port());
  auto waited_for = preview(client, body, seconds(30));
  ASSERT_TRUE(waited_for) << waited_for.error().message;
  EXPECT_THAT(waited_for->body, testing::HasSubstr(R"("count":1,"customers":3)"));
}

TEST_F(SegmentRoutes, AStoppedPreviewSaysWhy) {
  auto running = std::make_shared<questions::Running>();
  running->cancel();
  auto stopped = service_->preview("exists(orders)", 1, running);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, Code::conflict);
  EXPECT_EQ(stopped.error().message, "the question was cancelled");
}

}  // namespace
}  // namespace cairn::segments

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
    key_ = accounts_
               ->create_key(accounts::Actor::operator_of_machine(), "shop",
                            {"ask_questions", "view_customers", "manage_segments"})
               .value()
               .text;
  }
  Result<http::ClientResponse> send(http::Client& client, const char* method, std::string_view path, std::string body,
                                    Duration patience) {
    http::ClientRequest request{
        .method = method, .target = fmt::format("/api/v1/segments{}", path), .body = std::move(body)};
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

TEST_F(SegmentRoutes, WhatIsMadeReadyEndsWhenTheClientIsGone) {
  history_.read_endlessly();
  const std::string query = R"j("query":"exists(order_completed where gift = \"yes\")")j";
  ASSERT_TRUE(service_->add(accounts::Actor::operator_of_machine(), {"buyers", "exists(orders)"}));
  int asked = 0;
  for (auto [method, path, body] :
       {std::tuple("POST", "/preview", "{" + query + "}"),
        std::tuple("POST", "", R"j({"name":"gifts",)j" + query + "}"), std::tuple("PATCH", "/1", "{" + query + "}")}) {
    SCOPED_TRACE(fmt::format("{} {}", method, path));
    history_.looks = 0;
    {
      auto client = http::Client::tcp("127.0.0.1", server_->port());
      // Long enough that a slow machine begins.
      EXPECT_EQ(send(client, method, path, body, milliseconds(500)).error().code, Code::unavailable);
      EXPECT_GT(history_.looks, 0);
    }
    history_.wait_until([&, wanted = ++asked] { return history_.stopped >= wanted; });
  }
  EXPECT_EQ(history_.columns_made, 0);
  history_.is_endless = false;
  auto client = http::Client::tcp("127.0.0.1", server_->port());
  auto waited_for = send(client, "POST", "/preview", "{" + query + "}", seconds(30));
  ASSERT_TRUE(waited_for) << waited_for.error().message;
  EXPECT_THAT(waited_for->body, testing::HasSubstr(R"("count":1,"customers":3)"));
  // Nothing was made, nothing changed.
  ASSERT_EQ(service_->list().size(), 1u);
  EXPECT_EQ(service_->list()[0].definition.query, "exists(orders)");
}

TEST_F(SegmentRoutes, APresetIsFollowedUntilItsTextIsAnother) {
  auto client = http::Client::tcp("127.0.0.1", server_->port());
  auto made = send(client, "POST", "", R"({"preset":"champions"})", seconds(30));
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->status, 201);
  EXPECT_THAT(made->body, testing::HasSubstr(R"("name":"Champions")"));
  EXPECT_THAT(made->body, testing::HasSubstr(R"("preset":"champions","thresholds_at":"20)"));
  auto frozen = send(client, "PATCH", "/1", R"({"preset":""})", seconds(30));
  ASSERT_TRUE(frozen) << frozen.error().message;
  EXPECT_THAT(frozen->body, testing::HasSubstr(R"("preset":"","thresholds_at":null)"));
  auto both = send(client, "PATCH", "/1", R"j({"preset":"at_risk","query":"exists(orders)"})j", seconds(30));
  EXPECT_EQ(both->status, 400);
  EXPECT_THAT(both->body, testing::HasSubstr("a preset has its own"));
  auto unknown = send(client, "POST", "", R"({"preset":"best"})", seconds(30));
  EXPECT_EQ(unknown->status, 404);
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

// The routes as a client sees them: authorizer, then handler, without sockets.
#include "questions/routes.h"

#include <gmock/gmock.h>

#include "accounts/authorize.h"
#include "db/store.h"
#include "http/client.h"
#include "http/router.h"
#include "http/server.h"
#include "http/target.h"
#include "json/value.h"
#include "questions/by_hand.h"
#include "support/kept_answer.h"
#include "support/temp_dir.h"

namespace cairn::questions {
namespace {

using http::Method;
using testing::HasSubstr;

class QueryRoutes : public testing::Test {
 protected:
  void SetUp() override {
    fill(history_);
    history_.build();
    db::StoreOptions options;
    options.directory = dir_.path();
    store_ = db::Store::open(world_, options).value();
    accounts_ = accounts::Accounts::open(world_, *store_).value();
    authorize_ = accounts::make_authorizer(*accounts_);
    router_.add(routes(service_, jobs_));
  }
  void TearDown() override { accounts_.reset(); }

  std::string key(std::vector<std::string> scopes) {
    return accounts_->create_key(accounts::Actor::operator_of_machine(), "shop", std::move(scopes)).value().text;
  }
  /// Without a key it is the operator.
  http::Response call(Method method, std::string target, std::string body = "", std::string key = "",
                      std::string accept = "") {
    auto request = std::make_shared<http::Request>();
    request->method = method;
    EXPECT_TRUE(http::parse_target(target, *request));
    request->body = std::move(body);
    request->is_local = key.empty();
    if (!key.empty() && key != "none") request->headers.add("Authorization", "Bearer " + key);
    if (!accept.empty()) request->headers.add("Accept", accept);
    auto found = router_.find(method, request->parts);
    EXPECT_NE(found.route, nullptr) << target;
    request->params = found.params;
    http::Response response;
    http::Reply reply(request, std::make_unique<test::KeptAnswer>(response), found.errors);
    auto caller = authorize_(*request, found.route->permission);
    if (!caller) return reply.answer(caller.error()), response;
    request->caller = *caller;
    found.route->handler(*request, reply);
    return response;
  }
  http::Response get(std::string target, std::string key = "") { return call(Method::get, target, "", key); }
  static std::string text(const http::Response& response) { return std::string(response.body.bytes()); }
  static json::Object object(const http::Response& response) {
    auto out = json::parse_object(response.body.bytes());
    EXPECT_TRUE(out) << response.body.bytes();
    return out.value_or(json::Object());
  }
  /// Looks until it is no longer 202.
  http::Response fetch(int64_t job, std::string query = "", std::string key = "") {
    auto pause = system_executor().make_signal();
    for (;;) {
      auto response = get(fmt::format("/api/v1/query/jobs/{}{}", job, query), key);
      if (response.status != 202) return response;
      (void)pause->wait_for(milliseconds(2));
    }
  }
  int64_t start(std::string body, std::string key = "") {
    auto response = call(Method::post, "/api/v1/query/jobs", std::move(body), key);
    EXPECT_EQ(response.status, 202) << text(response);
    return json::int_at(object(response), "job").value_or(0);
  }

  test::TempDir dir_;
  FakeClock clock_{parse_moment("2026-04-01T00:00:00Z", Zone()).value()};
  World world_{clock_, system_entropy(), system_executor(), system_files()};
  std::unique_ptr<db::Store> store_;
  std::unique_ptr<accounts::Accounts> accounts_;
  HandHistory history_;
  Service service_{world_, history_};
  http::Router router_;
  http::Authorizer authorize_;
  Jobs jobs_{world_, service_};
};

TEST_F(QueryRoutes, ATableOfCalls) {
  struct Case {
    Method method;
    const char* target;
    const char* body;
    int status;
    const char* has;
  };
  const std::string ask = "/api/v1/query/ask";
  for (const Case& c : std::vector<Case>{
           {Method::get, "/api/v1/query/check?q=exists(orders)", "", 200, R"("is_valid":true)"},
           {Method::get, "/api/v1/query/check?q=exists(ordrs)", "", 200, R"("suggestion":"orders")"},
           {Method::get, "/api/v1/query/check?q=count(orders)&must_be_condition=1", "", 200, R"("is_valid":false)"},
           {Method::post, "/api/v1/query/check", R"j({"text":"count(orders)"})j", 200, R"("type":"number")"},
           {Method::post, "/api/v1/query/check", R"j({"txt":"count(orders)"})j", 400, "txt"},
           {Method::get, "/api/v1/query/ask?q=exists(orders)", "", 200, R"("facts":{"customers":2,"of":3)"},
           {Method::get, "/api/v1/query/ask?q=exists(orders)&as_of=2026-01-15", "", 200, R"("customers":1,"of":1)"},
           {Method::get, "/api/v1/query/ask?q=exists(orders)&moment=2026-01-15&moment=2026-03-01", "", 200,
            R"("name":"moments")"},
           {Method::get, "/api/v1/query/ask?q=select(true)&limit=1&offset=2", "", 200, R"("rows":[["3"]])"},
           {Method::get, "/api/v1/query/ask?q=select(true)&limit=99999", "", 400, "limit"},
           {Method::get, "/api/v1/query/ask?q=select(true)&format=xml", "", 400, "csv"},
           {Method::get, "/api/v1/query/ask?q=select(true)&format=csv&table=nodes", "", 400, "no table 'nodes'"},
           {Method::post, "/api/v1/query/ask", R"j({"text":"sum(orders.totl)"})j", 400, "col 12: "},
           {Method::post, "/api/v1/query/ask", R"j({"text":"exists(orders)","as_of":"soon"})j", 400,
            R"("field":"as_of")"},
           {Method::post, "/api/v1/query/ask", R"j({"text":"series(sum(orders.total) by month)"})j", 200,
            R"({"minor":4550,"currency":"EUR","text":"45.50"})"},
           {Method::get, "/api/v1/query/customers/1?q=count(orders)&explain=1", "", 200, R"("event_count":2)"},
           {Method::get, "/api/v1/query/customers/1?q=count(orders)&as_of=2026-01-15", "", 200, R"("value":1)"},
           {Method::post, "/api/v1/query/customers/2", R"j({"text":"days_since(orders)"})j", 200,
            R"("valid_until":"2026)"},
           {Method::get, "/api/v1/query/customers/99?q=count(orders)", "", 404, "99"},
           {Method::get, "/api/v1/query/customers/ada?q=count(orders)", "", 400, R"("field":"id")"},
           {Method::get, "/api/v1/query/catalogue", "", 200, R"("stream":"order_completed")"},
           {Method::get, "/api/v1/query/words", "", 200, R"("name":"days_since")"},
           {Method::post, "/api/v1/query/jobs", R"j({"text":"sum(orders.totl)"})j", 400, "col 12: "},
           {Method::get, "/api/v1/query/jobs/77", "", 404, "77"},
           {Method::delete_, "/api/v1/query/jobs/77", "", 404, "77"},
       }) {
    SCOPED_TRACE(c.target);
    auto response = call(c.method, c.target, c.body);
    EXPECT_EQ(response.status, c.status) << text(response);
    EXPECT_THAT(text(response), HasSubstr(c.has));
  }
}

TEST_F(QueryRoutes, WhoMayAskWhat) {
  std::string asks = key({"ask_questions"}), sees = key({"ask_questions", "view_customers"}),
              exports = key({"ask_questions", "view_customers", "export_data"}), other = key({"send_events"});
  const std::string ask = "/api/v1/query/ask?q=";
  struct Case {
    std::string key, target;
    int status;
  };
  for (const Case& c : std::vector<Case>{
           {"none", ask + "exists(orders)", 401},
           {other, ask + "exists(orders)", 403},
           {other, "/api/v1/query/catalogue", 403},
           {asks, ask + "exists(orders)", 200},
           {asks, ask + "values(count(orders))", 403},
           {asks, ask + "last(ticket_opened.url)", 403},
           {asks, "/api/v1/query/customers/1?q=count(orders)", 403},
           {asks, ask + "series(count(orders)%20by%20month)&format=csv", 200},
           {sees, "/api/v1/query/customers/1?q=count(orders)", 200},
           {sees, ask + "values(count(orders))", 200},
           {sees, ask + "values(count(orders))&limit=101", 403},
           {sees, ask + "values(count(orders))&offset=1", 403},
           {sees, ask + "select(true)&format=csv", 403},
           {sees, ask + "series(count(orders))&limit=1000", 200},
           {exports, ask + "values(count(orders))&limit=101", 200},
           {exports, ask + "select(true)&format=csv", 200},
       }) {
    SCOPED_TRACE(c.target);
    EXPECT_EQ(get(c.target, c.key).status, c.status);
  }
  EXPECT_THAT(text(get(ask + "exists(orders)", asks)), HasSubstr(R"("tables":[])")) << "the count, and nobody's id";
}

TEST_F(QueryRoutes, CsvByAcceptOrFormat) {
  const char* target = "/api/v1/query/ask?q=series(count(orders)%20by%20month)";
  auto plain = call(Method::get, target, "", "", "text/csv");
  EXPECT_EQ(text(plain), "month,value,rows,skipped\r\n2026-01,1,1,0\r\n2026-02,2,2,0\r\n");
  EXPECT_THAT(std::string(plain.headers.find("content-type").value_or("")), HasSubstr("text/csv"));
  EXPECT_THAT(std::string(plain.headers.find("content-disposition").value_or("")), HasSubstr("series.csv"));
  EXPECT_EQ(text(get(std::string(target) + "&format=csv")), text(plain));
  EXPECT_EQ(text(get("/api/v1/query/ask?q=exists(orders)&format=csv&table=facts")),
            "customers,of,share\r\n2,3,0.6666666666666666\r\n");
}

TEST_F(QueryRoutes, AJobIsStartedLookedAtAndFetched) {
  int64_t job = start(R"j({"text":"values(count(orders))"})j");
  auto done = fetch(job);
  EXPECT_EQ(done.status, 200);
  EXPECT_THAT(text(done), HasSubstr(R"("rows":[["1",2],["2",1],["3",0]])"));
  EXPECT_EQ(text(fetch(job, "?format=csv")), "customer,count(orders)\r\n1,2\r\n2,1\r\n3,0\r\n") << "again, otherwise";
  EXPECT_EQ(get(fmt::format("/api/v1/query/jobs/{}", job), key({"ask_questions"})).status, 404) << "somebody else's";
  EXPECT_EQ(call(Method::delete_, fmt::format("/api/v1/query/jobs/{}", job)).status, 204);
  EXPECT_EQ(get(fmt::format("/api/v1/query/jobs/{}", job)).status, 404);
}

TEST_F(QueryRoutes, ACancelledJobEndsAndSaysSo) {
  history_.read_endlessly();
  int64_t job = start(R"j({"text":"exists(order_completed where gift = \"yes\")"})j");
  history_.wait_until([&] { return history_.looks >= 2; });
  auto going = get(fmt::format("/api/v1/query/jobs/{}", job));
  EXPECT_EQ(going.status, 202);
  EXPECT_THAT(text(going), HasSubstr(R"("stage":"reading","reading":"order_completed.gift")"));
  EXPECT_EQ(call(Method::delete_, fmt::format("/api/v1/query/jobs/{}", job)).status, 204);
  auto ended = fetch(job);
  history_.is_endless = false;
  EXPECT_EQ(ended.status, 409);
  EXPECT_THAT(text(ended), HasSubstr("the question was cancelled"));
  EXPECT_EQ(history_.columns_made, 0);
}

/// Over a real socket: the client asks what would be read for ever, and closes.
TEST_F(QueryRoutes, WhatIsAskedEndsWhenTheClientIsGone) {
  history_.read_endlessly();
  Metrics metrics;
  http::Options options;
  options.socket_path = dir_.path() + "/s";
  http::Router router;
  router.add(routes(service_, jobs_));
  auto server = http::Server::start(system_world(), options, std::move(router), authorize_, metrics).value();
  const std::string bearer = "Bearer " + key({"ask_questions", "view_customers"});
  int asked = 0;
  for (const char* path : {"/api/v1/query/ask", "/api/v1/query/customers/1"}) {
    SCOPED_TRACE(path);
    history_.looks = 0;
    {
      auto client = http::Client::tcp("127.0.0.1", server->port());
      http::ClientRequest request{.target =
                                      fmt::format("{}?q=exists(order_completed%20where%20gift%20%3D%20%22x%22)", path)};
      request.headers.push_back({"Authorization", bearer});
      // It gives up, and its connection goes with it.
      EXPECT_EQ(client.send(request, milliseconds(50)).error().code, Code::unavailable);
      EXPECT_GT(history_.looks, 0);
    }
    ++asked;
    history_.wait_until([&] { return history_.stopped >= asked; });
  }
  history_.is_endless = false;
  EXPECT_EQ(history_.columns_made, 0);
}

TEST_F(QueryRoutes, AJobThatNobodyLooksAtIsStopped) {
  history_.read_endlessly();
  auto pause = system_executor().make_signal();
  Jobs jobs(world_, service_, milliseconds(5));
  int64_t job = jobs.start({"exists(order_completed where gift = \"yes\")"}, "ada").value();
  // The clock stands: a moment ago somebody looked.
  (void)pause->wait_for(milliseconds(20));
  EXPECT_EQ(jobs.look(job, "ada")->answer, nullptr);
  EXPECT_EQ(jobs.look(job, "bob").error().code, Code::not_found);
  clock_.advance(minutes(1));
  history_.wait_until([&] { return history_.stopped > 0; });
  std::shared_ptr<const Result<Answer>> answer;
  while (!(answer = jobs.look(job, "ada")->answer)) (void)pause->wait_for(milliseconds(1));
  EXPECT_THAT(answer->error().message, HasSubstr("nobody looked"));
}

TEST_F(QueryRoutes, TooManyJobsAreRefused) {
  history_.read_endlessly();
  std::string body = R"j({"text":"exists(order_completed where gift = \"yes\")"})j";
  std::vector<int64_t> started;
  for (size_t i = 0; i < kJobsWaiting; ++i) started.push_back(start(body));
  auto refused = call(Method::post, "/api/v1/query/jobs", body);
  EXPECT_EQ(refused.status, 503);
  for (int64_t job : started) EXPECT_EQ(call(Method::delete_, fmt::format("/api/v1/query/jobs/{}", job)).status, 204);
  for (int64_t job : started) EXPECT_EQ(fetch(job).status, 409);
  history_.is_endless = false;
  EXPECT_EQ(fetch(start(body)).status, 200);
}

TEST(QueryRoutesBuilding, AnswersComeAgainInAMoment) {
  HandHistory history;
  history.now_standing = {history::Standing::State::building, Seq{43}, Seq{100}, {}};
  World world = system_world();
  Service service(world, history);
  http::Request request;
  auto answer = service.ask({"exists(orders)"}, std::make_shared<Running>());
  ASSERT_FALSE(answer);
  EXPECT_EQ(http::status_of(answer.error().code, request), 503);
}

}  // namespace
}  // namespace cairn::questions

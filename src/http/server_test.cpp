#include "http/server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/client.h"
#include "http/gzip.h"
#include "support/temp_dir.h"

namespace cairn::http {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// A connection that says exactly what a test wants.
class RawClient {
 public:
  explicit RawClient(int port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    timeval limit{20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    CHECK(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  ~RawClient() { ::close(fd_); }
  void say(std::string_view text) { (void)!::send(fd_, text.data(), text.size(), MSG_NOSIGNAL); }
  /// Says that nothing more comes, and goes on listening.
  void say_no_more() { ::shutdown(fd_, SHUT_WR); }
  /// Until the other side closes.
  std::string hear_all() {
    while (hear()) {}
    return heard_;
  }
  /// Until `text` has been heard; false when the other side closed before.
  bool hear_until(std::string_view text) {
    while (heard_.find(text) == std::string::npos)
      if (!hear()) return false;
    return true;
  }
  const std::string& heard() const { return heard_; }

 private:
  bool hear() {
    char chunk[4096];
    ssize_t n = ::recv(fd_, chunk, sizeof chunk, 0);
    if (n > 0) heard_.append(chunk, static_cast<size_t>(n));
    return n > 0;
  }

  int fd_;
  std::string heard_;
};

size_t count(std::string_view text, std::string_view what) {
  size_t n = 0;
  for (size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

/// A server with the routes that the tests need.
class ServerTest : public testing::Test {
 protected:
  ServerTest() { options.threads = 2; }

  void TearDown() override {
    gate->set();
    server.reset();
  }

  Route route(Method method, std::string_view path, Handler handler, Lane lane = Lane::inline_) {
    return {.method = method,
            .path = path,
            .permission = kPublic,
            .lane = lane,
            .summary = "test",
            .handler = std::move(handler)};
  }

  std::vector<Route> table() {
    std::vector<Route> routes;
    auto hello = answer([](const Request& r) -> Result<Response> {
      return text_response("hello " + std::string(r.query_value("name").value_or("you")));
    });
    routes.push_back(route(Method::get, "/hello", hello));
    routes.push_back(route(Method::post, "/echo",
                           answer([](const Request& r) -> Result<Response> { return text_response(r.body); }),
                           Lane::pages));
    routes.push_back(route(Method::get, "/wait", answer([this](const Request&) -> Result<Response> {
                             started->set();
                             gate->wait();
                             return text_response("waited");
                           }),
                           Lane::long_questions));
    routes.push_back(route(Method::get, "/late", [this](const Request&, Reply reply) {
      queue->post([reply] { reply.answer(text_response("late")); });
    }));
    // Reads the body, frees it if asked to, and answers when the gate opens.
    routes.push_back(route(Method::post, "/later", [this](const Request& request, const Reply& reply) {
      if (request.query_value("free")) reply.free_body();
      queue->post([this, reply] {
        started->set();
        gate->wait();
        reply.answer(text_response("late"));
      });
    }));
    routes.push_back(route(Method::get, "/watched", [this](const Request&, const Reply& reply) {
      reply.on_client_gone([this] { gone->set(); });
      queue->post([this, reply] {
        started->set();
        gate->wait();
        reply.answer(text_response("watched"));
      });
    }));
    routes.push_back(route(Method::get, "/dropped", [](const Request&, const Reply&) {}));
    routes.push_back(route(Method::get, "/throws",
                           [](const Request&, const Reply&) { throw std::runtime_error("from a library"); }));
    routes.push_back(route(Method::get, "/full",
                           answer([](const Request&) -> Result<Response> { return fail(Code::overloaded, "full"); })));
    routes.push_back(route(Method::get, "/events", [this](const Request&, const Reply& reply) {
      stream = reply.open_stream();
      is_streaming->set();
    }));
    routes.push_back(route(Method::get, "/big", answer([](const Request&) -> Result<Response> {
                             return text_response(std::string(8 << 20, 'x'));
                           })));
    Route tried =
        route(Method::post, "/sign-in", answer([](const Request&) -> Result<Response> { return empty_response(); }));
    tried.tries_per_minute = 2;
    routes.push_back(std::move(tried));
    Route guarded = route(Method::post, "/orders",
                          answer([](const Request& r) -> Result<Response> { return text_response(r.caller.name); }));
    guarded.permission = "orders.write";
    routes.push_back(std::move(guarded));
    Route small =
        route(Method::post, "/small", answer([](const Request&) -> Result<Response> { return empty_response(); }));
    small.body_bytes_max = 10;
    routes.push_back(std::move(small));
    return routes;
  }

  /// As the accounts module will: a key needs no token, a cookie does.
  static Result<Caller> authorize(const Request& request, std::string_view permission) {
    Caller caller;
    caller.name = permission;
    if (request.header("Authorization") == "Bearer key") return caller;
    if (request.cookie("session") != "s") return fail(Code::unauthenticated, "Sign in, or send an API key.");
    if (!request.is_safe() && request.header("X-CSRF-Token") != "t")
      return fail(Code::forbidden, "The CSRF token is missing.");
    return caller;
  }

  void start() {
    Router router;
    router.add(table());
    Result<std::unique_ptr<Server>> started_server =
        Server::start(system_world(), options, std::move(router), authorize, metrics);
    ASSERT_TRUE(started_server.has_value()) << started_server.error().message;
    server = std::move(*started_server);
  }

  ClientResponse ask(const ClientRequest& request) {
    Client client = Client::tcp("127.0.0.1", server->port());
    Result<ClientResponse> response = client.send(request);
    EXPECT_TRUE(response.has_value()) << response.error().message;
    return response ? *response : ClientResponse{};
  }

  /// Everything that the server says to these bytes, until it closes.
  std::string exchange(std::string_view bytes) {
    RawClient raw(server->port());
    raw.say(bytes);
    return raw.hear_all();
  }

  Metrics metrics;
  std::shared_ptr<Signal> gate = system_executor().make_signal();
  std::shared_ptr<Signal> started = system_executor().make_signal();
  std::shared_ptr<Signal> gone = system_executor().make_signal();
  std::shared_ptr<EventStream> stream;
  std::shared_ptr<Signal> is_streaming = system_executor().make_signal();
  std::unique_ptr<Queue> queue = system_executor().make_queue("test");
  Options options;
  std::unique_ptr<Server> server;
};

TEST_F(ServerTest, answers_and_counts) {
  start();
  ClientResponse response = ask({.target = "/hello?name=%C3%A9ve"});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "hello éve");
  EXPECT_TRUE(response.headers.find("Date").has_value());
  EXPECT_THAT(metrics.text(),
              HasSubstr("cairn_http_requests_total{method=\"GET\",route=\"/hello\",status=\"200\"} 1\n"));
}

TEST_F(ServerTest, keeps_connections_open) {
  start();
  Client client = Client::tcp("127.0.0.1", server->port());
  for (int i = 0; i < 5; ++i) EXPECT_EQ(client.send({.target = "/hello"})->body, "hello you");
  std::string old = exchange("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_THAT(old, StartsWith("HTTP/1.0 200 OK\r\n"));
  EXPECT_THAT(old, HasSubstr("Connection: close\r\n"));
}

TEST_F(ServerTest, answers_pipelined_requests_in_order) {
  start();
  std::string heard = exchange(
      "GET /late HTTP/1.1\r\nHost: a\r\n\r\nPOST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\ntwo"
      "GET /hello?name=3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(count(heard, "HTTP/1.1 200 OK"), 3u);
  size_t one = heard.find("\r\n\r\nlate"), two = heard.find("\r\n\r\ntwo"), three = heard.find("\r\n\r\nhello 3");
  EXPECT_LT(one, two);
  EXPECT_LT(two, three);
  EXPECT_NE(three, std::string::npos);
}

TEST_F(ServerTest, reads_chunks_and_waits_for_continue) {
  start();
  EXPECT_THAT(exchange("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                       "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"),
              testing::EndsWith("\r\n\r\nabcde"));
  RawClient raw(server->port());
  raw.say("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n");
  ASSERT_TRUE(raw.hear_until("100 Continue\r\n\r\n"));
  raw.say("ok");
  EXPECT_THAT(raw.hear_all(), testing::EndsWith("\r\n\r\nok"));
}

TEST_F(ServerTest, refuses_what_is_malformed) {
  start();
  struct Case {
    std::string_view bytes, status;
  };
  std::string big_header = "GET /hello HTTP/1.1\r\nHost: a\r\nX-Big: " + std::string(20'000, 'x') + "\r\n\r\n";
  std::string many_headers = "GET /hello HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 3000; ++i) many_headers += "X: y\r\n";
  for (const Case& c :
       {Case{"nonsense\r\n\r\n", "400"}, Case{"GET /hello HTTP/1.1\r\n\r\n", "400"},
        Case{"GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
        Case{"GET /hello HTTP/1.1\r\nHost: a/b\r\n\r\n", "400"}, Case{"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
        Case{"GET /../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
        Case{"BREW /hello HTTP/1.1\r\nHost: a\r\n\r\n", "501"}, Case{"GET /hello HTTP/3.7\r\nHost: a\r\n\r\n", "400"},
        Case{"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", "400"},
        Case{"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", "400"},
        Case{"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400"},
        Case{big_header, "431"}, Case{many_headers, "431"}}) {
    std::string heard = exchange(c.bytes);
    std::string_view status = std::string_view(heard).substr(0, 12);
    EXPECT_TRUE(status.starts_with("HTTP/1.") && status.ends_with(c.status)) << c.bytes.substr(0, 80) << "\n" << heard;
    EXPECT_THAT(heard, HasSubstr("application/problem+json"));
  }
}

TEST_F(ServerTest, limits_bodies_by_route) {
  start();
  EXPECT_EQ(ask({.method = "POST", .target = "/small", .body = "1234567890"}).status, 204);
  EXPECT_EQ(ask({.method = "POST", .target = "/small", .body = "12345678901"}).status, 413);
  EXPECT_EQ(ask({.method = "POST", .target = "/echo", .body = std::string(1024 * 1024 + 1, 'x')}).status, 413);
  EXPECT_EQ(ask({.method = "POST", .target = "/echo", .body = std::string(1024 * 1024, 'x')}).body.size(),
            1024u * 1024);
  EXPECT_THAT(exchange("POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                       "8\r\n12345678\r\n8\r\n12345678\r\n0\r\n\r\n"),
              StartsWith("HTTP/1.1 413"));
}

TEST_F(ServerTest, bodies_share_their_room_until_they_are_freed) {
  options.limits.bodies_bytes = 100'000;
  start();
  std::string big(60'000, 'x');
  std::string chunked = fmt::format("{:x}\r\n{}\r\n", big.size(), big);
  EXPECT_THAT(exchange("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked + chunked +
                       chunked + "0\r\n\r\n"),
              StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(exchange("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" +
                       chunked + "0\r\n\r\n"),
              StartsWith("HTTP/1.1 200"));
  // Room comes back on the other connection's own thread, a moment after.
  auto finds_room = [&] {
    for (int tries = 0; tries < 1000; ++tries)
      if (ask({.method = "POST", .target = "/echo", .body = big}).status == 200) return true;
    return false;
  };
  for (bool frees : {true, false}) {
    ASSERT_TRUE(finds_room());
    started = system_executor().make_signal();
    gate = system_executor().make_signal();
    std::optional<RawClient> waiting;
    do {  // until what was found is free again
      waiting.emplace(server->port());
      waiting->say(fmt::format("POST /later{} HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
                               frees ? "?free=1" : "", big.size(), big));
    } while (!started->wait_for(seconds(2)));
    if (frees) EXPECT_TRUE(finds_room());
    else EXPECT_EQ(ask({.method = "POST", .target = "/echo", .body = big}).status, 503);
    gate->set();
    EXPECT_THAT(waiting->hear_all(), testing::EndsWith("\r\n\r\nlate"));
    EXPECT_TRUE(finds_room()) << "all room is free again";
  }
}

TEST_F(ServerTest, who_announces_a_body_and_sends_none_takes_no_room) {
  options.limits.bodies_bytes = 100'000;
  start();
  std::vector<std::unique_ptr<RawClient>> silent;
  for (int i = 0; i < 8; ++i) {
    silent.push_back(std::make_unique<RawClient>(server->port()));
    silent.back()->say("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\nx");
  }
  // The room of the one before comes back on its own thread, a moment after.
  int answered = 0;
  for (int tries = 0; tries < 1000 && answered < 20; ++tries)
    answered += ask({.method = "POST", .target = "/echo", .body = std::string(60'000, 'x')}).status == 200;
  EXPECT_EQ(answered, 20);
}

TEST_F(ServerTest, unpacks_gzip_within_the_limit) {
  start();
  std::vector<Field> packed{{"Content-Encoding", "gzip"}};
  EXPECT_EQ(ask({.method = "POST", .target = "/echo", .headers = packed, .body = gzip("plain")}).body, "plain");
  std::string bomb = gzip(std::string(64 << 20, '\0'));
  ASSERT_LT(bomb.size(), 100'000u);
  EXPECT_EQ(ask({.method = "POST", .target = "/echo", .headers = packed, .body = bomb}).status, 413);
  EXPECT_EQ(ask({.method = "POST", .target = "/echo", .headers = packed, .body = "plain"}).status, 400);
  EXPECT_EQ(ask({.method = "POST", .target = "/echo", .headers = {{"Content-Encoding", "br"}}, .body = "x"}).status,
            400);
}

TEST_F(ServerTest, knows_methods) {
  start();
  ClientResponse none = ask({.target = "/nowhere"});
  EXPECT_EQ(none.status, 404);
  EXPECT_THAT(none.body, HasSubstr("\"title\":\"There is nothing here\""));
  ClientResponse other = ask({.method = "DELETE", .target = "/hello"});
  EXPECT_EQ(other.status, 405);
  EXPECT_EQ(other.headers.find("Allow"), "GET, HEAD, OPTIONS");
  ClientResponse options_answer = ask({.method = "OPTIONS", .target = "/hello"});
  EXPECT_EQ(options_answer.status, 204);
  EXPECT_EQ(options_answer.headers.find("Allow"), "GET, HEAD, OPTIONS");
  ClientResponse head = ask({.method = "HEAD", .target = "/hello"});
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.find("Content-Length"), "9");
  EXPECT_EQ(head.body, "");
}

TEST_F(ServerTest, asks_who_calls) {
  start();
  auto post = [&](std::vector<Field> headers) {
    return ask({.method = "POST", .target = "/orders", .headers = std::move(headers)});
  };
  ClientResponse guest = post({});
  EXPECT_EQ(guest.status, 401);
  EXPECT_THAT(guest.body, HasSubstr("Sign in first"));
  EXPECT_EQ(post({{"Cookie", "session=s"}}).status, 403);
  EXPECT_EQ(post({{"Cookie", "session=s"}, {"X-CSRF-Token", "t"}}).body, "orders.write");
  EXPECT_EQ(post({{"Authorization", "Bearer key"}}).body, "orders.write");
}

TEST_F(ServerTest, limits_tries) {
  start();
  EXPECT_EQ(ask({.method = "POST", .target = "/sign-in"}).status, 204);
  EXPECT_EQ(ask({.method = "POST", .target = "/sign-in"}).status, 204);
  ClientResponse third = ask({.method = "POST", .target = "/sign-in"});
  EXPECT_EQ(third.status, 429);
  EXPECT_TRUE(third.headers.find("Retry-After").has_value());
}

TEST_F(ServerTest, answers_for_handlers_that_do_not) {
  start();
  EXPECT_EQ(ask({.target = "/late"}).body, "late");
  EXPECT_EQ(ask({.target = "/dropped"}).status, 500);
  ClientResponse thrown = ask({.target = "/throws"});
  EXPECT_EQ(thrown.status, 500);
  EXPECT_THAT(thrown.body, testing::Not(HasSubstr("from a library")));
  EXPECT_EQ(ask({.target = "/full"}).status, 429);
}

TEST_F(ServerTest, a_full_lane_says_come_again) {
  options.long_questions = {.threads = 1, .waiting_max = 1};
  start();
  RawClient running(server->port()), waiting(server->port());
  running.say("GET /wait HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  started->wait();
  waiting.say("GET /wait HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  while (metrics.gauge("cairn_http_lane_waiting", "", "lane=\"long_questions\"").value() == 0)
    EXPECT_EQ(ask({.target = "/hello"}).status, 200);  // the other lanes go on
  ClientResponse refused = ask({.target = "/wait"});
  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(refused.headers.find("Retry-After").has_value());
  gate->set();
  EXPECT_THAT(running.hear_all(), HasSubstr("waited"));
  EXPECT_THAT(waiting.hear_all(), HasSubstr("waited"));
}

TEST_F(ServerTest, a_request_that_takes_too_long_is_let_go) {
  options.limits.request = milliseconds(50);
  start();
  ClientResponse response = ask({.target = "/wait"});
  EXPECT_EQ(response.status, 503);
  gate->set();  // the late answer goes nowhere
  EXPECT_EQ(ask({.target = "/hello"}).status, 200);
}

TEST_F(ServerTest, closes_on_slow_and_silent_clients) {
  options.limits.read = milliseconds(50);
  options.limits.idle = milliseconds(100);
  start();
  RawClient silent(server->port()), slow_head(server->port()), slow_body(server->port());
  slow_head.say("GET /hello HT");
  slow_body.say("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");
  EXPECT_EQ(silent.hear_all(), "");
  EXPECT_EQ(slow_head.hear_all(), "");
  EXPECT_EQ(slow_body.hear_all(), "");
  EXPECT_EQ(ask({.target = "/hello"}).status, 200);
}

TEST_F(ServerTest, a_client_that_goes_harms_nobody) {
  start();
  for (int i = 0; i < 20; ++i) RawClient(server->port()).say("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(ask({.target = "/big"}).body.size(), 8u << 20);
}

TEST_F(ServerTest, a_handler_learns_that_its_client_is_gone) {
  start();
  {
    RawClient leaving(server->port());
    leaving.say("GET /watched HTTP/1.1\r\nHost: a\r\n\r\n");
    started->wait();
    EXPECT_FALSE(gone->wait_for(milliseconds(20)));
  }
  EXPECT_TRUE(gone->wait_for(seconds(20)));
  gate->set();
  EXPECT_EQ(ask({.target = "/hello"}).status, 200);
}

TEST_F(ServerTest, a_client_that_only_sends_no_more_still_gets_its_answer) {
  start();
  RawClient half(server->port());
  half.say("GET /watched HTTP/1.1\r\nHost: a\r\n\r\n");
  started->wait();
  half.say_no_more();
  EXPECT_TRUE(half.hear_until("100 Continue")) << "a few bytes that tell whether it still listens";
  gate->set();
  EXPECT_THAT(half.hear_all(), HasSubstr("watched"));
  EXPECT_FALSE(gone->wait_for(Duration{}));

  RawClient old(server->port());
  old.say("GET /watched HTTP/1.0\r\n\r\n");
  old.say_no_more();
  EXPECT_THAT(old.hear_all(), HasSubstr("watched"));
  EXPECT_FALSE(gone->wait_for(Duration{}));
}

TEST_F(ServerTest, watching_takes_nothing_from_the_next_request) {
  start();
  RawClient client(server->port());
  client.say("GET /watched HTTP/1.1\r\nHost: a\r\n\r\nGET /hello?name=1 HTTP/1.1\r\nHost: a\r\n\r\n");
  started->wait();
  client.say("GET /hello?name=2 HTTP/1.1\r\nHost: a\r\n\r\n");
  gate->set();
  EXPECT_TRUE(client.hear_until("hello 2"));
  for (int i = 0; i < 3; ++i) client.say("GET /watched HTTP/1.1\r\nHost: a\r\n\r\n");
  client.say("GET /hello?name=3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  client.hear_all();
  EXPECT_THAT(client.heard(), HasSubstr("hello 3"));
  EXPECT_EQ(count(client.heard(), "watched"), 4u);
  EXPECT_FALSE(gone->wait_for(Duration{}));
}

TEST_F(ServerTest, a_handler_that_took_too_long_has_nobody_who_waits) {
  options.limits.request = milliseconds(50);
  start();
  EXPECT_EQ(ask({.target = "/watched"}).status, 503);
  EXPECT_TRUE(gone->wait_for(seconds(20)));
}

TEST_F(ServerTest, stops_after_what_runs) {
  start();
  RawClient running(server->port()), idle(server->port());
  running.say("GET /wait HTTP/1.1\r\nHost: a\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  started->wait();
  int port = server->port();
  auto stopper = system_executor().start("stopper", [&] { server->stop(seconds(60)); });
  EXPECT_EQ(idle.hear_all(), "");  // closed at once, so the stop has begun
  gate->set();
  std::string heard = running.hear_all();
  EXPECT_THAT(heard, HasSubstr("waited"));
  EXPECT_THAT(heard, HasSubstr("Connection: close"));
  EXPECT_EQ(count(heard, "HTTP/1.1"), 1u);
  stopper.reset();
  Client after = Client::tcp("127.0.0.1", port);
  EXPECT_EQ(after.send({.target = "/hello"}).error().code, Code::not_found);
}

TEST_F(ServerTest, survives_an_answer_that_comes_after_its_end) {
  std::optional<Reply> kept;
  Router router;
  router.add({route(Method::get, "/keep", [&](const Request&, Reply reply) {
    kept = reply;
    started->set();
  })});
  server = Server::start(system_world(), options, std::move(router), authorize, metrics).value();
  RawClient raw(server->port());
  raw.say("GET /keep HTTP/1.1\r\nHost: a\r\n\r\n");
  started->wait();
  server->stop(milliseconds(10));
  server.reset();
  EXPECT_EQ(raw.hear_all(), "");
  kept->answer(text_response("too late"));
  kept.reset();
}

TEST_F(ServerTest, streams_events) {
  start();
  RawClient raw(server->port());
  raw.say("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
  is_streaming->wait();
  EXPECT_TRUE(stream->send("moved", "one\ntwo", "1"));
  ASSERT_TRUE(raw.hear_until("event: moved\nid: 1\ndata: one\ndata: two\n\n"));
  EXPECT_THAT(raw.heard(), HasSubstr("Content-Type: text/event-stream\r\n"));
  EXPECT_THAT(raw.heard(), testing::Not(HasSubstr("Content-Length")));
  EXPECT_TRUE(stream->send("", "last", ""));
  stream->close();
  EXPECT_THAT(raw.hear_all(), testing::EndsWith("data: last\n\n"));
  EXPECT_FALSE(stream->send("", "after", ""));
}

TEST_F(ServerTest, a_stream_ends_when_the_client_goes_or_is_too_slow) {
  options.limits.stream_bytes = 100'000;
  start();
  {
    auto raw = std::make_unique<RawClient>(server->port());
    raw->say("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
    is_streaming->wait();
    ASSERT_TRUE(raw->hear_until("\r\n\r\n"));
    raw.reset();
    while (stream->is_open()) stream->send("", "x", "");
  }
  is_streaming = system_executor().make_signal();
  RawClient slow(server->port());
  slow.say("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
  is_streaming->wait();
  std::string lump(50'000, 'x');
  while (stream->send("", lump, "")) {}
  EXPECT_FALSE(stream->is_open());
}

TEST_F(ServerTest, a_stop_ends_streams) {
  start();
  RawClient raw(server->port());
  raw.say("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
  is_streaming->wait();
  ASSERT_TRUE(raw.hear_until("\r\n\r\n"));
  server->stop(seconds(60));
  EXPECT_FALSE(stream->is_open());
  raw.hear_all();
  server.reset();
  EXPECT_FALSE(stream->send("", "x", ""));
}

TEST_F(ServerTest, two_servers_cannot_share_a_port) {
  start();
  options.port = server->port();
  Result<std::unique_ptr<Server>> second = Server::start(system_world(), options, Router(), authorize, metrics);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, Code::conflict);
  EXPECT_THAT(second.error().message, HasSubstr("choose another port"));
  options.address = "not an address";
  EXPECT_EQ(Server::start(system_world(), options, Router(), authorize, metrics).error().code, Code::invalid);
}

TEST_F(ServerTest, serves_its_operator_on_a_socket) {
  test::TempDir dir;
  std::string deep = dir.path();
  for (int i = 0; i < 6; ++i) deep += "/a_directory_with_a_long_name";
  ASSERT_TRUE(system_files().make_directory(deep).has_value());
  options.socket_path = deep + "/cairn.sock";
  EXPECT_FALSE(is_served(options.socket_path));
  start();
  EXPECT_TRUE(is_served(options.socket_path));
  EXPECT_EQ(Client::unix_socket(options.socket_path).send({.target = "/hello"})->body, "hello you");
  struct stat info;
  ASSERT_EQ(::stat(options.socket_path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  options.address = "";
  EXPECT_EQ(Server::start(system_world(), options, Router(), authorize, metrics).error().code, Code::conflict);
  server->stop(seconds(10));
  EXPECT_FALSE(is_served(options.socket_path));
  // A socket that a killed server left behind is no obstacle.
  server.reset();
  start();
  server.reset();
}

TEST_F(ServerTest, believes_only_its_own_proxy) {
  Router router;
  router.add({route(Method::get, "/who", answer([](const Request& r) -> Result<Response> {
                      return text_response(r.client_address + (r.is_secure ? " secure" : ""));
                    }))});
  std::vector<Field> forwarded{{"X-Forwarded-For", "198.51.100.1, 203.0.113.7"}, {"X-Forwarded-Proto", "https"}};
  server = Server::start(system_world(), options, std::move(router), authorize, metrics).value();
  EXPECT_EQ(ask({.target = "/who", .headers = forwarded}).body, "127.0.0.1");
  server.reset();
  Router again;
  again.add({route(Method::get, "/who", answer([](const Request& r) -> Result<Response> {
                     return text_response(r.client_address + (r.is_secure ? " secure" : ""));
                   }))});
  options.trusted_proxies = {"127.0.0.1"};
  server = Server::start(system_world(), options, std::move(again), authorize, metrics).value();
  EXPECT_EQ(ask({.target = "/who", .headers = forwarded}).body, "203.0.113.7 secure");
  // A proxy may write a line of its own behind the client's.
  forwarded = {{"X-Forwarded-For", "6.6.6.6"}, {"X-Forwarded-For", "203.0.113.9"}, {"X-Forwarded-Proto", "https"}};
  EXPECT_EQ(ask({.target = "/who", .headers = forwarded}).body, "203.0.113.9 secure");
}

TEST_F(ServerTest, answers_only_for_its_hosts) {
  options.hosts = {"shop.example"};
  start();
  EXPECT_EQ(ask({.target = "/hello", .headers = {{"Host", "Shop.Example:8080"}}}).status, 200);
  EXPECT_EQ(ask({.target = "/hello", .headers = {{"Host", "evil.example"}}}).status, 421);
}

}  // namespace
}  // namespace cairn::http

// Listens, reads requests within limits, asks who calls, runs the handler in its lane, writes the answer.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/metrics.h"
#include "base/world.h"
#include "http/router.h"

namespace cairn::http {

/// Who calls, and may they? `permission` is kSignedIn or a permission's name, never kPublic. Errors: unauthenticated,
/// forbidden (also a missing or wrong X-CSRF-Token: it must equal the session's on every request that is not safe and
/// whose only credential is a cookie; a key needs none), unavailable. Runs on the route's lane, so on an inline_
/// route it must not block.
using Authorizer = std::function<Result<Caller>(const Request& request, std::string_view permission)>;

struct LaneSize {
  int threads = 2;
  int waiting_max = 256;  ///< More than that and the client is told to come again.
};

struct Limits {
  size_t header_bytes = 16 * 1024;
  size_t body_bytes = 1024 * 1024;         ///< As decoded; a route may set its own.
  size_t bodies_bytes = size_t{32} << 20;  ///< Of all requests at once; more are told to come again.
  Duration idle = seconds(75);             ///< Between requests on one connection.
  Duration read = seconds(20);             ///< For one request to arrive whole.
  Duration write = seconds(60);            ///< Without the client taking a byte.
  Duration request = seconds(120);         ///< For a handler to answer; then the client gets 503.
  size_t stream_bytes = 256 * 1024;        ///< What a live stream may hold back for a slow client.
  int connections = 10'000;
};

struct Options {
  std::string address = "127.0.0.1";  ///< An IP address; empty: no TCP.
  int port = 0;                       ///< 0: a free one.
  std::string socket_path;            ///< A unix socket for this machine's operator (mode 0600); empty: none.
  int threads = 2;                    ///< Network threads.
  LaneSize pages;
  LaneSize long_questions{.threads = 2, .waiting_max = 32};
  LaneSize hashing{.threads = 1, .waiting_max = 16};
  Limits limits;
  std::vector<std::string> hosts;             ///< When given, requests for other hosts are refused (TCP only).
  std::vector<std::string> trusted_proxies;   ///< Addresses whose X-Forwarded-For and -Proto are believed.
  ErrorForm early_errors = problem_document;  ///< How to say what is said before a route is known.
};

class Server {
 public:
  /// Binds, then serves on its own threads. `authorizer` and `metrics` are used until the server is destroyed.
  /// Errors: conflict when the port is taken, invalid for an address that is none, unavailable; one line that says
  /// what to do.
  static Result<std::unique_ptr<Server>> start(World world, Options options, Router router, Authorizer authorizer,
                                               Metrics& metrics);
  /// The same in two steps: from here on it listens, and tells everybody to come again soon (`overloaded`) until
  /// open() is called. The unix socket is bound by open().
  static Result<std::unique_ptr<Server>> listen(World world, Options options, Metrics& metrics);
  /// Errors of the unix socket. REQUIRES: listen made it; called once.
  Result<void> open(Router router, Authorizer authorizer);
  /// As stop with no time at all.
  ~Server();
  /// The port that it listens on, 0 without TCP.
  int port() const;
  /// `http://127.0.0.1:8080`.
  std::string url() const;
  /// Stops accepting, lets running requests finish for up to `limit`, then closes. Requests that come meanwhile on
  /// open connections are told to come again. Not from one of the server's own threads; twice is fine.
  void stop(Duration limit);

 private:
  struct State;
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// `/metrics` in Prometheus' text form.
Route metrics_route(Metrics& metrics, std::string_view permission);
/// `/healthz`: public; 200 {"status":"ok"} or the check's error. Runs in the pages lane, so a server whose pages do
/// not move is not healthy either.
Route health_route(std::function<Result<void>()> check);

}  // namespace cairn::http

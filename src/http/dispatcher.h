// The way of one request, without sockets: find the route, take a place in its lane, ask who calls, run the handler,
// finish the answer, count and log it.
#pragma once
#include <map>
#include <memory>
#include <shared_mutex>
#include <vector>

#include "http/lanes.h"
#include "http/rate.h"
#include "http/server.h"

namespace cairn::http {

class Dispatcher {
 public:
  Dispatcher(World world, const Options& options, Router router, Authorizer authorizer, Metrics& metrics);
  ~Dispatcher();

  const Router& router() const { return router_; }
  /// 16 hex digits; unique, no secret.
  std::string make_id();

  /// Answers through `sink`, once, with a finished response; before it returns or later, from any thread.
  void dispatch(std::shared_ptr<Request> request, Router::Found found, std::unique_ptr<Sink> sink);
  /// The same for a request that never reached a route.
  void refuse(std::shared_ptr<Request> request, Response response, Sink& sink);

  /// From now on lanes refuse, and an answer that still comes goes nowhere.
  void close();

 private:
  struct RouteStats;
  struct Gate;
  class FinishingSink;
  void run(const std::shared_ptr<Request>& request, const Route& route, const Reply& reply);
  Result<void> prepare(Request& request, const Route& route);
  Result<void> unpack(Request& request, const Route& route) const;
  std::optional<Response> refuse_early(Request& request, const Router::Found& found);
  WorkLane* lane_of(const Route& route);
  RouteStats& stats_of(const Route* route);

  World world_;
  Limits limits_;
  Router router_;
  Authorizer authorizer_;
  Metrics& metrics_;
  RateLimit rate_;
  uint64_t id_seed_;
  std::atomic<uint64_t> ids_{0};
  std::map<const Route*, std::unique_ptr<RouteStats>> stats_;
  std::shared_ptr<Gate> gate_;
  WorkLane pages_;  // lanes last: their threads use everything above
  WorkLane long_questions_;
  WorkLane hashing_;
};

}  // namespace cairn::http

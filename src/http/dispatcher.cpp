#include "http/dispatcher.h"

#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"
#include "http/finish.h"
#include "http/gzip.h"

namespace cairn::http {
namespace {

bool is_gzip(std::string_view encoding) { return encoding == "gzip" || encoding == "x-gzip"; }

}  // namespace

/// One route's figures, looked up once.
struct Dispatcher::RouteStats {
  RouteStats(Metrics& m, std::string_view method, std::string_view path)
      : metrics(m),
        labels(fmt::format("method=\"{}\",route=\"{}\"", method, metric_label(path))),
        seconds(m.histogram("cairn_http_request_seconds", "From a request's arrival to its answer", labels)) {}

  void count(int status, Duration took) {
    seconds.observe(took.seconds());
    std::lock_guard lock(mutex);
    Counter*& counter = by_status[status];
    if (!counter)
      counter = &metrics.counter("cairn_http_requests_total", "Requests answered",
                                 fmt::format("{},status=\"{}\"", labels, status));
    counter->add();
  }

  Metrics& metrics;
  std::string labels;
  Histogram& seconds;
  std::mutex mutex;
  std::map<int, Counter*> by_status;
};

/// Stands between late answers and a server that is gone.
struct Dispatcher::Gate {
  std::shared_mutex mutex;
  bool is_open = true;
};

/// Finishes, counts and logs on the answering thread, so that compressing costs the network thread nothing.
class Dispatcher::FinishingSink final : public Sink {
 public:
  FinishingSink(Dispatcher& dispatcher, std::shared_ptr<Request> request, const Route* route,
                std::unique_ptr<Sink> next)
      : dispatcher_(dispatcher),
        gate_(dispatcher.gate_),
        request_(std::move(request)),
        route_(route),
        started_(dispatcher.world_.clock.elapsed()),
        next_(std::move(next)) {}

  void deliver(Response response) override {
    std::shared_lock lock(gate_->mutex);
    if (!gate_->is_open) return;
    finish_response(*request_, response, dispatcher_.world_.entropy);
    record(response.status, response.body.bytes().size());
    next_->deliver(std::move(response));
  }

  void body_freed() override {
    std::shared_lock lock(gate_->mutex);
    if (gate_->is_open) next_->body_freed();
  }

  void watch_client(std::function<void()> gone) override {
    std::shared_lock lock(gate_->mutex);
    if (gate_->is_open) next_->watch_client(std::move(gone));
  }

  std::shared_ptr<EventStream> open_stream(const Headers& headers) override {
    std::shared_lock lock(gate_->mutex);
    if (!gate_->is_open) return std::make_shared<ClosedStream>();
    Response head;
    head.headers = headers;
    finish_response(*request_, head, dispatcher_.world_.entropy);
    record(200, 0);
    return next_->open_stream(head.headers);
  }

 private:
  struct ClosedStream final : EventStream {
    bool send(std::string_view, std::string_view, std::string_view) override { return false; }
    bool is_open() const override { return false; }
    void close() override {}
  };

  void record(int status, size_t bytes) {
    Duration took = dispatcher_.world_.clock.elapsed() - started_;
    dispatcher_.stats_of(route_).count(status, took);
    log(LogLevel::debug, "{} {} {} {} {} B {:.1f} ms {}", request_->id, method_name(request_->method),
        route_ ? route_->path : "-", status, bytes, took.seconds() * 1e3, request_->client_address);
  }

  Dispatcher& dispatcher_;
  std::shared_ptr<Gate> gate_;
  std::shared_ptr<Request> request_;
  const Route* route_;
  Duration started_;
  std::unique_ptr<Sink> next_;
};

Dispatcher::Dispatcher(World world, const Options& options, Router router, Authorizer authorizer, Metrics& metrics)
    : world_(world),
      limits_(options.limits),
      router_(std::move(router)),
      authorizer_(std::move(authorizer)),
      metrics_(metrics),
      id_seed_(world.entropy.next64()),
      gate_(std::make_shared<Gate>()),
      pages_(world.executor, "pages", options.pages.threads, options.pages.waiting_max, metrics),
      long_questions_(world.executor, "long_questions", options.long_questions.threads,
                      options.long_questions.waiting_max, metrics),
      hashing_(world.executor, "hashing", options.hashing.threads, options.hashing.waiting_max, metrics) {
  long_questions_.give_way();
  stats_[nullptr] = std::make_unique<RouteStats>(metrics_, "", "unknown");
  for (const Route* route : router_.all())
    stats_[route] = std::make_unique<RouteStats>(metrics_, method_name(route->method), route->path);
}

Dispatcher::~Dispatcher() { close(); }

void Dispatcher::close() {
  {
    std::unique_lock lock(gate_->mutex);
    gate_->is_open = false;
  }
  pages_.close();
  long_questions_.close();
  hashing_.close();
}

std::string Dispatcher::make_id() { return fmt::format("{:016x}", mix(id_seed_ + ids_.fetch_add(1))); }

Dispatcher::RouteStats& Dispatcher::stats_of(const Route* route) { return *stats_.find(route)->second; }

WorkLane* Dispatcher::lane_of(const Route& route) {
  switch (route.lane) {
    case Lane::inline_: return nullptr;
    case Lane::pages: return &pages_;
    case Lane::long_questions: return &long_questions_;
    case Lane::hashing: return &hashing_;
  }
  return nullptr;
}

void Dispatcher::refuse(std::shared_ptr<Request> request, Response response, Sink& sink) {
  finish_response(*request, response, world_.entropy);
  stats_of(nullptr).count(response.status, Duration{});
  log(LogLevel::debug, "{} {} - {} refused {}", request->id, method_name(request->method), response.status,
      request->client_address);
  sink.deliver(std::move(response));
}

std::optional<Response> Dispatcher::refuse_early(Request& request, const Router::Found& found) {
  if (!found.route && found.allowed.empty())
    return found.errors(Error{Code::not_found, "There is no such address. /api/v1/openapi.json lists those that are."},
                        request);
  if (!found.route) {
    Response response = request.method == Method::options
                            ? empty_response()
                            : problem_with_status(405, "Use one of: " + found.allowed, request);
    response.headers.add("Allow", found.allowed);
    return response;
  }
  const Route& route = *found.route;
  if (route.tries_per_minute == 0 || request.is_local) return std::nullopt;
  std::string key = rate_key(request.client_address) + std::string(route.path);
  std::optional<Duration> wait = rate_.try_now(key, route.tries_per_minute, world_.clock.elapsed());
  if (!wait) return std::nullopt;
  request.overloaded_status = 429;
  Response response =
      found.errors(Error{Code::overloaded, "Too many tries from this address; wait a little."}, request);
  response.headers.set("Retry-After", std::to_string(wait->micros / 1'000'000 + 1));
  return response;
}

void Dispatcher::dispatch(std::shared_ptr<Request> request, Router::Found found, std::unique_ptr<Sink> sink) {
  const Route* route = found.route;
  auto finishing = std::make_unique<FinishingSink>(*this, request, route, std::move(sink));
  if (std::optional<Response> refusal = refuse_early(*request, found)) {
    finishing->deliver(std::move(*refusal));
    return;
  }
  request->params = std::move(found.params);
  request->route = route->path;
  if (route->lane == Lane::inline_) request->overloaded_status = 429;
  Reply reply(request, std::move(finishing), found.errors);
  WorkLane* lane = lane_of(*route);
  if (!lane) return run(request, *route, reply);
  if (!lane->submit([this, request, route, reply] { run(request, *route, reply); }))
    reply.answer(Error{Code::overloaded, "The server is busy; try again in a moment."});
}

Result<void> Dispatcher::unpack(Request& request, const Route& route) const {
  std::string encoding = to_lower(trim(request.header("Content-Encoding").value_or("")));
  if (encoding.empty() || encoding == "identity") return {};
  if (!is_gzip(encoding))
    return fail(Code::invalid, "the body comes as {}; only gzip, or no Content-Encoding, is understood", encoding);
  size_t bytes_max = route.body_bytes_max > 0 ? route.body_bytes_max : limits_.body_bytes;
  request.body = TRY(gunzip(request.body, bytes_max));
  return {};
}

Result<void> Dispatcher::prepare(Request& request, const Route& route) {
  // Asked before unpacking: a stranger's bomb costs nothing.
  if (route.permission != kPublic) request.caller = TRY(authorizer_(request, route.permission));
  return unpack(request, route);
}

void Dispatcher::run(const std::shared_ptr<Request>& request, const Route& route, const Reply& reply) {
  try {
    if (Result<void> ready = prepare(*request, route); !ready) reply.answer(ready.error());
    else route.handler(*request, reply);
  } catch (const std::exception& exception) {
    // A library's exception that its wrapper let through. If nobody answered, dropping the last copy does.
    log_error("request {}: {} {} threw: {}", request->id, method_name(request->method), route.path, exception.what());
  }
}

}  // namespace cairn::http

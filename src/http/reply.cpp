#include "http/reply.h"

#include <atomic>

#include "base/check.h"
#include "base/log.h"

namespace cairn::http {

struct Reply::State {
  State(std::shared_ptr<Request> r, std::unique_ptr<Sink> s, ErrorForm e)
      : request(std::move(r)), sink(std::move(s)), errors(e) {}
  ~State() {
    if (is_answered.load()) return;
    log_error("request {}: {} {} ended without an answer", request->id, method_name(request->method), request->route);
    sink->deliver(errors(Error{Code::internal, "no answer"}, *request));
  }
  void take_turn() {
    CHECK(!is_answered.exchange(true), "{} {} answered twice", method_name(request->method), request->route);
  }

  std::shared_ptr<Request> request;
  std::unique_ptr<Sink> sink;
  ErrorForm errors;
  std::atomic<bool> is_answered{false};
};

Reply::Reply(std::shared_ptr<Request> request, std::unique_ptr<Sink> sink, ErrorForm errors)
    : state_(std::make_shared<State>(std::move(request), std::move(sink), errors)) {}

const Request& Reply::request() const { return *state_->request; }

void Reply::answer(Response response) const {
  state_->take_turn();
  state_->sink->deliver(std::move(response));
}

void Reply::free_body() const {
  std::string().swap(state_->request->body);
  state_->sink->body_freed();
}

void Reply::on_client_gone(std::function<void()> gone) const { state_->sink->watch_client(std::move(gone)); }

void Reply::answer(const Error& error) const {
  const Request& r = *state_->request;
  if (error.code == Code::internal || error.code == Code::corrupt || !error.detail.empty())
    log_error("request {}: {} {}: {}{}{}", r.id, method_name(r.method), r.route, error.message,
              error.detail.empty() ? "" : ": ", error.detail);
  answer(state_->errors(error, r));
}

void Reply::answer(Result<Response> result) const {
  if (result) answer(std::move(*result));
  else answer(result.error());
}

std::shared_ptr<EventStream> Reply::open_stream() const {
  state_->take_turn();
  Headers headers;
  headers.add("Content-Type", "text/event-stream");
  return state_->sink->open_stream(headers);
}

Handler answer(std::function<Result<Response>(const Request&)> handle) {
  return [handle = std::move(handle)](const Request& request, const Reply& reply) { reply.answer(handle(request)); };
}

}  // namespace cairn::http

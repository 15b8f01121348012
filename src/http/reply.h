// The way back to the client: answered at once, later, from any thread, or turned into a live stream.
#pragma once
#include <functional>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "http/request.h"
#include "http/response.h"

namespace cairn::http {

/// A live stream of server-sent events. Copies are cheap handles; it holds no thread. Safe from any thread.
class EventStream {
 public:
  virtual ~EventStream() = default;
  /// `event` and `id` may be empty; `data` may have several lines. False when the client is gone, or so slow that
  /// the bounded buffer is full: then the stream is closed and the client comes again with Last-Event-ID.
  virtual bool send(std::string_view event, std::string_view data, std::string_view id) = 0;
  virtual bool is_open() const = 0;
  virtual void close() = 0;
};

/// Where an answer goes; the server's side of a Reply. Called once, from any thread.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void deliver(Response response) = 0;
  virtual std::shared_ptr<EventStream> open_stream(const Headers& headers) = 0;
  /// The request's body is gone, so its room is free for others.
  virtual void body_freed() {}
  /// See Reply::on_client_gone.
  virtual void watch_client(std::function<void()> gone) = 0;
};

/// Errors as a response body: problem documents unless a route table says otherwise (problem.h).
using ErrorForm = Response (*)(const Error& error, const Request& request);

/// A handle that copies share, so that it fits in a std::function. REQUIRES: answered exactly once, by any copy
/// (checked). When the last copy goes without an answer the client gets 500 and the log says which route.
class Reply {
 public:
  Reply(std::shared_ptr<Request> request, std::unique_ptr<Sink> sink, ErrorForm errors);
  /// Valid while any copy of this Reply is unanswered.
  const Request& request() const;
  void answer(Response response) const;
  /// Forgets the request's body: a handler that has read it and answers later (once it is on disk, say) lets others
  /// use the room. Any thread, before the answer; nobody may look at request().body from then on.
  void free_body() const;
  /// `gone` is called when nobody waits for the answer any more: the client closed the connection, or was told that it
  /// took too long. At most once, on the network thread, so it must not block; not after the answer. A client that
  /// only said that it will send no more still waits. Ask for it once, and only where work can be stopped: it costs
  /// a look at the socket. Any thread, before the answer.
  void on_client_gone(std::function<void()> gone) const;
  /// As the route's table words errors.
  void answer(const Error& error) const;
  void answer(Result<Response> result) const;
  /// Turns the answer into `text/event-stream`.
  std::shared_ptr<EventStream> open_stream() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// May return before answering. Must not throw; a thrown exception answers 500 and is logged.
using Handler = std::function<void(const Request&, Reply)>;

/// A handler that answers when it returns.
Handler answer(std::function<Result<Response>(const Request&)> handle);

}  // namespace cairn::http

// Beast reads requests here and nowhere else; answers are written from our own bytes.
//
// Invariants
// 1. A Connection is touched only on its Loop's thread. Other threads reach it through Loop::post.
// 2. One request at a time a connection: the next is read when the answer is written, so pipelined answers keep order.
// 3. While a connection is in its loop's set, something that will call it again owns it; close() takes it out.
// 4. `turn_` grows with each request; an answer for an earlier turn (late, after a time limit) is dropped.
#include "http/connection.h"

#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

#include "base/log.h"
#include "base/text.h"
#include "http/target.h"

namespace cairn::http::net {

namespace beast = boost::beast;

/// Grows as it comes: a length that is only announced takes no memory.
struct GrowingBody {
  using value_type = std::string;
  class reader {
   public:
    template <class Message>
    reader(Message&, value_type& body) : body_(body) {}
    void init(const boost::optional<std::uint64_t>&, error_code& ec) { ec = {}; }
    template <class Buffers>
    size_t put(const Buffers& buffers, error_code& ec) {
      ec = {};
      size_t before = body_.size();
      for (asio::const_buffer piece : beast::buffers_range_ref(buffers))
        body_.append(static_cast<const char*>(piece.data()), piece.size());
      return body_.size() - before;
    }
    void finish(error_code& ec) { ec = {}; }

   private:
    value_type& body_;
  };
};
using Parser = beast::http::request_parser<GrowingBody>;

constexpr auto kSweepEvery = std::chrono::milliseconds(200);
constexpr Duration kHeartbeat = seconds(15);
constexpr Duration kLinger = seconds(2);
constexpr size_t kLingerBytes = 4 * 1024 * 1024;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

/// The buffer between who sends events and the connection. Its own lock; never held while the loop is called.
class LiveStream final : public EventStream {
 public:
  LiveStream(std::shared_ptr<Loop> loop, std::weak_ptr<Connection> connection, size_t bytes_max)
      : loop_(std::move(loop)), connection_(std::move(connection)), bytes_max_(bytes_max) {}
  bool send(std::string_view event, std::string_view data, std::string_view id) override;
  bool is_open() const override {
    std::lock_guard lock(mutex_);
    return is_open_;
  }
  void close() override;
  /// What waits to be written; more is announced again by a flush.
  std::string take() {
    std::lock_guard lock(mutex_);
    is_flush_posted_ = false;
    return std::exchange(waiting_, {});
  }
  void mark_closed() {
    std::lock_guard lock(mutex_);
    is_open_ = false;
  }

 private:
  void post_flush();

  std::shared_ptr<Loop> loop_;
  std::weak_ptr<Connection> connection_;
  size_t bytes_max_;
  mutable std::mutex mutex_;
  std::string waiting_;
  bool is_open_ = true;
  bool is_flush_posted_ = false;
};

class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Shared> shared, std::shared_ptr<Loop> loop, Socket socket, Peer peer)
      : shared_(std::move(shared)),
        loop_(std::move(loop)),
        socket_(std::move(socket)),
        peer_(std::move(peer)),
        buffer_(limits().header_bytes + 128 * 1024) {}

  void start();
  /// An answer from any thread, already on the loop.
  void write(uint64_t turn, Response response);
  void body_freed(uint64_t turn) {
    if (turn == turn_) release_body();
  }
  /// Calls `gone` when nobody waits for this turn's answer any more.
  void watch_handling(uint64_t turn, std::function<void()> gone);
  void start_stream(uint64_t turn, Headers headers, std::shared_ptr<LiveStream> stream);
  void flush_stream();
  void sweep(Duration now);
  /// The server stops: what is idle closes, what runs ends with `Connection: close`.
  void wind_down();
  void close();

 private:
  enum class State { reading_head, reading_body, handling, writing, streaming, lingering, closed };

  const Limits& limits() const { return shared_->options.limits; }
  int version_minor() const { return parser_->get().version() >= 11 ? 1 : 0; }
  void set_deadline(Duration in) { deadline_ = loop_->world.clock.elapsed() + in; }
  void read_head();
  void on_head(error_code ec);
  void read_body();
  void on_body(error_code ec);
  void on_read_error(error_code ec);
  void refuse(Response response);
  void handle();
  Result<void> build_request();
  void take_headers();
  void trust_proxy();
  std::optional<Response> check_head();
  std::optional<Response> check_host();
  std::optional<Response> reserve_body();
  void release_body();
  void on_written(error_code ec);
  void linger();
  void drain();
  void leave_busy();
  void watch_client();
  void await_end(Socket::wait_type what);
  void on_end(error_code ec);
  void stop_watching();

  std::shared_ptr<Shared> shared_;
  std::shared_ptr<Loop> loop_;
  Socket socket_;
  Peer peer_;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::shared_ptr<Request> request_;
  Router::Found found_;
  std::string head_;
  Body body_;
  std::shared_ptr<LiveStream> stream_;
  std::function<void()> gone_;  ///< Set while somebody wants to know that the client is gone.
  std::array<char, 4096> scratch_;
  State state_ = State::reading_head;
  Duration deadline_;
  Duration last_write_;
  uint64_t turn_ = 0;
  size_t drained_ = 0;
  size_t reserved_ = 0;  ///< Of Shared::body_bytes.
  Method method_ = Method::get;
  bool keep_alive_ = true;
  bool is_busy_ = false;
  bool is_writing_ = false;  ///< A piece of the stream is on its way.
};

/// A request's way back to its connection.
class ConnectionSink final : public Sink {
 public:
  ConnectionSink(std::shared_ptr<Connection> connection, std::shared_ptr<Loop> loop, uint64_t turn, size_t stream_bytes)
      : connection_(std::move(connection)), loop_(std::move(loop)), turn_(turn), stream_bytes_(stream_bytes) {}

  void deliver(Response response) override {
    // Always posted: an inline answer would otherwise start the write inside the read's own callback chain.
    loop_->post([connection = connection_, turn = turn_, response = std::move(response)]() mutable {
      connection->write(turn, std::move(response));
    });
  }

  void body_freed() override {
    loop_->post([connection = connection_, turn = turn_] { connection->body_freed(turn); });
  }

  void watch_client(std::function<void()> gone) override {
    loop_->post([connection = connection_, turn = turn_, gone = std::move(gone)]() mutable {
      connection->watch_handling(turn, std::move(gone));
    });
  }

  std::shared_ptr<EventStream> open_stream(const Headers& headers) override {
    auto stream = std::make_shared<LiveStream>(loop_, connection_, stream_bytes_);
    loop_->post([connection = connection_, turn = turn_, headers = Headers(headers), stream]() mutable {
      connection->start_stream(turn, std::move(headers), std::move(stream));
    });
    return stream;
  }

 private:
  std::shared_ptr<Connection> connection_;
  std::shared_ptr<Loop> loop_;
  uint64_t turn_;
  size_t stream_bytes_;
};

bool LiveStream::send(std::string_view event, std::string_view data, std::string_view id) {
  std::string text = format_event(event, data, id);
  {
    std::lock_guard lock(mutex_);
    if (!is_open_) return false;
    if (waiting_.size() + text.size() <= bytes_max_) {
      waiting_ += text;
      if (is_flush_posted_) return true;
      is_flush_posted_ = true;
      text.clear();
    }
  }
  if (!text.empty()) {
    close();
    return false;
  }
  post_flush();
  return true;
}

void LiveStream::post_flush() {
  loop_->post([weak = connection_] {
    if (std::shared_ptr<Connection> connection = weak.lock()) connection->flush_stream();
  });
}

void LiveStream::close() {
  mark_closed();
  post_flush();
}

void Connection::start() {
  if (loop_->is_ending) return;
  loop_->connections.insert(this);
  shared_->connection_gauge->set(shared_->connections.load());
  read_head();
}

void Connection::read_head() {
  state_ = State::reading_head;
  parser_.emplace();
  parser_->header_limit(static_cast<uint32_t>(limits().header_bytes));
  parser_->body_limit(boost::none);  // the route decides, once it is known
  request_.reset();
  found_ = {};
  set_deadline(buffer_.size() > 0 ? limits().read : limits().idle);
  beast::http::async_read_header(socket_, buffer_, *parser_,
                                 [self = shared_from_this()](error_code ec, size_t) { self->on_head(ec); });
}

void Connection::on_read_error(error_code ec) {
  if (state_ == State::closed) return;
  auto is = [ec](beast::http::error e) { return ec == make_error_code(e); };
  bool is_parse_error = ec.category() == make_error_code(beast::http::error::bad_target).category();
  if (!is_parse_error || is(beast::http::error::end_of_stream) || is(beast::http::error::partial_message))
    return close();
  if (!request_) {
    request_ = std::make_shared<Request>();
    request_->id = shared_->dispatcher()->make_id();
    request_->client_address = peer_.address;
  }
  if (is(beast::http::error::body_limit))
    return refuse(found_.errors(Error{Code::too_large, "The body is too large; send it in parts."}, *request_));
  if (is(beast::http::error::header_limit) || is(beast::http::error::buffer_overflow))
    return refuse(problem_with_status(
        431, "Address and headers together may take " + std::to_string(limits().header_bytes) + " bytes.", *request_));
  refuse(problem_document(Error{Code::invalid, "This is not a well-formed HTTP request: " + ec.message()}, *request_));
}

/// Answers what cannot be routed, then closes: nobody knows where the next request would start.
void Connection::refuse(Response response) {
  ++turn_;
  method_ = request_->method;
  keep_alive_ = false;
  state_ = State::handling;
  shared_->enter();
  is_busy_ = true;
  ConnectionSink sink(shared_from_this(), loop_, turn_, 0);
  shared_->dispatcher()->refuse(request_, std::move(response), sink);
}

void Connection::take_headers() {
  for (const auto& field : parser_->get()) {
    std::string_view name(field.name_string().data(), field.name_string().size());
    std::string_view value(field.value().data(), field.value().size());
    if (is_utf8(value)) request_->headers.add(name, value);
    else request_->headers.add(name, to_utf8(value));
    if (field.name() == beast::http::field::cookie) parse_cookies(value, request_->cookies);
  }
}

void Connection::trust_proxy() {
  const std::vector<std::string>& trusted = shared_->options.trusted_proxies;
  if (std::find(trusted.begin(), trusted.end(), peer_.address) == trusted.end()) return;
  // The last entry is the one that our own proxy wrote, which may be on a line of its own; those before it are the
  // client's word.
  auto last_of = [this](std::string_view name) {
    std::string_view chain = request_->headers.find_last(name).value_or("");
    return trim(chain.substr(chain.rfind(',') + 1));
  };
  if (std::string_view address = last_of("X-Forwarded-For"); !address.empty() && address.size() <= 64)
    request_->client_address = address;
  request_->is_secure = same_but_for_case(last_of("X-Forwarded-Proto"), "https");
}

Result<void> Connection::build_request() {
  const auto& message = parser_->get();
  request_ = std::make_shared<Request>();
  request_->id = shared_->dispatcher()->make_id();
  request_->client_address = peer_.address;
  request_->is_local = peer_.is_local;
  request_->received_at = loop_->world.clock.now();
  std::string_view method(message.method_string().data(), message.method_string().size());
  std::optional<Method> known = parse_method(method);
  request_->method = known.value_or(Method::get);
  take_headers();
  trust_proxy();
  return parse_target({message.target().data(), message.target().size()}, *request_);
}

std::optional<Response> Connection::check_host() {
  size_t count = request_->headers.count("Host");
  request_->host = request_->header("Host").value_or("");
  bool may_lack = parser_->get().version() < 11 || peer_.is_local;
  if (count > 1 || (count == 0 && !may_lack) || (count == 1 && !is_host(request_->host) && !request_->host.empty()))
    return problem_document(Error{Code::invalid, "Exactly one well-formed Host header is expected."}, *request_);
  const std::vector<std::string>& hosts = shared_->options.hosts;
  if (hosts.empty() || peer_.is_local) return std::nullopt;
  if (std::find(hosts.begin(), hosts.end(), to_lower(host_name(request_->host))) != hosts.end()) return std::nullopt;
  return problem_with_status(421, "This server does not answer for the host \"" + request_->host + "\".", *request_);
}

/// What can be said no to before the body is read.
std::optional<Response> Connection::check_head() {
  if (Result<void> built = build_request(); !built) return problem_document(built.error(), *request_);
  const auto& message = parser_->get();
  if (!parse_method({message.method_string().data(), message.method_string().size()}))
    return problem_with_status(501, "Known are GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS.", *request_);
  if (std::optional<Response> no = check_host()) return no;
  if (std::string_view absence = shared_->absence(); !absence.empty()) {
    Response response = shared_->options.early_errors(Error{Code::overloaded, std::string(absence)}, *request_);
    response.headers.set("Retry-After", "2");
    return response;
  }
  found_ = shared_->dispatcher()->router().find(request_->method, request_->parts);
  size_t bytes_max =
      found_.route && found_.route->body_bytes_max > 0 ? found_.route->body_bytes_max : limits().body_bytes;
  if (parser_->content_length() && *parser_->content_length() > bytes_max)
    return found_.errors(
        Error{Code::too_large, fmt::format("The body may have {} bytes; send it in parts.", bytes_max)}, *request_);
  parser_->body_limit(bytes_max);
  return std::nullopt;
}

/// Room for what came of the body: bodies that are on their way share a bounded memory. What is only announced takes
/// none of it, or a few senders who announce much and say nothing would keep all others out.
std::optional<Response> Connection::reserve_body() {
  size_t came = parser_->get().body().capacity();
  if (came <= reserved_) return std::nullopt;
  size_t more = came - reserved_;
  if (shared_->body_bytes.fetch_add(more) + more > limits().bodies_bytes) {
    shared_->body_bytes.fetch_sub(more);
    if (found_.route && found_.route->lane == Lane::inline_) request_->overloaded_status = 429;
    return found_.errors(Error{Code::overloaded, "Too much is being received; send it again in a moment."}, *request_);
  }
  reserved_ += more;
  return std::nullopt;
}

void Connection::release_body() {
  if (reserved_ > 0) shared_->body_bytes.fetch_sub(std::exchange(reserved_, 0));
}

void Connection::on_head(error_code ec) {
  if (ec || state_ == State::closed) return on_read_error(ec);
  if (std::optional<Response> no = check_head()) return refuse(std::move(*no));
  state_ = State::reading_body;
  set_deadline(limits().read);
  if (parser_->is_done()) return handle();
  bool is_waiting =
      parser_->get().version() >= 11 && to_lower(request_->header("Expect").value_or("")) == "100-continue";
  if (!is_waiting) return read_body();
  asio::async_write(socket_, asio::buffer(kContinue), [self = shared_from_this()](error_code error, size_t) {
    if (error || self->state_ == State::closed) self->close();
    else self->read_body();
  });
}

void Connection::read_body() {
  beast::http::async_read_some(socket_, buffer_, *parser_,
                               [self = shared_from_this()](error_code ec, size_t) { self->on_body(ec); });
}

void Connection::on_body(error_code ec) {
  if (ec) return on_read_error(ec);
  if (state_ == State::closed) return;
  if (std::optional<Response> no = reserve_body()) return refuse(std::move(*no));
  if (parser_->is_done()) return handle();
  read_body();
}

void Connection::handle() {
  ++turn_;
  method_ = request_->method;
  keep_alive_ = parser_->get().keep_alive();
  state_ = State::handling;
  set_deadline(limits().request);
  shared_->enter();
  is_busy_ = true;
  request_->body = std::move(parser_->get().body());
  shared_->dispatcher()->dispatch(
      request_, std::move(found_),
      std::make_unique<ConnectionSink>(shared_from_this(), loop_, turn_, limits().stream_bytes));
}

void Connection::write(uint64_t turn, Response response) {
  if (turn != turn_ || state_ != State::handling) return;
  stop_watching();
  state_ = State::writing;
  set_deadline(limits().write);
  keep_alive_ = keep_alive_ && !shared_->is_stopping.load();
  body_ = std::move(response.body);
  response.body = Body::embedded(body_.bytes());
  head_.clear();
  append_head(head_, response, {.version_minor = version_minor(), .keep_alive = keep_alive_, .date = loop_->date()});
  std::string_view bytes = has_body(response.status, method_) ? body_.bytes() : std::string_view();
  std::array<asio::const_buffer, 2> buffers{asio::buffer(head_), asio::buffer(bytes.data(), bytes.size())};
  // The deadline moves with each piece that the client takes.
  auto progress = [self = shared_from_this()](error_code ec, size_t) -> size_t {
    self->set_deadline(self->limits().write);
    return ec ? 0 : 256 * 1024;
  };
  asio::async_write(socket_, buffers, progress,
                    [self = shared_from_this()](error_code ec, size_t) { self->on_written(ec); });
}

void Connection::on_written(error_code ec) {
  leave_busy();
  release_body();
  body_ = Body();
  if (state_ == State::closed) return;
  if (ec) return close();
  if (keep_alive_ && !shared_->is_stopping.load()) return read_head();
  linger();
}

void Connection::watch_handling(uint64_t turn, std::function<void()> gone) {
  if (turn != turn_ || state_ == State::closed) return gone();
  if (state_ != State::handling || gone_) return;
  gone_ = std::move(gone);
  await_end(Socket::wait_read);
}

/// Looks without taking anything, so that a next request that is here already stays where it is.
void Connection::await_end(Socket::wait_type what) {
  socket_.async_wait(what, [self = shared_from_this(), turn = turn_, what](error_code ec) {
    if (self->turn_ != turn || self->state_ != State::handling || !self->gone_) return;
    if (ec || what == Socket::wait_error) return self->close();
    error_code peeked;
    self->socket_.non_blocking(true, peeked);
    self->socket_.receive(asio::buffer(self->scratch_, 1), Socket::message_peek, peeked);
    if (peeked == asio::error::would_block) return self->await_end(Socket::wait_read);
    // A next request is waiting: its sender is there, and what comes behind it cannot be seen.
    if (peeked) self->on_end(peeked);
  });
}

/// The client sends no more. Whether it still reads is told by the answer to a few bytes, which HTTP lets a client
/// pass over: who has gone resets the connection.
void Connection::on_end(error_code ec) {
  if (ec != asio::error::eof) return close();
  if (version_minor() == 0) return;  // knows no interim answers; runs to its end
  size_t sent = socket_.send(asio::buffer(kContinue), 0, ec);
  if (ec || sent != kContinue.size()) return close();
  await_end(Socket::wait_error);
}

void Connection::stop_watching() {
  if (!std::exchange(gone_, nullptr)) return;
  error_code ignored;
  socket_.cancel(ignored);  // the wait alone: nothing else is on its way while a request is handled
}

void Connection::leave_busy() {
  if (std::exchange(is_busy_, false)) shared_->leave();
}

/// Closing with unread bytes in the way would reset the connection and take the answer from the client.
void Connection::linger() {
  state_ = State::lingering;
  set_deadline(kLinger);
  error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  drain();
}

void Connection::drain() {
  socket_.async_read_some(asio::buffer(scratch_), [self = shared_from_this()](error_code ec, size_t n) {
    self->drained_ += n;
    if (ec || self->drained_ > kLingerBytes || self->shared_->is_stopping.load()) self->close();
    else if (self->state_ == State::lingering) self->drain();
  });
}

void Connection::start_stream(uint64_t turn, Headers headers, std::shared_ptr<LiveStream> stream) {
  if (turn != turn_ || state_ != State::handling || shared_->is_stopping.load()) {
    stream->mark_closed();
    if (turn == turn_ && state_ == State::handling) close();
    return;
  }
  state_ = State::streaming;
  leave_busy();
  stream_ = std::move(stream);
  Response response;
  response.headers = std::move(headers);
  head_.clear();
  // Closed by the end, not chunked: a stream never shares its connection, and this costs no framing.
  append_head(head_, response,
              {.version_minor = version_minor(), .keep_alive = false, .has_length = false, .date = loop_->date()});
  is_writing_ = true;
  last_write_ = loop_->world.clock.elapsed();
  asio::async_write(socket_, asio::buffer(head_), [self = shared_from_this()](error_code ec, size_t) {
    self->is_writing_ = false;
    if (ec) self->close();
    else self->flush_stream();
  });
  watch_client();
}

/// The client says nothing on a live stream; a read that ends says that it has gone.
void Connection::watch_client() {
  socket_.async_read_some(asio::buffer(scratch_), [self = shared_from_this()](error_code ec, size_t) {
    if (ec) self->close();
    else if (self->state_ == State::streaming) self->watch_client();
  });
}

void Connection::flush_stream() {
  if (state_ != State::streaming || is_writing_) return;
  head_ = stream_->take();
  if (head_.empty()) {
    if (!stream_->is_open()) linger();
    return;
  }
  is_writing_ = true;
  last_write_ = loop_->world.clock.elapsed();
  asio::async_write(socket_, asio::buffer(head_), [self = shared_from_this()](error_code ec, size_t) {
    self->is_writing_ = false;
    if (ec) self->close();
    else self->flush_stream();
  });
}

void Connection::sweep(Duration now) {
  if (state_ == State::streaming) {
    if (is_writing_ && now - last_write_ > limits().write) return close();
    if (is_writing_ || now - last_write_ < kHeartbeat) return;
    static constexpr std::string_view kBeat = ":\n\n";
    is_writing_ = true;
    last_write_ = now;
    asio::async_write(socket_, asio::buffer(kBeat), [self = shared_from_this()](error_code ec, size_t) {
      self->is_writing_ = false;
      if (ec) self->close();
      else self->flush_stream();
    });
    return;
  }
  // A head that has begun has less time than a connection that only waits.
  if (state_ == State::reading_head && buffer_.size() > 0) deadline_ = std::min(deadline_, now + limits().read);
  if (now < deadline_) return;
  if (state_ != State::handling) return close();
  log_warning("request {}: {} {} took over {:.0f} s; the client was told to come again", request_->id,
              method_name(method_), request_->route, limits().request.seconds());
  ++turn_;  // the handler's own answer is for the turn before
  if (std::function<void()> gone = gone_) gone();
  stop_watching();
  keep_alive_ = false;
  ConnectionSink sink(shared_from_this(), loop_, turn_, 0);
  shared_->dispatcher()->refuse(
      request_,
      problem_document(Error{Code::unavailable, "This took too long; try again, or ask for less."}, *request_), sink);
  set_deadline(limits().write);
}

void Connection::wind_down() {
  if (state_ == State::streaming || state_ == State::lingering) return close();
  if (state_ == State::reading_head && buffer_.size() == 0) close();
}

void Connection::close() {
  if (state_ == State::closed) return;
  state_ = State::closed;
  leave_busy();
  release_body();
  if (stream_) stream_->mark_closed();
  if (std::function<void()> gone = std::exchange(gone_, nullptr)) gone();
  error_code ignored;
  socket_.close(ignored);
  loop_->connections.erase(this);
  shared_->connection_gauge->set(shared_->connections.fetch_sub(1) - 1);
}

template <class F>
void for_each_connection(const std::shared_ptr<Loop>& loop, F f) {
  std::vector<std::shared_ptr<Connection>> all;
  for (Connection* connection : loop->connections) all.push_back(connection->shared_from_this());
  for (const std::shared_ptr<Connection>& connection : all) f(*connection);
}

void admit(const std::shared_ptr<Shared>& shared, const std::shared_ptr<Loop>& loop, Socket socket, Peer peer) {
  auto connection = std::make_shared<Connection>(shared, loop, std::move(socket), std::move(peer));
  loop->post([connection] { connection->start(); });
}

void start_sweeping(const std::shared_ptr<Loop>& loop) {
  loop->timer.expires_after(kSweepEvery);
  loop->timer.async_wait([loop](error_code ec) {
    // Not by ec alone: a cancel comes too late for a timer that has just gone off.
    if (ec || loop->is_ending) return;
    Duration now = loop->world.clock.elapsed();
    for_each_connection(loop, [now](Connection& connection) { connection.sweep(now); });
    start_sweeping(loop);
  });
}

void wind_down(const std::shared_ptr<Loop>& loop) {
  for_each_connection(loop, [](Connection& connection) { connection.wind_down(); });
}

void end_loop(const std::shared_ptr<Loop>& loop) {
  loop->is_ending = true;
  for_each_connection(loop, [](Connection& connection) { connection.close(); });
  loop->timer.cancel();
  // Only now, here: a post that is dropped may take its connection with it, which must be closed by then.
  std::lock_guard lock(loop->mutex);
  loop->is_closed = true;
}

}  // namespace cairn::http::net

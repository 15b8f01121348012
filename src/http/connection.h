// What the listening side and the connections of a server share. Private to this folder: it includes Asio.
#pragma once
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <mutex>
#include <unordered_set>

#include "http/dispatcher.h"
#include "http/wire.h"

namespace cairn::http::net {

namespace asio = boost::asio;
using boost::system::error_code;

// One executor type and one socket type for TCP and unix sockets: each further one is compiled all over again.
using NetExecutor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::generic::stream_protocol, NetExecutor>;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, NetExecutor>;

class Connection;

/// One thread's network loop and the connections that live on it.
struct Loop {
  explicit Loop(const World& w) : world(w), timer(io) {}

  /// Runs it on the loop's thread. Dropped when the loop has ended.
  template <class F>
  void post(F&& f) {
    std::lock_guard lock(mutex);
    if (!is_closed) asio::post(io, std::forward<F>(f));
  }
  /// For the loop's own thread.
  std::string_view date() {
    Time now = world.clock.now();
    if (now.micros / 1'000'000 != date_second) {
      date_second = now.micros / 1'000'000;
      date_text = http_date(now);
    }
    return date_text;
  }

  World world;
  asio::io_context io{1};
  Timer timer;
  std::unordered_set<Connection*> connections;
  std::mutex mutex;
  bool is_closed = false;
  bool is_ending = false;  ///< The loop's own: no more sweeps.
  int64_t date_second = -1;
  std::string date_text;
};

/// What all connections of a server share. Outlives its loops' threads.
struct Shared {
  Shared(World w, Options o) : world(w), options(std::move(o)) {}

  void enter() { busy.fetch_add(1); }
  void leave() {
    if (busy.fetch_sub(1) == 1 && is_stopping.load()) idle->set();
  }

  World world;
  Options options;
  /// The one to use; those before it live on for what they still run. The loops' threads.
  Dispatcher* dispatcher() const { return current.load(std::memory_order_acquire); }
  void add_dispatcher(std::unique_ptr<Dispatcher> next) {
    dispatchers.push_back(std::move(next));
    current.store(dispatchers.back().get(), std::memory_order_release);
  }
  /// Why everybody is told to come again; empty when all is well.
  std::string_view absence() const {
    if (is_stopping.load()) return "The server is stopping; try again soon.";
    return is_open.load() ? std::string_view() : "The server is starting; try again soon.";
  }

  std::vector<std::unique_ptr<Dispatcher>> dispatchers;
  std::atomic<Dispatcher*> current{nullptr};
  std::atomic<bool> is_open{false};
  std::atomic<size_t> body_bytes{0};  ///< Of requests that are being read or handled.
  std::atomic<bool> is_stopping{false};
  std::atomic<int> busy{0};  ///< Requests being handled or answered.
  std::atomic<int> connections{0};
  std::shared_ptr<Signal> idle;
  Gauge* connection_gauge = nullptr;
};

struct Peer {
  std::string address;
  bool is_local = false;
};

/// Takes a new connection in on its loop; it reads, answers and ends by itself from then on.
void admit(const std::shared_ptr<Shared>& shared, const std::shared_ptr<Loop>& loop, Socket socket, Peer peer);

// The rest is for the loop's own thread (post it), but for the first call of start_sweeping, before the loop runs.

/// Lets connections whose time is over go, again and again. Its timer keeps the loop running.
void start_sweeping(const std::shared_ptr<Loop>& loop);
/// The server stops: what is idle closes, what runs ends with `Connection: close`.
void wind_down(const std::shared_ptr<Loop>& loop);
/// Closes all and lets the loop end once its handlers are done. Posts are dropped from then on.
void end_loop(const std::shared_ptr<Loop>& loop);

}  // namespace cairn::http::net

// Listens, and starts and ends the loops. Connections themselves are in connection.cpp.
#include "http/server.h"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include "base/check.h"
#include "base/log.h"
#include "http/client.h"
#include "http/connection.h"
#include "http/socket_path.h"

namespace cairn::http {
namespace {

using namespace net;
using TcpSocket = asio::basic_stream_socket<asio::ip::tcp, NetExecutor>;
using TcpAcceptor = asio::basic_socket_acceptor<asio::ip::tcp, NetExecutor>;
using LocalSocket = asio::basic_stream_socket<asio::local::stream_protocol, NetExecutor>;
using LocalAcceptor = asio::basic_socket_acceptor<asio::local::stream_protocol, NetExecutor>;

Peer peer_of(const TcpSocket& socket) {
  error_code ec;
  asio::ip::tcp::endpoint endpoint = socket.remote_endpoint(ec);
  if (ec) return {};
  asio::ip::address address = endpoint.address();
  // A dual-stack socket shows 203.0.113.7 as ::ffff:203.0.113.7; one client must have one name.
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  return {address.to_string(), false};
}

Peer peer_of(const LocalSocket&) { return {"", true}; }

/// Takes connections in on one loop and hands them to all, one after another.
template <class Acceptor, class AcceptedSocket>
class Door : public std::enable_shared_from_this<Door<Acceptor, AcceptedSocket>> {
 public:
  Door(std::shared_ptr<Shared> shared, std::vector<std::shared_ptr<Loop>> loops)
      : acceptor(loops[0]->io), shared_(std::move(shared)), loops_(std::move(loops)), pause_(loops_[0]->io) {}

  void accept() {
    std::shared_ptr<Loop> loop = loops_[next_++ % loops_.size()];
    auto socket = std::make_shared<AcceptedSocket>(loop->io);
    acceptor.async_accept(*socket, [self = this->shared_from_this(), loop, socket](error_code ec) {
      if (!self->acceptor.is_open()) return;
      if (ec) return self->wait_then_accept();
      self->admit(loop, *socket);
      self->accept();
    });
  }

  void close() {
    error_code ignored;
    acceptor.close(ignored);
    pause_.cancel();
  }

  Acceptor acceptor;

 private:
  void admit(const std::shared_ptr<Loop>& loop, AcceptedSocket& socket) {
    if (shared_->connections.fetch_add(1) >= shared_->options.limits.connections) {
      shared_->connections.fetch_sub(1);
      return;  // the socket closes with its last owner
    }
    Peer peer = peer_of(socket);
    if (!peer.is_local) {
      error_code ignored;
      socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    }
    net::admit(shared_, loop, Socket(std::move(socket)), std::move(peer));
  }

  /// Usually there are no more file descriptors; trying again at once would spin.
  void wait_then_accept() {
    pause_.expires_after(std::chrono::milliseconds(100));
    pause_.async_wait([self = this->shared_from_this()](error_code ec) {
      if (!ec && self->acceptor.is_open()) self->accept();
    });
  }

  std::shared_ptr<Shared> shared_;
  std::vector<std::shared_ptr<Loop>> loops_;
  Timer pause_;
  size_t next_ = 0;
};

using TcpDoor = Door<TcpAcceptor, TcpSocket>;
using LocalDoor = Door<LocalAcceptor, LocalSocket>;

Result<int> open_tcp(TcpDoor& door, const Options& options) {
  error_code ec;
  std::string text = options.address == "localhost" ? "127.0.0.1" : options.address;
  asio::ip::address address = asio::ip::make_address(text, ec);
  if (ec) return fail(Code::invalid, "\"{}\" is no IP address; give one like 127.0.0.1 or 0.0.0.0", options.address);
  asio::ip::tcp::endpoint endpoint(address, static_cast<unsigned short>(options.port));
  door.acceptor.open(endpoint.protocol(), ec);
  if (ec) return fail(Code::unavailable, "cannot open a socket: {}", ec.message());
  door.acceptor.set_option(asio::socket_base::reuse_address(true), ec);
  door.acceptor.bind(endpoint, ec);
  if (!ec) door.acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (!ec) return door.acceptor.local_endpoint().port();
  if (ec == asio::error::address_in_use)
    return fail(Code::conflict, "port {} of {} is taken by another program; stop that one, or choose another port",
                options.port, options.address);
  if (ec == asio::error::access_denied)
    return fail(Code::forbidden, "port {} may only be opened by the system's administrator; choose one from 1024 up",
                options.port);
  return fail(Code::unavailable, "cannot listen on {} port {}: {}", options.address, options.port, ec.message());
}

Result<void> open_local(LocalDoor& door, const std::string& path) {
  if (is_served(path)) return fail(Code::conflict, "another server already answers on {}; stop it first", path);
  SocketPath short_path = TRY(SocketPath::open(path));
  ::unlink(path.c_str());  // what a dead server left
  error_code ec;
  door.acceptor.open(asio::local::stream_protocol(), ec);
  if (!ec) door.acceptor.bind(asio::local::stream_protocol::endpoint(short_path.text()), ec);
  // Before listen: until then nobody can connect, so there is no moment with wider rights.
  if (!ec && ::chmod(path.c_str(), 0600) != 0) ec = error_code(errno, boost::system::system_category());
  if (!ec) door.acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (ec) return fail(Code::unavailable, "cannot listen on {}: {}", path, ec.message());
  return {};
}

}  // namespace

struct Server::State {
  State(World world, Options options, Metrics& m)
      : metrics(m), shared(std::make_shared<Shared>(world, std::move(options))) {}

  Result<void> open() {
    const Options& options = shared->options;
    CHECK(options.threads > 0, "{} network threads", options.threads);
    for (int i = 0; i < options.threads; ++i) loops.push_back(std::make_shared<Loop>(shared->world));
    if (!options.address.empty()) {
      tcp = std::make_shared<TcpDoor>(shared, loops);
      port = TRY(open_tcp(*tcp, options));
    }
    return {};
  }

  Result<void> open_socket() {
    if (shared->options.socket_path.empty()) return {};
    auto door = std::make_shared<LocalDoor>(shared, loops);
    TRY(open_local(*door, shared->options.socket_path));
    loops[0]->post([door] { door->accept(); });
    local = std::move(door);
    return {};
  }

  void run() {
    if (tcp) tcp->accept();
    for (const std::shared_ptr<Loop>& loop : loops) {
      start_sweeping(loop);
      threads.push_back(shared->world.executor.start("http", [loop] { loop->io.run(); }));
    }
  }

  void stop_taking() {
    loops[0]->post([t = tcp, l = local] {
      if (t) t->close();
      if (l) l->close();
    });
    for (const std::shared_ptr<Loop>& loop : loops) loop->post([loop] { wind_down(loop); });
    if (local) ::unlink(shared->options.socket_path.c_str());
  }

  void end_loops() {
    for (const std::shared_ptr<Loop>& loop : loops) loop->post([loop] { end_loop(loop); });
    threads.clear();
  }

  Metrics& metrics;
  std::shared_ptr<Shared> shared;
  std::vector<std::shared_ptr<Loop>> loops;
  std::shared_ptr<TcpDoor> tcp;
  std::shared_ptr<LocalDoor> local;
  std::vector<std::unique_ptr<Thread>> threads;
  std::mutex stop_mutex;
  bool is_stopped = false;
  int port = 0;
};

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<Server>> Server::listen(World world, Options options, Metrics& metrics) {
  auto state = std::make_unique<State>(world, std::move(options), metrics);
  TRY(state->open());
  Shared& shared = *state->shared;
  shared.idle = world.executor.make_signal();
  shared.connection_gauge = &metrics.gauge("cairn_http_connections", "Open connections");
  auto nobody = [](const Request&, std::string_view) -> Result<Caller> {
    return fail(Code::unauthenticated, "the server is starting");
  };
  shared.add_dispatcher(std::make_unique<Dispatcher>(world, shared.options, Router(), nobody, metrics));
  state->run();
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Result<void> Server::open(Router router, Authorizer authorizer) {
  Shared& shared = *state_->shared;
  CHECK(!shared.is_open.load(), "a server is opened once");
  shared.add_dispatcher(std::make_unique<Dispatcher>(shared.world, shared.options, std::move(router),
                                                     std::move(authorizer), state_->metrics));
  TRY(state_->open_socket());
  shared.is_open = true;
  return {};
}

Result<std::unique_ptr<Server>> Server::start(World world, Options options, Router router, Authorizer authorizer,
                                              Metrics& metrics) {
  auto server = TRY(listen(world, std::move(options), metrics));
  TRY(server->open(std::move(router), std::move(authorizer)));
  return server;
}

Server::~Server() { stop(Duration{}); }

int Server::port() const { return state_->port; }

std::string Server::url() const {
  std::string address = state_->shared->options.address;
  if (address == "0.0.0.0") address = "127.0.0.1";
  if (address == "::") address = "::1";
  if (address.find(':') != std::string::npos) address = "[" + address + "]";
  return fmt::format("http://{}:{}", address, state_->port);
}

void Server::stop(Duration limit) {
  std::lock_guard lock(state_->stop_mutex);
  if (std::exchange(state_->is_stopped, true)) return;
  Shared& shared = *state_->shared;
  shared.is_stopping = true;
  state_->stop_taking();
  if (shared.busy.load() > 0 && limit.micros > 0) shared.idle->wait_for(limit);
  state_->end_loops();
  for (auto& dispatcher : shared.dispatchers) dispatcher->close();
  // Their lanes end here, on the caller's thread, after what still runs in them.
  shared.dispatchers.clear();
}

}  // namespace cairn::http

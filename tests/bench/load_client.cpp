#include "bench/load_client.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <vector>

#include "base/check.h"
#include "base/clock.h"

namespace cairn::load {
namespace {

struct Connection {
  int fd = -1;
  bool is_open = false;  // else still connecting
  std::optional<Shot> shot;
  size_t sent = 0;
  Duration started;
  std::string received;
};

struct Parsed {
  int status = 0;
  size_t body_at = 0;
  size_t length = 0;  // of the whole answer
  bool closes = false;
};

/// The value of a header line that begins with `name` in lower case, spaces left out.
std::string_view header(std::string_view head, std::string_view name) {
  for (size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at + 2)) {
    std::string_view line = head.substr(at + 2);
    if (line.size() < name.size() || ::strncasecmp(line.data(), name.data(), name.size()) != 0) continue;
    line = line.substr(name.size(), line.find("\r\n") - name.size());
    while (line.starts_with(' ')) line.remove_prefix(1);
    return line;
  }
  return {};
}

/// nullopt: more must come.
Result<std::optional<Parsed>> parse(std::string_view text) {
  size_t end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view head = text.substr(0, end + 2);
  Parsed out;
  size_t space = head.find(' ');
  std::string_view length = header(head, "content-length:");
  size_t body = 0;
  if (!head.starts_with("HTTP/1.") || space == std::string_view::npos || length.empty())
    return fail(Code::corrupt, "not an answer with a length: {}", head);
  std::from_chars(head.data() + space + 1, head.data() + head.size(), out.status);
  std::from_chars(length.data(), length.data() + length.size(), body);
  out.body_at = end + 4;
  out.length = out.body_at + body;
  out.closes = header(head, "connection:") == "close";
  if (text.size() < out.length) return std::nullopt;
  return out;
}

class Driver {
 public:
  Driver(int port, int connections, Feed& feed)
      : port_(port), feed_(feed), connections_(static_cast<size_t>(connections)) {
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    CHECK(epoll_ >= 0);
  }
  ~Driver() {
    for (Connection& connection : connections_) drop(connection);
    ::close(epoll_);
  }
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  Result<void> run(Duration limit) {
    Duration end = system_clock().elapsed() + limit;
    std::array<epoll_event, 64> events;
    while (!feed_.is_over()) {
      if (system_clock().elapsed() > end) return fail(Code::unavailable, "not done within {:.0f} s", limit.seconds());
      for (Connection& connection : connections_) TRY(begin(connection));
      int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 1);
      for (int i = 0; i < count; ++i) TRY(go_on(connections_[events[static_cast<size_t>(i)].data.u64]));
    }
    return {};
  }

 private:
  /// Gives a free connection its next call.
  Result<void> begin(Connection& connection) {
    if (connection.fd < 0 && !open(connection)) return {};
    if (!connection.is_open || connection.shot) return {};
    connection.shot = feed_.next();
    if (!connection.shot) return {};
    connection.sent = 0;
    connection.received.clear();
    connection.started = system_clock().elapsed();
    return send_more(connection);
  }

  bool open(Connection& connection) {
    connection.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    CHECK(connection.fd >= 0, "{}", std::strerror(errno));
    int yes = 1;
    ::setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port_));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int done = ::connect(connection.fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
    if (done != 0 && errno != EINPROGRESS) {
      drop(connection);
      return false;
    }
    connection.is_open = done == 0;
    epoll_event event{EPOLLIN | EPOLLOUT | EPOLLET, {.u64 = static_cast<uint64_t>(&connection - connections_.data())}};
    CHECK(::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event) == 0);
    return true;
  }

  /// Closes it; a call that was under way is answered with status 0.
  void drop(Connection& connection) {
    if (connection.fd >= 0) ::close(connection.fd);
    connection.fd = -1;
    connection.is_open = false;
    if (std::optional<Shot> shot = std::exchange(connection.shot, std::nullopt)) {
      Duration now = system_clock().elapsed();
      feed_.answered(*shot, {0, now, now - connection.started, ""});
    }
  }

  Result<void> send_more(Connection& connection) {
    std::string_view bytes = connection.shot->bytes;
    while (connection.sent < bytes.size()) {
      ssize_t n = ::send(connection.fd, bytes.data() + connection.sent, bytes.size() - connection.sent, MSG_NOSIGNAL);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return {};
      if (n < 0) return read_more(connection);  // an answer may have come before the rest was taken
      connection.sent += static_cast<size_t>(n);
    }
    return {};
  }

  Result<void> read_more(Connection& connection) {
    std::array<char, 65536> chunk;
    for (;;) {
      ssize_t n = ::recv(connection.fd, chunk.data(), chunk.size(), 0);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return {};
      if (n <= 0) {
        drop(connection);
        return {};
      }
      connection.received.append(chunk.data(), static_cast<size_t>(n));
      std::optional<Parsed> parsed = TRY(parse(connection.received));
      if (parsed) return finish(connection, *parsed);
    }
  }

  Result<void> finish(Connection& connection, const Parsed& parsed) {
    if (!connection.shot) return fail(Code::corrupt, "an answer to no call: {}", connection.received);
    Duration now = system_clock().elapsed();
    Shot shot = *std::exchange(connection.shot, std::nullopt);
    std::string_view body =
        std::string_view(connection.received).substr(parsed.body_at, parsed.length - parsed.body_at);
    feed_.answered(shot, {parsed.status, now, now - connection.started, body});
    if (parsed.closes || connection.sent < shot.bytes.size()) drop(connection);
    return {};
  }

  Result<void> go_on(Connection& connection) {
    if (connection.fd < 0) return {};
    if (!connection.is_open) {
      int error = 0;
      socklen_t size = sizeof error;
      ::getsockopt(connection.fd, SOL_SOCKET, SO_ERROR, &error, &size);
      if (error != 0) {
        drop(connection);
        return {};
      }
      connection.is_open = true;
      return begin(connection);
    }
    if (connection.shot && connection.sent < connection.shot->bytes.size()) TRY(send_more(connection));
    if (connection.fd < 0) return {};
    TRY(read_more(connection));
    return begin(connection);
  }

  int port_;
  Feed& feed_;
  int epoll_ = -1;
  std::vector<Connection> connections_;
};

}  // namespace

Result<void> drive(int port, int connections, Feed& feed, Duration limit) {
  return Driver(port, connections, feed).run(limit);
}

}  // namespace cairn::load

#include "http/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/clock.h"
#include "base/text.h"
#include "http/socket_path.h"

namespace cairn::http {
namespace {

constexpr size_t kBodyMax = size_t{1} << 30;
constexpr size_t kHeadMax = 256 * 1024;

/// Plain blocking sockets: this must do one request at a time, and Asio's synchronous calls know no timeout.
class Wire {
 public:
  ~Wire() { close(); }
  bool is_open() const { return fd_ >= 0; }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
    buffer_.clear();
  }
  void start_clock(Duration timeout) { deadline_ = system_clock().elapsed() + timeout; }

  Result<void> connect(const sockaddr* address, socklen_t size, std::string_view name) {
    fd_ = ::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd_ < 0) return fail(Code::unavailable, "cannot make a socket: {}", std::strerror(errno));
    if (::connect(fd_, address, size) != 0) {
      int error = errno;
      close();
      return fail(Code::not_found, "no server answers at {}: {}", name, std::strerror(error));
    }
    int on = 1;
    if (address->sa_family != AF_UNIX) ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return {};
  }

  Result<void> write(std::string_view bytes) {
    while (!bytes.empty()) {
      TRY(wait_for(POLLOUT));
      ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (n < 0) return fail(Code::unavailable, "the connection broke while sending: {}", std::strerror(errno));
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    return {};
  }

  /// Appends what comes next to the buffer; false at the end.
  Result<bool> fill() {
    for (;;) {
      TRY(wait_for(POLLIN));
      char chunk[64 * 1024];
      ssize_t n = ::recv(fd_, chunk, sizeof chunk, MSG_DONTWAIT);
      if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (n < 0) return fail(Code::unavailable, "the connection broke while reading: {}", std::strerror(errno));
      buffer_.append(chunk, static_cast<size_t>(n));
      return n > 0;
    }
  }

  /// Up to and without the next CRLF.
  Result<std::string> line() {
    for (size_t from = 0;;) {
      size_t end = buffer_.find("\r\n", from);
      if (end != std::string::npos) {
        std::string text = buffer_.substr(0, end);
        buffer_.erase(0, end + 2);
        return text;
      }
      if (buffer_.size() > kHeadMax) return fail(Code::corrupt, "the server's answer is not HTTP");
      from = buffer_.empty() ? 0 : buffer_.size() - 1;
      if (!TRY(fill())) return fail(Code::unavailable, "the server closed the connection");
    }
  }

  Result<void> take(size_t count, std::string& out) {
    while (buffer_.size() < count)
      if (!TRY(fill())) return fail(Code::unavailable, "the server closed the connection in the middle of its answer");
    out.append(buffer_, 0, count);
    buffer_.erase(0, count);
    return {};
  }

  Result<void> take_all(std::string& out) {
    while (TRY(fill()))
      if (buffer_.size() > kBodyMax) return fail(Code::too_large, "the server's answer is over 1 GB");
    out += std::exchange(buffer_, {});
    return {};
  }

 private:
  Result<void> wait_for(short what) {
    Duration left = deadline_ - system_clock().elapsed();
    pollfd entry{fd_, what, 0};
    int n = left.micros <= 0 ? 0 : ::poll(&entry, 1, static_cast<int>(left.micros / 1000 + 1));
    if (n == 0) return fail(Code::unavailable, "the server did not answer in time");
    if (n < 0 && errno != EINTR) return fail(Code::unavailable, "cannot wait for the server: {}", std::strerror(errno));
    return {};
  }

  int fd_ = -1;
  std::string buffer_;
  Duration deadline_;
};

bool has_token(const Headers& headers, std::string_view name, std::string_view token) {
  for (std::string_view piece : split(headers.find(name).value_or(""), ','))
    if (to_lower(trim(piece)) == token) return true;
  return false;
}

Result<size_t> parse_size(std::string_view text, int base) {
  size_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end == text.data()) return fail(Code::corrupt, "the server's answer has no right length");
  if (value > kBodyMax) return fail(Code::too_large, "the server's answer is over 1 GB");
  return value;
}

Result<void> read_head(Wire& wire, ClientResponse& out) {
  std::string status = TRY(wire.line());
  if (!status.starts_with("HTTP/1.") || status.size() < 12)
    return fail(Code::corrupt, "the server's answer is not HTTP");
  out.status = static_cast<int>(TRY(parse_size(std::string_view(status).substr(9, 3), 10)));
  for (;;) {
    std::string line = TRY(wire.line());
    if (line.empty()) return {};
    size_t colon = line.find(':');
    if (colon == std::string::npos) return fail(Code::corrupt, "the server's answer has a header without a colon");
    out.headers.add(std::string_view(line).substr(0, colon), trim(std::string_view(line).substr(colon + 1)));
  }
}

Result<void> read_chunks(Wire& wire, std::string& body) {
  for (;;) {
    std::string line = TRY(wire.line());
    size_t size = TRY(parse_size(line, 16));
    if (size == 0) break;
    if (body.size() + size > kBodyMax) return fail(Code::too_large, "the server's answer is over 1 GB");
    TRY(wire.take(size, body));
    TRY(wire.line());
  }
  while (!TRY(wire.line()).empty()) {}
  return {};
}

}  // namespace

struct Client::State {
  std::string socket_path;
  std::string host;
  int port = 0;
  Wire wire;

  std::string name() const { return socket_path.empty() ? fmt::format("{}:{}", host, port) : socket_path; }

  Result<void> connect() {
    if (!socket_path.empty()) {
      SocketPath path = TRY(SocketPath::open(socket_path));
      sockaddr_un address{};
      address.sun_family = AF_UNIX;
      std::memcpy(address.sun_path, path.text().data(), path.text().size());
      return wire.connect(reinterpret_cast<const sockaddr*>(&address), sizeof address, name());
    }
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(static_cast<uint16_t>(port));
    if (::inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host.c_str(), &v4.sin_addr) == 1)
      return wire.connect(reinterpret_cast<const sockaddr*>(&v4), sizeof v4, name());
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(static_cast<uint16_t>(port));
    if (::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1)
      return wire.connect(reinterpret_cast<const sockaddr*>(&v6), sizeof v6, name());
    return fail(Code::invalid, "{} is no numeric address", host);
  }

  std::string to_text(const ClientRequest& request) const {
    std::string text = fmt::format("{} {} HTTP/1.1\r\n", request.method, request.target);
    bool has_host = false;
    for (const Field& field : request.headers) {
      has_host |= to_lower(field.name) == "host";
      text += fmt::format("{}: {}\r\n", field.name, field.value);
    }
    if (!has_host)
      text += fmt::format("Host: {}\r\n", socket_path.empty() ? fmt::format("{}:{}", host, port) : "localhost");
    if (!request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH")
      text += fmt::format("Content-Length: {}\r\n", request.body.size());
    return text + "\r\n" + request.body;
  }

  Result<ClientResponse> exchange(const ClientRequest& request) {
    TRY(wire.write(to_text(request)));
    ClientResponse response;
    do {
      response = {};
      TRY(read_head(wire, response));
    } while (response.status >= 100 && response.status < 200);
    bool is_bare = request.method == "HEAD" || response.status == 204 || response.status == 304;
    std::optional<std::string_view> length = response.headers.find("Content-Length");
    if (!is_bare && has_token(response.headers, "Transfer-Encoding", "chunked")) TRY(read_chunks(wire, response.body));
    else if (!is_bare && length) {
      size_t size = TRY(parse_size(*length, 10));
      TRY(wire.take(size, response.body));
    } else if (!is_bare) {
      TRY(wire.take_all(response.body));
      wire.close();
    }
    if (has_token(response.headers, "Connection", "close")) wire.close();
    return response;
  }
};

Client::Client(std::unique_ptr<State> state) : state_(std::move(state)) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

Client Client::unix_socket(std::string path) {
  auto state = std::make_unique<State>();
  state->socket_path = std::move(path);
  return Client(std::move(state));
}

Client Client::tcp(std::string host, int port) {
  auto state = std::make_unique<State>();
  state->host = std::move(host);
  state->port = port;
  return Client(std::move(state));
}

Result<ClientResponse> Client::send(const ClientRequest& request, Duration timeout) {
  bool was_open = state_->wire.is_open();
  state_->wire.start_clock(timeout);
  if (!was_open) TRY(state_->connect());
  Result<ClientResponse> response = state_->exchange(request);
  if (response) return response;
  state_->wire.close();
  // A server may close an idle connection just when it is used again; only what changes nothing is sent twice.
  bool can_repeat = request.method == "GET" || request.method == "HEAD";
  if (!was_open || !can_repeat || response.error().code != Code::unavailable) return response;
  TRY(state_->connect());
  response = state_->exchange(request);
  if (!response) state_->wire.close();
  return response;
}

bool is_served(const std::string& socket_path) {
  Client client = Client::unix_socket(socket_path);
  Result<ClientResponse> answer = client.send({.target = "/healthz"}, seconds(2));
  return answer || answer.error().code != Code::not_found;
}

}  // namespace cairn::http

// A small blocking client: the command line talks to a running server's socket, tests to any port on this machine.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "http/request.h"

namespace cairn::http {

struct ClientRequest {
  std::string method = "GET";
  std::string target = "/";         ///< Path and query, encoded.
  std::vector<Field> headers = {};  ///< Host, Content-Length and Connection are added.
  std::string body = {};
};

struct ClientResponse {
  int status = 0;
  Headers headers;
  std::string body;  ///< Whole: chunks joined. Not decompressed (the client never asks for it).
};

/// One connection, kept open between requests and opened again when the server closed it. Not safe from two threads.
class Client {
 public:
  /// Neither connects before the first request.
  static Client unix_socket(std::string path);
  /// `host` is an address of this machine or a numeric one.
  static Client tcp(std::string host, int port);
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  /// Errors: not_found when nothing listens there, unavailable when the connection broke or nothing came for
  /// `timeout`, too_large over 1 GB, corrupt when it is not HTTP.
  Result<ClientResponse> send(const ClientRequest& request, Duration timeout = seconds(30));

 private:
  struct State;
  explicit Client(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Whether a server answers on this socket: a file left by a dead one does not count.
bool is_served(const std::string& socket_path);

}  // namespace cairn::http

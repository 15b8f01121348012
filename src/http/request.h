// What a client asked, as plain values: no network type reaches a handler.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace cairn::http {

enum class Method { get, head, post, put, patch, delete_, options };
/// `GET`, `DELETE`.
std::string_view method_name(Method method);
/// Exact upper case names only, as RFC 9110 has it.
std::optional<Method> parse_method(std::string_view name);

struct Field {
  std::string name;
  std::string value;
};

/// Header fields in the order sent. Names are compared without case.
class Headers {
 public:
  /// The first of that name.
  std::optional<std::string_view> find(std::string_view name) const;
  std::optional<std::string_view> find_last(std::string_view name) const;
  size_t count(std::string_view name) const;
  void add(std::string_view name, std::string_view value) {
    fields_.push_back({std::string(name), std::string(value)});
  }
  /// Replaces every one of that name.
  void set(std::string_view name, std::string_view value);
  void remove(std::string_view name);
  void reserve(size_t n) { fields_.reserve(n); }
  const std::vector<Field>& all() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

/// Who asks, as the authorizer found it. `http` only carries it.
struct Caller {
  enum class Kind {
    guest,      ///< Nobody signed in.
    session,    ///< A user by a session cookie: needs a CSRF token for all but GET, HEAD, OPTIONS.
    key,        ///< An API key in the Authorization header.
    operator_,  ///< The command line on the server's own socket.
  };
  Kind kind = Kind::guest;
  UserId user;       ///< Set for a session.
  std::string name;  ///< A user's or a key's, for the audit.
  std::string role;
  std::shared_ptr<const void> more;  ///< What the authorizer wants to find again; its own business.
};

/// One request. Path, query and headers are UTF-8 without control characters (query values may have line ends and
/// tabs), checked before any handler runs; the body is not. Sizes are below the server's limits. It lives until its
/// Reply is answered or dropped.
struct Request {
  Method method = Method::get;
  std::string path;                ///< Percent-decoded, starts with `/`, without the query.
  std::vector<std::string> parts;  ///< The path's parts, each decoded by itself (a part may hold a `/`).
  std::string raw_query;           ///< After `?`, as sent.
  std::vector<Field> query;        ///< Decoded, in order; `+` is a space.
  std::vector<Field> params;       ///< Of the route: `{id}` gives `id`; a trailing `*` gives `*`.
  std::vector<Field> cookies;
  Headers headers;
  std::string body;            ///< Decoded when it came gzip'd.
  std::string client_address;  ///< `203.0.113.7`; empty on the unix socket.
  bool is_local = false;       ///< It came through the unix socket: only this machine's operator can.
  bool is_secure = false;      ///< The client spoke https to a trusted proxy.
  std::string host;            ///< The Host header, checked.
  std::string id;              ///< For the log, the answer's X-Request-Id and problem documents.
  std::string_view route;      ///< The pattern that matched, `/api/v1/orders/{id}`.
  Time received_at;
  int overloaded_status = 503;  ///< What "come again later" is here: 429 on ingestion.
  Caller caller;                ///< Filled by the authorizer before the handler runs; a guest on public routes.

  /// REQUIRES: the route has that parameter.
  const std::string& param(std::string_view name) const;
  /// The first of that name.
  std::optional<std::string_view> query_value(std::string_view name) const;
  std::optional<std::string_view> header(std::string_view name) const { return headers.find(name); }
  std::optional<std::string_view> cookie(std::string_view name) const;
  /// GET, HEAD, OPTIONS: changes nothing, needs no CSRF token.
  bool is_safe() const { return method == Method::get || method == Method::head || method == Method::options; }
};

/// A whole number in the query, `fallback` when it is not there.
/// Error invalid with the name as field when it is no whole number in [low, high].
Result<int64_t> query_int(const Request& request, std::string_view name, int64_t fallback, int64_t low, int64_t high);

}  // namespace cairn::http

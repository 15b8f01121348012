// Tables of routes: one a module, each row with its permission. The tables make the router and the OpenAPI document.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "http/reply.h"

namespace cairn::http {

/// Where a handler runs. Lanes are bounded and separate, so that a slow question never stops ingestion.
enum class Lane {
  inline_,         ///< On the network thread: microseconds, never blocking. Its `overloaded` becomes 429 (ingestion).
  pages,           ///< Reads and small writes, milliseconds.
  long_questions,  ///< Reports, exports: up to seconds.
  hashing,         ///< Passwords: a fixed, slow piece of work.
};

/// Anyone may call; the authorizer is not asked.
inline constexpr std::string_view kPublic = "public";
/// Whoever is signed in or has a key.
inline constexpr std::string_view kSignedIn = "signed_in";

/// For the OpenAPI document.
struct QueryDoc {
  std::string_view name;
  std::string_view what;
  std::string_view type = "string";  ///< JSON Schema type.
  bool is_required = false;
};

/// Texts are views: give literals, or what lives as long as the router.
///
///     {.method = Method::get, .path = "/api/v1/orders/{id}", .permission = "orders.read",
///      .summary = "One order", .handler = answer([=](const Request& r) { return get_order(store, r); })}
struct Route {
  Method method = Method::get;
  std::string_view path;        ///< `/a/b`, `/a/{id}`, and a trailing `/*` for the rest.
  std::string_view permission;  ///< kPublic, kSignedIn, or a permission's name. Mandatory (checked).
  Lane lane = Lane::pages;
  std::string_view summary;  ///< A line for people who read the API.
  std::string_view description = {};
  std::vector<QueryDoc> query = {};
  std::string_view request_schema = {};   ///< JSON Schema text of the body; empty: no body is described.
  std::string_view response_schema = {};  ///< JSON Schema text of the 200 answer.
  size_t body_bytes_max = 0;              ///< 0: the server's default.
  int tries_per_minute = 0;               ///< > 0: a limit per client address, for sign-in and the like (429).
  bool is_documented = true;              ///< False keeps pages and assets out of the OpenAPI document.
  Handler handler;
};

}  // namespace cairn::http

// What is answered. Security headers, compression, ETag matching, HEAD and CSP nonces are the server's business.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "http/request.h"

namespace cairn::http {

/// Bytes that are owned, shared, or there for ever (embedded in the binary).
class Body {
 public:
  Body() = default;
  Body(std::string text) : owned_(std::move(text)) {}
  static Body shared(std::shared_ptr<const std::string> text);
  /// REQUIRES: the bytes outlive the server.
  static Body embedded(std::string_view bytes);
  std::string_view bytes() const { return shared_ ? *shared_ : is_embedded_ ? embedded_ : std::string_view(owned_); }

 private:
  std::string owned_;
  std::shared_ptr<const std::string> shared_;
  std::string_view embedded_;
  bool is_embedded_ = false;
};

struct Response {
  int status = 200;
  Headers headers;
  Body body;
};

/// `application/json`. `text` is the document.
Response json_response(std::string text);
/// 201 with the new thing's address.
Response created_response(std::string text, std::string_view location);
/// 202: taken, not yet done.
Response accepted_response(std::string text);
/// `text/html; charset=utf-8`. Every `__CSP_NONCE__` in it becomes this answer's nonce.
Response html_response(std::string text);
Response text_response(std::string text);
/// A file to save, `content_type` as given.
Response download_response(std::string bytes, std::string_view content_type, std::string_view file_name);
/// 204.
Response empty_response();
/// 303: GET that next.
Response redirect_response(std::string_view to);

struct CookieOptions {
  int64_t max_age_s = -1;  ///< < 0: until the browser closes; 0: forget it now.
  bool is_secure = false;  ///< Set it to request.is_secure.
  bool is_http_only = true;
  std::string_view same_site = "Lax";
  std::string_view path = "/";
};
/// Adds a Set-Cookie. REQUIRES: name and value are cookie-octets (RFC 6265), as base64url and hex are.
void set_cookie(Response& response, std::string_view name, std::string_view value, const CookieOptions& options);

}  // namespace cairn::http

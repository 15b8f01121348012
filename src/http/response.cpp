#include "http/response.h"

#include "base/check.h"
#include "http/target.h"

namespace cairn::http {
namespace {

Response response_of(int status, std::string_view type, std::string body) {
  Response response;
  response.status = status;
  if (!type.empty()) response.headers.add("Content-Type", type);
  response.body = Body(std::move(body));
  return response;
}

bool is_cookie_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\'; });
}

}  // namespace

Body Body::shared(std::shared_ptr<const std::string> text) {
  Body body;
  body.shared_ = std::move(text);
  return body;
}

Body Body::embedded(std::string_view bytes) {
  Body body;
  body.embedded_ = bytes;
  body.is_embedded_ = true;
  return body;
}

Response json_response(std::string text) { return response_of(200, "application/json", std::move(text)); }

Response created_response(std::string text, std::string_view location) {
  Response response = response_of(201, "application/json", std::move(text));
  response.headers.add("Location", location);
  return response;
}

Response accepted_response(std::string text) { return response_of(202, "application/json", std::move(text)); }

Response html_response(std::string text) { return response_of(200, "text/html; charset=utf-8", std::move(text)); }

Response text_response(std::string text) { return response_of(200, "text/plain; charset=utf-8", std::move(text)); }

Response download_response(std::string bytes, std::string_view content_type, std::string_view file_name) {
  Response response = response_of(200, content_type, std::move(bytes));
  // RFC 6266 with RFC 8187's form alone: every browser of the last ten years reads it, and it needs no quoting.
  response.headers.add("Content-Disposition", "attachment; filename*=UTF-8''" + percent_encode(file_name));
  return response;
}

Response empty_response() { return response_of(204, {}, {}); }

Response redirect_response(std::string_view to) {
  Response response = response_of(303, {}, {});
  response.headers.add("Location", to);
  return response;
}

void set_cookie(Response& response, std::string_view name, std::string_view value, const CookieOptions& options) {
  CHECK(!name.empty() && is_cookie_text(name) && is_cookie_text(value), "cookie {}", name);
  std::string text = fmt::format("{}={}; Path={}; SameSite={}", name, value, options.path, options.same_site);
  if (options.max_age_s >= 0) text += fmt::format("; Max-Age={}", options.max_age_s);
  if (options.is_http_only) text += "; HttpOnly";
  if (options.is_secure) text += "; Secure";
  response.headers.add("Set-Cookie", text);
}

}  // namespace cairn::http

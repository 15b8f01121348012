#include "ingest/segment_form.h"

#include "http/problem.h"
#include "json/value.h"

namespace cairn::ingest {
namespace {

struct Words {
  int status;
  std::string_view code;
};

Words words_of(Code code) {
  switch (code) {
    case Code::invalid:
    case Code::conflict: return {400, "invalid_request"};
    case Code::too_large: return {400, "request_too_large"};
    case Code::unauthenticated:
    case Code::forbidden: return {401, "invalid_write_key"};
    case Code::not_found: return {404, "not_found"};
    case Code::overloaded: return {429, "try_again"};
    case Code::unavailable: return {429, "store_unavailable"};
    case Code::corrupt:
    case Code::internal: return {500, "internal_error"};
  }
  return {500, "internal_error"};
}

}  // namespace

void allow_any_site(http::Response& response) {
  response.headers.set("Access-Control-Allow-Origin", "*");
  // Unless it is named here, a page's script may not read it and would come back too soon.
  response.headers.set("Access-Control-Expose-Headers", "Retry-After");
  response.headers.set("Cross-Origin-Resource-Policy", "cross-origin");
}

http::Response success(const http::Request&) {
  static const auto body = std::make_shared<const std::string>(R"({"success":true})");
  http::Response response;
  response.headers.add("Content-Type", "application/json");
  response.body = http::Body::shared(body);
  allow_any_site(response);
  return response;
}

http::Response segment_error(const Error& error, const http::Request& request) {
  Words words = words_of(error.code);
  std::string text = fmt::format(R"({{"success":false,"code":"{}","message":)", words.code);
  json::append_text(text, http::public_detail(error, request));
  if (!error.field.empty()) {
    text += R"(,"field":)";
    json::append_text(text, error.field);
  }
  text += '}';
  http::Response response = http::json_response(std::move(text));
  response.status = words.status;
  if (words.status == 429) response.headers.add("Retry-After", error.code == Code::unavailable ? "5" : "1");
  allow_any_site(response);
  return response;
}

http::Response early_error(const Error& error, const http::Request& request) {
  bool is_segment = request.parts.size() > 1 && request.parts[0] == "v1";
  return is_segment ? segment_error(error, request) : http::problem_document(error, request);
}

}  // namespace cairn::ingest

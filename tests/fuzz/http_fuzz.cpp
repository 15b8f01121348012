#include "base/check.h"
#include "base/text.h"
#include "http/gzip.h"
#include "http/target.h"
#include "http/wire.h"

namespace {

using namespace cairn;
using namespace cairn::http;

std::string target_of(const Request& request) {
  std::string target;
  for (const std::string& part : request.parts) target += "/" + percent_encode(part);
  if (target.empty()) target = "/";
  char separator = '?';
  for (const Field& field : request.query) {
    target += separator + percent_encode(field.name) + "=" + percent_encode(field.value);
    separator = '&';
  }
  return target;
}

bool same(const std::vector<Field>& a, const std::vector<Field>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Field& x, const Field& y) { return x.name == y.name && x.value == y.value; });
}

/// What a handler sees is checked text, and written out again it is read as the same.
void check_target(std::string_view text) {
  Request request;
  if (!parse_target(text, request)) return;
  CHECK(request.path.starts_with("/") && is_utf8(request.path));
  for (unsigned char c : request.path) CHECK(c >= 0x20 && c != 0x7f);
  for (const std::string& part : request.parts) CHECK(part != "." && part != "..");
  for (const Field& field : request.query) CHECK(is_utf8(field.value) && field.value.find('\0') == std::string::npos);
  Request again;
  CHECK(parse_target(target_of(request), again).has_value(), "{}", target_of(request));
  CHECK(again.parts == request.parts && same(again.query, request.query), "{}", target_of(request));
}

void check_headers(std::string_view text) {
  std::vector<Field> cookies;
  parse_cookies(text, cookies);
  CHECK(cookies.size() <= 128);
  for (const Field& cookie : cookies) CHECK(!cookie.name.empty() && cookie.value.find(';') == std::string::npos);
  if (names_type(text, "text/html")) CHECK(accepts_type(text, "text/html"));
  (void)accepts_gzip(text);
  if (matches_tag(text, "\"a\"")) CHECK(text.find('*') != text.npos || text.find("\"a\"") != text.npos);
  if (is_host(text)) CHECK(text.starts_with(host_name(text)) && text.find_first_of("/@ \\") == text.npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  check_target(text);
  check_headers(text);
  CHECK(percent_decode(percent_encode(text)).value() == text);
  CHECK(gunzip(gzip(text), size).value() == text);
  Result<std::string> unpacked = gunzip(text, 1000);
  CHECK(!unpacked || unpacked->size() <= 1000);
  std::string event = format_event(text, text, text);
  CHECK(event.ends_with("\n\n") && event.find("\n\n") == event.size() - 2);
  return 0;
}

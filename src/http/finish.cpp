#include "http/finish.h"

#include "base/text.h"
#include "http/gzip.h"
#include "http/target.h"

namespace cairn::http {
namespace {

constexpr size_t kCompressFrom = 1024;
constexpr std::string_view kNonceMark = "__CSP_NONCE__";

std::string make_nonce(Entropy& entropy) { return fmt::format("{:016x}{:016x}", entropy.next64(), entropy.next64()); }

std::string_view media_type(const Response& response) {
  std::string_view type = response.headers.find("Content-Type").value_or("");
  return trim(type.substr(0, type.find(';')));
}

bool is_text(std::string_view type) {
  return type.starts_with("text/") || type.ends_with("json") || type.ends_with("javascript") || type == "image/svg+xml";
}

std::string with_nonce(std::string_view html, std::string_view nonce) {
  std::string out;
  for (size_t at = 0;;) {
    size_t mark = html.find(kNonceMark, at);
    out += html.substr(at, mark - at);
    if (mark == std::string_view::npos) return out;
    out += nonce;
    at = mark + kNonceMark.size();
  }
}

void insert_nonce(Response& response, std::string_view nonce) {
  std::string_view html = response.body.bytes();
  if (html.find(kNonceMark) != std::string_view::npos) response.body = Body(with_nonce(html, nonce));
}

void secure_html(Response& response, Entropy& entropy) {
  std::string nonce = make_nonce(entropy);
  if (!response.headers.find("Content-Encoding")) insert_nonce(response, nonce);
  // A page that needs less than the back office says so itself.
  if (auto own = response.headers.find("Content-Security-Policy"))
    return response.headers.set("Content-Security-Policy", with_nonce(*own, nonce));
  // style-src-attr: the chart library sets style attributes; scripts stay strict.
  response.headers.set("Content-Security-Policy",
                       "default-src 'self'; script-src 'self'; style-src 'self' 'nonce-" + nonce +
                           "'; style-src-attr 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
                           "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
}

/// What says how a page may behave; an answer of the API is none.
void secure_page(Response& response, Entropy& entropy) {
  secure_html(response, entropy);
  if (!response.headers.find("Referrer-Policy"))
    response.headers.add("Referrer-Policy", "strict-origin-when-cross-origin");
  response.headers.set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()");
  response.headers.set("Cross-Origin-Opener-Policy", "same-origin");
}

void add_security(const Request& request, Response& response, Entropy& entropy) {
  if (media_type(response) == "text/html") secure_page(response, entropy);
  else if (!response.headers.find("Content-Security-Policy"))
    response.headers.add("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  response.headers.set("X-Content-Type-Options", "nosniff");
  if (request.is_secure) response.headers.set("Strict-Transport-Security", "max-age=31536000");
  if (!response.headers.find("Cache-Control")) response.headers.add("Cache-Control", "no-store");
  response.headers.set("X-Request-Id", request.id);
}

bool is_unchanged(const Request& request, const Response& response) {
  if (response.status != 200 || (request.method != Method::get && request.method != Method::head)) return false;
  std::optional<std::string_view> tag = response.headers.find("ETag");
  std::optional<std::string_view> known = request.header("If-None-Match");
  return tag && known && matches_tag(*known, *tag);
}

void compress(const Request& request, Response& response) {
  if (!is_text(media_type(response)) || response.headers.find("Content-Encoding")) return;
  if (response.body.bytes().size() < kCompressFrom) return;
  response.headers.add("Vary", "Accept-Encoding");
  if (!accepts_gzip(request.header("Accept-Encoding").value_or(""))) return;
  std::string packed = gzip(response.body.bytes());
  if (packed.size() >= response.body.bytes().size()) return;
  response.body = Body(std::move(packed));
  response.headers.add("Content-Encoding", "gzip");
  // RFC 9110 §8.8.1: two forms of one thing must not share a strong tag.
  if (std::optional<std::string_view> tag = response.headers.find("ETag"); tag && !tag->starts_with("W/"))
    response.headers.set("ETag", "W/" + std::string(*tag));
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool is_clean(const Field& field) {
  return std::none_of(field.name.begin(), field.name.end(), is_control) &&
         std::none_of(field.value.begin(), field.value.end(), is_control);
}

void clean_headers(Response& response) {
  const std::vector<Field>& fields = response.headers.all();
  if (std::all_of(fields.begin(), fields.end(), is_clean)) return;
  Headers clean;
  for (Field field : fields) {
    std::erase_if(field.name, is_control);
    std::erase_if(field.value, is_control);
    clean.add(field.name, field.value);
  }
  response.headers = std::move(clean);
}

}  // namespace

void finish_response(const Request& request, Response& response, Entropy& entropy) {
  add_security(request, response, entropy);
  if (is_unchanged(request, response)) {
    response.status = 304;
    response.headers.remove("Content-Type");
    response.headers.remove("Content-Encoding");
    response.body = Body();
  } else {
    compress(request, response);
  }
  clean_headers(response);
}

}  // namespace cairn::http

#include "http/target.h"

#include <charconv>

#include "base/text.h"

namespace cairn::http {
namespace {

constexpr size_t kPartsMax = 64;
constexpr size_t kValuesMax = 256;
constexpr size_t kCookiesMax = 128;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

enum class Plus { itself, space };

Result<std::string> decode(std::string_view text, Plus plus) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus == Plus::space) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) return fail(Code::invalid, "the address has a % that two hex digits do not follow");
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool has_control(std::string_view text) { return std::any_of(text.begin(), text.end(), is_control); }

bool is_clean_value(std::string_view text) {
  auto is_bad = [](char c) { return is_control(c) && c != '\n' && c != '\r' && c != '\t'; };
  return is_utf8(text) && std::none_of(text.begin(), text.end(), is_bad);
}

Result<std::string> decode_part(std::string_view raw) {
  std::string part = TRY(decode(raw, Plus::itself));
  if (!is_utf8(part) || has_control(part))
    return fail(Code::invalid, "the address must be UTF-8 text without control characters");
  if (part == "." || part == "..") return fail(Code::invalid, "the address must not have . or .. as a part");
  return part;
}

Result<void> parse_path(std::string_view raw, Request& request) {
  request.parts.clear();
  request.path = "/";
  raw.remove_prefix(1);
  if (raw.empty()) return {};
  for (std::string_view piece : split(raw, '/')) {
    if (request.parts.size() == kPartsMax) return fail(Code::invalid, "the address has more than {} parts", kPartsMax);
    if (!request.parts.empty()) request.path += '/';
    request.parts.push_back(TRY(decode_part(piece)));
    request.path += request.parts.back();
  }
  return {};
}

/// From the absolute form to the origin form; the others stay.
std::string_view without_origin(std::string_view target) {
  size_t scheme = target.find("://");
  if (target.starts_with("/") || scheme == std::string_view::npos) return target;
  size_t path = target.find_first_of("/?", scheme + 3);
  return path == std::string_view::npos ? "/" : target.substr(path);
}

/// One element of a list header: `text/html;level=1;q=0.5`.
struct Weighted {
  std::string_view name;
  double quality = 1;
};

Weighted parse_weighted(std::string_view element) {
  Weighted weighted;
  bool is_first = true;
  for (std::string_view piece : split(element, ';')) {
    piece = trim(piece);
    if (is_first) {
      weighted.name = piece;
      is_first = false;
    } else if (piece.starts_with("q=") || piece.starts_with("Q=")) {
      std::string_view number = piece.substr(2);
      double quality = 0;
      auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), quality);
      weighted.quality = error == std::errc() && quality >= 0 && quality <= 1 ? quality : 0;
    }
  }
  return weighted;
}

/// The quality given to `name`, or -1 when it is not in the list.
double quality_of(std::string_view list, std::string_view name) {
  for (std::string_view element : split(list, ',')) {
    Weighted weighted = parse_weighted(element);
    if (same_but_for_case(weighted.name, name)) return weighted.quality;
  }
  return -1;
}

bool is_token_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

bool is_port(std::string_view text) {
  int port = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port > 0 && port < 65536;
}

}  // namespace

Result<std::string> percent_decode(std::string_view text) { return decode(text, Plus::itself); }

Result<std::string> form_decode(std::string_view text) { return decode(text, Plus::space); }

std::string percent_encode(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (is_token_char(c)) out += c;
    else out += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
  return out;
}

Result<void> parse_target(std::string_view target, Request& request) {
  std::string_view origin = without_origin(target);
  if (size_t fragment = origin.find('#'); fragment != std::string_view::npos) origin = origin.substr(0, fragment);
  size_t mark = origin.find('?');
  std::string_view path = origin.substr(0, mark);
  request.raw_query = mark == std::string_view::npos ? std::string() : std::string(origin.substr(mark + 1));
  request.query = TRY(parse_query(request.raw_query));
  if (path == "*" || path.empty()) path = "/";
  if (path[0] != '/') return fail(Code::invalid, "the address must start with /");
  return parse_path(path, request);
}

Result<std::vector<Field>> parse_query(std::string_view text) {
  std::vector<Field> fields;
  if (text.empty()) return fields;
  for (std::string_view piece : split(text, '&')) {
    if (piece.empty()) continue;
    if (fields.size() == kValuesMax) return fail(Code::invalid, "the query has more than {} values", kValuesMax);
    size_t equals = piece.find('=');
    Field field;
    field.name = TRY(form_decode(piece.substr(0, equals)));
    if (equals != std::string_view::npos) field.value = TRY(form_decode(piece.substr(equals + 1)));
    if (!is_clean_value(field.name) || !is_clean_value(field.value))
      return fail(Code::invalid, "the query must be UTF-8 text without control characters");
    fields.push_back(std::move(field));
  }
  return fields;
}

void parse_cookies(std::string_view text, std::vector<Field>& out) {
  for (std::string_view piece : split(text, ';')) {
    piece = trim(piece);
    size_t equals = piece.find('=');
    if (equals == std::string_view::npos || equals == 0 || out.size() == kCookiesMax) continue;
    std::string_view value = piece.substr(equals + 1);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    if (has_control(piece)) continue;
    out.push_back({std::string(piece.substr(0, equals)), std::string(value)});
  }
}

bool accepts_type(std::string_view accept, std::string_view type) {
  if (accept.empty()) return true;
  double quality = quality_of(accept, type);
  if (quality < 0) quality = quality_of(accept, std::string(type.substr(0, type.find('/'))) + "/*");
  if (quality < 0) quality = quality_of(accept, "*/*");
  return quality > 0;
}

bool names_type(std::string_view accept, std::string_view type) { return quality_of(accept, type) > 0; }

bool accepts_gzip(std::string_view accept_encoding) {
  double quality = quality_of(accept_encoding, "gzip");
  if (quality < 0) quality = quality_of(accept_encoding, "x-gzip");
  if (quality < 0) quality = quality_of(accept_encoding, "*");
  return quality > 0;
}

bool matches_tag(std::string_view if_none_match, std::string_view tag) {
  for (std::string_view element : split(if_none_match, ',')) {
    element = trim(element);
    if (element == "*") return true;
    if (element.starts_with("W/")) element.remove_prefix(2);
    if (!element.empty() && element == (tag.starts_with("W/") ? tag.substr(2) : tag)) return true;
  }
  return false;
}

bool is_host(std::string_view host) {
  std::string_view name = host_name(host);
  std::string_view rest = host.substr(name.size());
  if (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1)))) return false;
  if (name.empty() || name.size() > 255) return false;
  if (name.front() != '[') return std::all_of(name.begin(), name.end(), is_token_char);
  std::string_view address = name.substr(1, name.size() - 2);
  auto is_address_char = [](char c) { return hex_value(c) >= 0 || c == ':' || c == '.'; };
  return name.back() == ']' && address.size() >= 2 && std::all_of(address.begin(), address.end(), is_address_char);
}

std::string_view host_name(std::string_view host) {
  if (host.starts_with("[")) {
    size_t end = host.find(']');
    return end == std::string_view::npos ? host : host.substr(0, end + 1);
  }
  return host.substr(0, host.find(':'));
}

}  // namespace cairn::http

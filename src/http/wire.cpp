#include "http/wire.h"

#include <array>
#include <iterator>

namespace cairn::http {
namespace {

constexpr std::string_view kDays[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};  // 1970-01-01 was a Thursday
constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string one_line(std::string_view text) {
  std::string out(text);
  std::erase_if(out, [](char c) { return c == '\n' || c == '\r' || c == '\0'; });
  return out;
}

}  // namespace

std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 421: return "Misdirected Request";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    default: return "Status";
  }
}

std::string http_date(Time time) {
  int64_t s = time.micros / 1'000'000;
  int64_t day = s / 86400;
  int64_t in_day = s % 86400;
  CivilDate date = civil_of(Day{static_cast<int32_t>(day)});
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[day % 7], date.day, kMonths[date.month - 1],
                     date.year, in_day / 3600, in_day / 60 % 60, in_day % 60);
}

void append_head(std::string& out, const Response& response, const HeadOptions& options) {
  auto to = std::back_inserter(out);
  fmt::format_to(to, "HTTP/1.{} {} {}\r\n", options.version_minor, response.status, reason_of(response.status));
  for (const Field& field : response.headers.all()) {
    out += field.name;
    out += ": ";
    out += field.value;
    out += "\r\n";
  }
  fmt::format_to(to, "Date: {}\r\n", options.date);
  if (options.has_length && response.status != 204 && response.status != 304)
    fmt::format_to(to, "Content-Length: {}\r\n", response.body.bytes().size());
  if (!options.keep_alive) out += "Connection: close\r\n";
  else if (options.version_minor == 0) out += "Connection: keep-alive\r\n";
  out += "\r\n";
}

bool has_body(int status, Method method) { return method != Method::head && status != 204 && status != 304; }

std::string format_event(std::string_view event, std::string_view data, std::string_view id) {
  std::string out;
  if (!event.empty()) out += "event: " + one_line(event) + "\n";
  if (!id.empty()) out += "id: " + one_line(id) + "\n";
  for (size_t at = 0;;) {
    size_t end = data.find('\n', at);
    out += "data: " + one_line(data.substr(at, end - at)) + "\n";
    if (end == std::string_view::npos) break;
    at = end + 1;
  }
  return out + "\n";
}

}  // namespace cairn::http

// An answer's head as bytes. Pure.
#pragma once
#include <string>
#include <string_view>

#include "base/time.h"
#include "http/request.h"
#include "http/response.h"

namespace cairn::http {

/// `Not Found` for 404.
std::string_view reason_of(int status);
/// RFC 9110's IMF-fixdate: `Sun, 06 Nov 1994 08:49:37 GMT`.
std::string http_date(Time time);

struct HeadOptions {
  int version_minor = 1;  ///< 0 or 1: what the client speaks.
  bool keep_alive = true;
  bool has_length = true;  ///< False for a stream, which the connection's end ends.
  std::string_view date;   ///< As http_date gives it.
};
/// Appends status line, the response's headers, Date, Content-Length (none for 204 and 304) and Connection.
void append_head(std::string& out, const Response& response, const HeadOptions& options);

/// Whether bytes of a body follow the head of this answer.
bool has_body(int status, Method method);
/// One server-sent event (WHATWG HTML §9.2.5); each line of `data` gets its own field, line ends in names are dropped.
std::string format_event(std::string_view event, std::string_view data, std::string_view id);

}  // namespace cairn::http

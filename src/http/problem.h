// Errors on the wire. The only place that maps an error's Code to an HTTP status.
#pragma once
#include "base/result.h"
#include "http/request.h"
#include "http/response.h"

namespace cairn::http {

/// invalid 400, unauthenticated 401, forbidden 403, not_found 404, conflict 409, too_large 413, overloaded and
/// unavailable 503, corrupt and internal 500.
int status_of(Code code);

/// RFC 9457 `application/problem+json`: {type, title, status, detail, field?, request_id}. `type` is
/// `/problems/<code>`, `title` is short and fixed per code ("Sign in first"), `detail` is the error's message; what
/// is internal or corrupt says only that the log has more under the request id, which is where it is written.
/// An overloaded answer carries Retry-After.
Response problem_document(const Error& error, const Request& request);

/// The fixed title of a code.
std::string_view title_of(Code code);

}  // namespace cairn::http

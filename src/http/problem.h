// Errors on the wire. The only place that maps an error's Code to an HTTP status.
#pragma once
#include "base/result.h"
#include "http/request.h"
#include "http/response.h"

namespace cairn::http {

/// invalid 400, unauthenticated 401, forbidden 403, not_found 404, conflict 409, too_large 413, overloaded
/// request.overloaded_status, unavailable 503, corrupt and internal 500.
int status_of(Code code, const Request& request);

/// RFC 9457 `application/problem+json`: {type, title, status, detail, field?, request_id}. `type` is
/// `/problems/<code>`, `title` is short and fixed per code ("Sign in first"), `detail` is the error's message; what
/// is internal or corrupt says only that the log has more under the request id, which is where it is written.
/// An overloaded answer carries Retry-After.
Response problem_document(const Error& error, const Request& request);

/// The fixed title of a code.
std::string_view title_of(Code code);

/// A problem that no Code stands for: 405, 415, 431, 501. `detail` says what to do.
Response problem_with_status(int status, std::string_view detail, const Request& request);

/// What a code's `detail` may say to the client: the error's message, but nothing of what is internal or corrupt.
std::string public_detail(const Error& error, const Request& request);

}  // namespace cairn::http

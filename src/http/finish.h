// What every answer gets before it goes out, whoever made it.
#pragma once
#include "base/random.h"
#include "http/request.h"
#include "http/response.h"

namespace cairn::http {

/// Security headers (with a fresh nonce in HTML), X-Request-Id, Cache-Control: no-store where the handler said
/// nothing, 304 for a matching If-None-Match, gzip of text over 1 KB when the client takes it. Drops control characters
/// from header values, so no value can add a header. Content-Length, Date and Connection are the connection's.
void finish_response(const Request& request, Response& response, Entropy& entropy);

}  // namespace cairn::http

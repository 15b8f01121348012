// How answers look to a Segment SDK: exact bodies, statuses that make it try again or give up, headers for browsers.
#pragma once
#include "http/reply.h"
#include "http/response.h"

namespace cairn::ingest {

/// 200 `{"success":true}`: all SDKs take 200 alone for success, some read the body.
http::Response success(const http::Request& request);

/// `{"success":false,"code":…,"message":…}`. The SDKs send again after 429 and 5xx and drop what they have at any
/// other 4xx. So: what can be better tomorrow (overload, a store that is gone, a server that starts or stops) is 429
/// with Retry-After; a bad body, also one that is too large, is 400; an unknown key 401.
http::Response segment_error(const Error& error, const http::Request& request);

/// segment_error for the addresses of SDKs, a problem document for all others: what the server says before it knows any
/// route.
http::Response early_error(const Error& error, const http::Request& request);

/// Lets a page of any site call: a write key is no secret of the page's visitor.
void allow_any_site(http::Response& response);

}  // namespace cairn::ingest

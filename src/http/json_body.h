// Described structs in requests and answers: what a routes.cpp does first and last.
#pragma once
#include "http/request.h"
#include "http/response.h"
#include "json/codec.h"

namespace cairn::http {

/// The body as a T. Errors invalid with the field's path; also when there is no body.
template <class T>
Result<T> read_body(const Request& request, json::Unknown unknown = json::Unknown::refuse) {
  if (request.body.empty()) return fail(Code::invalid, "a JSON document is expected as the body, and none came");
  return json::decode_text<T>(request.body, unknown);
}

/// 200 with the value as JSON.
template <class T>
Response json_of(const T& value) {
  return json_response(json::encode_text(value));
}

}  // namespace cairn::http

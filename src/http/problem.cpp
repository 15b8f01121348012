#include "http/problem.h"

#include "json/value.h"

namespace cairn::http {
namespace {

struct Words {
  int status;
  std::string_view type;
  std::string_view title;
};

Words words_of(Code code) {
  switch (code) {
    case Code::invalid: return {400, "invalid", "Something in the request is wrong"};
    case Code::not_found: return {404, "not_found", "There is nothing here"};
    case Code::conflict: return {409, "conflict", "It exists already, or changed meanwhile"};
    case Code::unauthenticated: return {401, "unauthenticated", "Sign in first"};
    case Code::forbidden: return {403, "forbidden", "You may not do this"};
    case Code::too_large: return {413, "too_large", "This is too large"};
    case Code::overloaded: return {503, "overloaded", "Try again in a moment"};
    case Code::unavailable: return {503, "unavailable", "Something that this needs is not there now"};
    case Code::corrupt: return {500, "corrupt", "Stored data is damaged"};
    case Code::internal: return {500, "internal", "This went wrong on our side"};
  }
  return {500, "internal", "This went wrong on our side"};
}

Words words_of(int status) {
  switch (status) {
    case 405: return {405, "method_not_allowed", "This address has no such method"};
    case 415: return {415, "unsupported_encoding", "The body comes in a form that is not understood"};
    case 421: return {421, "wrong_host", "Another host was asked"};
    case 431: return {431, "header_too_large", "The request's head is too large"};
    case 501: return {501, "unknown_method", "This method is not known"};
    default: return {status, "problem", "This did not work"};
  }
}

struct Problem {
  Words words;
  std::string_view detail;
  std::string_view field;
};

Response to_response(const Problem& problem, const Request& request) {
  std::string text = fmt::format(R"({{"type":"/problems/{}","title":)", problem.words.type);
  json::append_text(text, problem.words.title);
  text += fmt::format(R"(,"status":{},"detail":)", problem.words.status);
  json::append_text(text, problem.detail);
  if (!problem.field.empty()) {
    text += R"(,"field":)";
    json::append_text(text, problem.field);
  }
  text += R"(,"request_id":)";
  json::append_text(text, request.id);
  text += '}';
  Response response;
  response.status = problem.words.status;
  response.headers.add("Content-Type", "application/problem+json");
  response.body = Body(std::move(text));
  return response;
}

}  // namespace

int status_of(Code code, const Request& request) {
  return code == Code::overloaded ? request.overloaded_status : words_of(code).status;
}

std::string_view title_of(Code code) { return words_of(code).title; }

std::string public_detail(const Error& error, const Request& request) {
  if (error.code == Code::internal || error.code == Code::corrupt)
    return fmt::format("The server's log says more under {}.", request.id);
  return error.message;
}

Response problem_document(const Error& error, const Request& request) {
  Words words = words_of(error.code);
  words.status = status_of(error.code, request);
  std::string detail = public_detail(error, request);
  Response response = to_response({words, detail, error.field}, request);
  if (error.code == Code::overloaded) response.headers.add("Retry-After", "1");
  // RFC 9110 §11.6.1: a 401 names a scheme.
  if (error.code == Code::unauthenticated) response.headers.add("WWW-Authenticate", "Bearer");
  return response;
}

Response problem_with_status(int status, std::string_view detail, const Request& request) {
  return to_response({words_of(status), detail, {}}, request);
}

}  // namespace cairn::http

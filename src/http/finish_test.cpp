#include "http/finish.h"

#include <gtest/gtest.h>

#include "http/gzip.h"
#include "http/problem.h"
#include "http/wire.h"
#include "json/value.h"

namespace cairn::http {
namespace {

Response finished(Response response, const Request& request) {
  finish_response(request, response, system_entropy());
  return response;
}

Request asking(std::string_view name = {}, std::string_view value = {}) {
  Request request;
  request.id = "00ff";
  if (!name.empty()) request.headers.add(name, value);
  return request;
}

TEST(Finish, gives_each_page_its_own_nonce) {
  std::string page = "<style nonce=\"__CSP_NONCE__\"></style><style nonce=\"__CSP_NONCE__\">";
  Response one = finished(html_response(page), asking());
  Response two = finished(html_response(page), asking());
  std::string policy(*one.headers.find("Content-Security-Policy"));
  size_t at = policy.find("'nonce-");
  ASSERT_NE(at, std::string::npos);
  std::string nonce = policy.substr(at + 7, 32);
  EXPECT_EQ(one.body.bytes(), "<style nonce=\"" + nonce + "\"></style><style nonce=\"" + nonce + "\">");
  EXPECT_NE(one.body.bytes(), two.body.bytes());
  EXPECT_NE(policy.find("script-src 'self';"), std::string::npos);
  EXPECT_EQ(one.headers.find("Cross-Origin-Opener-Policy"), "same-origin");
  EXPECT_TRUE(one.headers.find("Referrer-Policy") && one.headers.find("Permissions-Policy"));
}

TEST(Finish, a_page_may_ask_for_less_than_the_back_office) {
  Response page = html_response("<style nonce=\"__CSP_NONCE__\">");
  page.headers.add("Content-Security-Policy", "default-src 'none'; style-src 'nonce-__CSP_NONCE__'");
  page.headers.add("Referrer-Policy", "no-referrer");
  Response out = finished(page, asking());
  std::string nonce(out.body.bytes().substr(14, 32));
  EXPECT_EQ(out.headers.find("Content-Security-Policy"), "default-src 'none'; style-src 'nonce-" + nonce + "'");
  EXPECT_EQ(out.headers.count("Content-Security-Policy"), 1u);
  EXPECT_EQ(out.headers.find("Referrer-Policy"), "no-referrer");
  EXPECT_TRUE(out.headers.find("Permissions-Policy"));
}

TEST(Finish, secures_every_answer) {
  for (const Response& response : {finished(json_response("{}"), asking()), finished(empty_response(), asking()),
                                   finished(problem_document(Error{}, asking()), asking())}) {
    EXPECT_EQ(response.headers.find("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(response.headers.find("Cache-Control"), "no-store");
    EXPECT_EQ(response.headers.find("X-Request-Id"), "00ff");
    EXPECT_TRUE(response.headers.find("Content-Security-Policy").has_value());
  }
}

TEST(Finish, packs_large_text_for_who_takes_it) {
  std::string text(5000, 'a');
  Response packed = finished(json_response(text), asking("accept-encoding", "gzip"));
  EXPECT_EQ(packed.headers.find("Content-Encoding"), "gzip");
  EXPECT_EQ(gunzip(packed.body.bytes(), 5000).value(), text);
  EXPECT_EQ(packed.headers.find("Vary"), "Accept-Encoding");
  EXPECT_EQ(finished(json_response(text), asking()).body.bytes(), text);
  EXPECT_FALSE(finished(json_response("{}"), asking("Accept-Encoding", "gzip")).headers.find("Content-Encoding"));
  Response image = download_response(text, "image/png", "a.png");
  EXPECT_EQ(finished(image, asking("Accept-Encoding", "gzip")).body.bytes(), text);
}

TEST(Finish, says_unchanged_when_the_tag_is_known) {
  Response response = json_response("{}");
  response.headers.add("ETag", "\"v1\"");
  Response same = finished(response, asking("If-None-Match", "\"v1\""));
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.body.bytes(), "");
  EXPECT_EQ(finished(response, asking("If-None-Match", "\"v2\"")).status, 200);
}

TEST(Finish, lets_no_value_add_a_header) {
  Response response = redirect_response("/a\r\nSet-Cookie: x=1");
  EXPECT_EQ(finished(response, asking()).headers.find("Location"), "/aSet-Cookie: x=1");
}

TEST(Gzip, refuses_bombs_cuts_and_lies) {
  std::string zeros(1 << 20, '\0');
  std::string packed = gzip(zeros);
  EXPECT_EQ(gunzip(packed, zeros.size()).value(), zeros);
  EXPECT_EQ(gunzip(packed, zeros.size() - 1).error().code, Code::too_large);
  EXPECT_EQ(gunzip(packed + packed, 3 << 20).value(), zeros + zeros);
  EXPECT_EQ(gunzip(std::string_view(packed).substr(0, packed.size() - 1), 2 << 20).error().code, Code::invalid);
  EXPECT_EQ(gunzip("not gzip at all", 100).error().code, Code::invalid);
  EXPECT_EQ(gunzip(packed + "junk", 2 << 20).error().code, Code::invalid);
  EXPECT_EQ(gunzip("", 100).error().code, Code::invalid);
  EXPECT_EQ(gunzip(gzip(""), 0).value(), "");
}

TEST(Problem, tells_the_client_what_it_may_know) {
  Request request = asking();
  Error error{Code::invalid, "total must be a number", "orders[2].total", "secret detail"};
  Response response = problem_document(error, request);
  EXPECT_EQ(response.status, 400);
  json::Object document = json::parse_object(response.body.bytes()).value();
  EXPECT_EQ(json::text_at(document, "detail"), "total must be a number");
  EXPECT_EQ(json::text_at(document, "field"), "orders[2].total");
  EXPECT_EQ(json::text_at(document, "request_id"), "00ff");
  EXPECT_EQ(json::int_at(document, "status"), 400);

  Response inner = problem_document(Error{Code::internal, "table x has no column y"}, request);
  EXPECT_EQ(inner.status, 500);
  EXPECT_EQ(inner.body.bytes().find("column"), std::string_view::npos);
}

TEST(Problem, overload_is_429_on_ingestion) {
  Request request = asking();
  EXPECT_EQ(problem_document(Error{Code::overloaded, "full"}, request).status, 503);
  request.overloaded_status = 429;
  Response response = problem_document(Error{Code::overloaded, "full"}, request);
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.headers.find("Retry-After"), "1");
}

TEST(Wire, prints_dates_as_rfc_9110_has_them) {
  EXPECT_EQ(http_date(Time{784111777'000'000}), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(Wire, gives_each_line_of_an_event_its_own_field) {
  EXPECT_EQ(format_event("moved", "a\nb", "7"), "event: moved\nid: 7\ndata: a\ndata: b\n\n");
  EXPECT_EQ(format_event("x\nid: 9", "", ""), "event: xid: 9\ndata: \n\n");
}

TEST(Cookies, are_strict_by_default) {
  Response response;
  set_cookie(response, "session", "abc", {.max_age_s = 60, .is_secure = true});
  EXPECT_EQ(response.headers.find("Set-Cookie"), "session=abc; Path=/; SameSite=Lax; Max-Age=60; HttpOnly; Secure");
}

}  // namespace
}  // namespace cairn::http

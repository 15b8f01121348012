#include "http/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::http {
namespace {

using testing::ElementsAre;

Request parsed(std::string_view target) {
  Request request;
  Result<void> done = parse_target(target, request);
  EXPECT_TRUE(done.has_value()) << target;
  return request;
}

bool is_refused(std::string_view target) {
  Request request;
  return !parse_target(target, request).has_value();
}

TEST(Target, splits_and_decodes_path_and_query) {
  Request request = parsed("/api/v1/caf%C3%A9/2024%2F7?q=a+b%26c&empty=&flag&q=2");
  EXPECT_EQ(request.path, "/api/v1/café/2024/7");
  EXPECT_THAT(request.parts, ElementsAre("api", "v1", "café", "2024/7"));
  EXPECT_EQ(request.raw_query, "q=a+b%26c&empty=&flag&q=2");
  ASSERT_EQ(request.query.size(), 4u);
  EXPECT_EQ(request.query_value("q"), "a b&c");
  EXPECT_EQ(request.query_value("empty"), "");
  EXPECT_EQ(request.query_value("flag"), "");
  EXPECT_EQ(request.query_value("none"), std::nullopt);
}

TEST(Target, keeps_a_plus_in_a_path) { EXPECT_EQ(parsed("/a+b").path, "/a+b"); }

TEST(Target, takes_the_absolute_form_and_no_path) {
  EXPECT_EQ(parsed("http://other.example/a?b=1").path, "/a");
  EXPECT_EQ(parsed("http://other.example").path, "/");
  EXPECT_THAT(parsed("/").parts, ElementsAre());
  EXPECT_THAT(parsed("/a/").parts, ElementsAre("a", ""));
  EXPECT_EQ(parsed("*").path, "/");
}

TEST(Target, refuses_what_no_honest_client_sends) {
  for (std::string_view target : {"/%", "/%1", "/%zz", "/a%00b", "/a%0Ab", "/%ff", "/../etc", "/a/%2e%2E/b", "/.", "a",
                                  "/?q=%", "/?q=%00", "/?%c3=1"})
    EXPECT_TRUE(is_refused(target)) << target;
  std::string deep, wide = "/?";
  for (int i = 0; i < 65; ++i) deep += "/a";
  for (int i = 0; i < 257; ++i) wide += "a&";
  EXPECT_TRUE(is_refused(deep));
  EXPECT_TRUE(is_refused(wide));
  EXPECT_FALSE(is_refused(deep.substr(2)));
  EXPECT_FALSE(is_refused("/?text=two%0Alines"));
}

TEST(Target, encoding_and_decoding_are_inverse) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  EXPECT_EQ(percent_decode(percent_encode(all)).value(), all);
  EXPECT_EQ(percent_encode("a b/é"), "a%20b%2F%C3%A9");
}

TEST(Cookies, skips_what_is_malformed) {
  std::vector<Field> cookies;
  parse_cookies("a=1; b=\"two\";; broken; =x; c=x=y ;d=", cookies);
  ASSERT_EQ(cookies.size(), 4u);
  EXPECT_EQ(cookies[0].value, "1");
  EXPECT_EQ(cookies[1].value, "two");
  EXPECT_EQ(cookies[2].value, "x=y");
  EXPECT_EQ(cookies[3].value, "");
}

TEST(Accept, most_specific_range_decides) {
  EXPECT_TRUE(accepts_type("", "text/html"));
  EXPECT_TRUE(accepts_type("text/*;q=0.1, application/json", "text/html"));
  EXPECT_TRUE(accepts_type("*/*", "text/html"));
  EXPECT_FALSE(accepts_type("text/html;q=0, */*", "text/html"));
  EXPECT_FALSE(accepts_type("application/json", "text/html"));
  EXPECT_FALSE(accepts_type("text/html;q=nonsense", "text/html"));
  EXPECT_TRUE(names_type("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "text/html"));
  EXPECT_FALSE(names_type("*/*", "text/html"));
}

TEST(Accept, gzip_only_when_taken) {
  EXPECT_TRUE(accepts_gzip("gzip, deflate, br"));
  EXPECT_TRUE(accepts_gzip("br;q=1.0, *;q=0.1"));
  EXPECT_FALSE(accepts_gzip(""));
  EXPECT_FALSE(accepts_gzip("gzip;q=0, *"));
  EXPECT_FALSE(accepts_gzip("br"));
}

TEST(Tags, compare_weakly) {
  EXPECT_TRUE(matches_tag("\"a\", W/\"b\"", "\"b\""));
  EXPECT_TRUE(matches_tag("\"b\"", "W/\"b\""));
  EXPECT_TRUE(matches_tag("*", "\"x\""));
  EXPECT_FALSE(matches_tag("\"a\"", "\"b\""));
  EXPECT_FALSE(matches_tag("", "\"b\""));
}

TEST(Host, is_a_name_and_a_port_and_nothing_else) {
  for (std::string_view host : {"shop.example", "shop.example:8080", "127.0.0.1", "[::1]", "[::1]:80"})
    EXPECT_TRUE(is_host(host)) << host;
  for (std::string_view host :
       {"", "a b", "shop/..", "a@b", "a:0", "a:65536", "a:x", "a:", "[::1", "[]", "[x]", "[::1]/3", "[::1]3", "a:1:2"})
    EXPECT_FALSE(is_host(host)) << host;
  EXPECT_EQ(host_name("shop.example:8080"), "shop.example");
  EXPECT_EQ(host_name("[::1]:80"), "[::1]");
}

TEST(Query, whole_numbers_are_checked) {
  Request request = parsed("/?limit=20&bad=2x&big=99999999999999999999");
  EXPECT_EQ(query_int(request, "limit", 5, 1, 100).value(), 20);
  EXPECT_EQ(query_int(request, "none", 5, 1, 100).value(), 5);
  EXPECT_EQ(query_int(request, "limit", 5, 1, 10).error().field, "limit");
  EXPECT_FALSE(query_int(request, "bad", 5, 1, 10).has_value());
  EXPECT_FALSE(query_int(request, "big", 5, 1, 10).has_value());
}

}  // namespace
}  // namespace cairn::http

#include "http/router.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "http/target.h"
#include "json/value.h"

namespace cairn::http {
namespace {

Route route(Method method, std::string_view path) {
  return {.method = method,
          .path = path,
          .permission = "orders.read",
          .summary = "x",
          .handler = answer([](const Request&) -> Result<Response> { return empty_response(); })};
}

Router router_of(std::vector<Route> routes) {
  Router router;
  router.add(std::move(routes));
  return router;
}

Router sample() {
  return router_of({route(Method::get, "/"), route(Method::get, "/orders"), route(Method::post, "/orders"),
                    route(Method::get, "/orders/{id}"), route(Method::delete_, "/orders/{id}"),
                    route(Method::get, "/orders/export"), route(Method::get, "/orders/{id}/lines/{line}"),
                    route(Method::get, "/files/*")});
}

Router::Found find(const Router& router, Method method, std::string_view path) {
  Request request;
  EXPECT_TRUE(parse_target(path, request).has_value());
  return router.find(method, request.parts);
}

std::string_view pattern(const Router& router, Method method, std::string_view path) {
  Router::Found found = find(router, method, path);
  return found.route ? found.route->path : "";
}

TEST(Router, prefers_the_static_part) {
  Router router = sample();
  EXPECT_EQ(pattern(router, Method::get, "/"), "/");
  EXPECT_EQ(pattern(router, Method::get, "/orders/export"), "/orders/export");
  EXPECT_EQ(pattern(router, Method::get, "/orders/7"), "/orders/{id}");
  EXPECT_EQ(pattern(router, Method::get, "/orders/export/lines/2"), "/orders/{id}/lines/{line}");
  EXPECT_EQ(pattern(router, Method::delete_, "/orders/export"), "/orders/{id}");
}

TEST(Router, names_parameters) {
  Router router = sample();
  Router::Found found = find(router, Method::get, "/orders/a%2Fb/lines/2");
  ASSERT_EQ(found.params.size(), 2u);
  EXPECT_EQ(found.params[0].name, "id");
  EXPECT_EQ(found.params[0].value, "a/b");
  EXPECT_EQ(found.params[1].value, "2");
  EXPECT_EQ(find(router, Method::get, "/files/a/b.txt").params[0].value, "a/b.txt");
  EXPECT_EQ(find(router, Method::get, "/files").params[0].value, "");
}

TEST(Router, tells_no_such_place_from_no_such_method) {
  Router router = sample();
  EXPECT_EQ(find(router, Method::put, "/orders").allowed, "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(find(router, Method::get, "/nothing").allowed, "");
  EXPECT_EQ(find(router, Method::get, "/orders/").route, nullptr);
  EXPECT_EQ(find(router, Method::get, "/orders/7/lines").route, nullptr);
  // A wildcard catches what has no place of its own, so another method there is simply not found.
  EXPECT_EQ(find(router, Method::post, "/files/a").allowed, "");
}

TEST(Router, a_wildcard_does_not_hide_a_missing_method) {
  Router router = router_of({route(Method::post, "/orders"), route(Method::get, "/*")});
  EXPECT_EQ(find(router, Method::get, "/orders").route, nullptr);
  EXPECT_EQ(find(router, Method::get, "/orders").allowed, "POST, OPTIONS");
  EXPECT_EQ(pattern(router, Method::get, "/other"), "/*");
  EXPECT_EQ(pattern(router, Method::get, "/"), "/*");
}

TEST(Router, knows_a_path_with_a_slash_at_its_end) {
  Router router = router_of({route(Method::post, "/import"), route(Method::get, "/import/")});
  EXPECT_EQ(pattern(router, Method::post, "/import"), "/import");
  EXPECT_EQ(pattern(router, Method::get, "/import/"), "/import/");
  EXPECT_EQ(find(router, Method::get, "/import").route, nullptr);
}

TEST(Router, serves_head_by_get) { EXPECT_EQ(pattern(sample(), Method::head, "/orders"), "/orders"); }

TEST(RouterDeathTest, refuses_bad_tables) {
  Route without = route(Method::get, "/a");
  without.permission = "";
  EXPECT_DEATH(router_of({without}), "no permission");
  EXPECT_DEATH(router_of({route(Method::get, "/a"), route(Method::get, "/a")}), "two routes");
  EXPECT_DEATH(router_of({route(Method::get, "/a/{x}"), route(Method::post, "/a/{y}")}), "calls this part");
  EXPECT_DEATH(router_of({route(Method::get, "/*/a")}), "last part");
  EXPECT_DEATH(router_of({route(Method::get, "/a//b")}), "bad part");
}

TEST(OpenApi, describes_each_operation) {
  Route post = route(Method::post, "/api/v1/orders/{id}");
  post.permission = "orders.write";
  post.request_schema = R"({"type":"object"})";
  post.query = {{.name = "dry", .what = "Change nothing", .type = "boolean"}};
  Route hidden = route(Method::get, "/page");
  hidden.is_documented = false;
  Router router = router_of({post, hidden, route(Method::get, "/api/v1/orders/{id}")});
  add_openapi_route(router, {"Cairn", "0.1"});
  std::string text = openapi_document(router, {"Cairn", "0.1"});
  json::Object document = json::parse_object(text).value();
  const json::Object& paths = document.at("paths").as_object();
  EXPECT_EQ(paths.size(), 2u);
  const json::Object& operation = paths.at("/api/v1/orders/{id}").as_object().at("post").as_object();
  EXPECT_EQ(json::text_at(operation, "x-permission"), "orders.write");
  EXPECT_EQ(json::text_at(operation, "operationId"), "post_orders_id");
  EXPECT_EQ(operation.at("parameters").as_array().size(), 2u);
  EXPECT_TRUE(operation.contains("requestBody"));
  EXPECT_TRUE(paths.at("/api/v1/openapi.json").as_object().contains("get"));
}

}  // namespace
}  // namespace cairn::http

// The routes as a client sees them: authorizer, then handler, without sockets.
#include "accounts/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/authorize.h"
#include "http/router.h"
#include "http/target.h"
#include "json/value.h"
#include "support/kept_answer.h"
#include "support/on_stores.h"

namespace cairn::accounts {
namespace {

using http::Method;
using testing::HasSubstr;
using testing::Not;

struct Client {
  std::string cookie = {};
  std::string csrf = {};
  std::string key = {};
  bool is_local = false;
  bool is_secure = false;
};

class RoutesTest : public test::OnStores {
 protected:
  void SetUp() override {
    OnStores::SetUp();
    if (!store_) return;
    accounts_ = Accounts::open(world_, store()).value();
    router_.add(routes(*accounts_, store()));
    authorize_ = make_authorizer(*accounts_);
  }
  void TearDown() override { accounts_.reset(); }

  http::Response call(const Client& client, Method method, std::string target, std::string body = "") {
    auto request = std::make_shared<http::Request>();
    request->method = method;
    EXPECT_TRUE(http::parse_target(target, *request));
    request->body = std::move(body);
    request->is_local = client.is_local;
    request->is_secure = client.is_secure;
    if (!client.cookie.empty()) request->cookies.push_back({std::string(kSessionCookie), client.cookie});
    if (!client.csrf.empty()) request->headers.add("X-CSRF-Token", client.csrf);
    if (!client.key.empty()) request->headers.add("Authorization", "Bearer " + client.key);
    auto found = router_.find(method, request->parts);
    EXPECT_NE(found.route, nullptr) << target;
    if (!found.route) return {};
    request->params = found.params;
    http::Response response;
    http::Reply reply(request, std::make_unique<test::KeptAnswer>(response), found.errors);
    if (found.route->permission != http::kPublic) {
      auto caller = authorize_(*request, found.route->permission);
      if (!caller) return reply.answer(caller.error()), response;
      request->caller = *caller;
    }
    found.route->handler(*request, reply);
    return response;
  }

  bool authorize(const Client& client, std::string_view permission) {
    http::Request request;
    request.headers.add("Authorization", "Bearer " + client.key);
    return authorize_(request, permission).has_value();
  }

  static json::Object body_of(const http::Response& response) {
    auto body = json::parse_object(response.body.bytes());
    EXPECT_TRUE(body) << response.body.bytes();
    return body.value_or(json::Object());
  }
  static std::string text_of(const json::Object& object, std::string_view key) {
    return std::string(json::text_at(object, key).value_or("nothing"));
  }

  Client local() { return {.is_local = true}; }
  std::string new_link() { return text_of(body_of(call(local(), Method::post, "/api/v1/owner-link")), "token"); }
  http::Response sign_in(std::string_view token, Client from = {}) {
    return call(from, Method::post, "/api/v1/session", fmt::format(R"({{"token":"{}"}})", token));
  }
  Client owner() {
    http::Response in = sign_in(new_link());
    std::string_view cookie = in.headers.find("Set-Cookie").value_or("");
    cookie.remove_prefix(std::min(cookie.size(), kSessionCookie.size() + 1));
    return {.cookie = std::string(cookie.substr(0, cookie.find(';'))), .csrf = text_of(body_of(in), "csrf")};
  }

  std::unique_ptr<Accounts> accounts_;
  http::Router router_;
  http::Authorizer authorize_;
};
CAIRN_ON_STORES(RoutesTest);

TEST_P(RoutesTest, SignInStayAndSignOut) {
  http::Response in = sign_in(new_link());
  EXPECT_EQ(in.status, 200);
  std::string cookie(in.headers.find("Set-Cookie").value_or(""));
  for (const char* part : {"cairn_session=", "; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age=2592000"})
    EXPECT_THAT(cookie, HasSubstr(part));
  EXPECT_THAT(cookie, Not(HasSubstr("Secure")));
  std::string secure(sign_in(new_link(), {.is_secure = true}).headers.find("Set-Cookie").value_or(""));
  EXPECT_THAT(secure, HasSubstr("; Secure"));

  Client client = owner();
  json::Object session = body_of(call(client, Method::get, "/api/v1/session"));
  EXPECT_EQ(session.at("user"), json::Value({{"name", "Owner"}, {"email", ""}, {"role", "owner"}}));
  EXPECT_EQ(text_of(session, "csrf"), client.csrf);

  http::Response out = call(client, Method::post, "/api/v1/session/end", "{}");
  EXPECT_EQ(out.status, 204);
  EXPECT_THAT(std::string(out.headers.find("Set-Cookie").value_or("")), HasSubstr("Max-Age=0"));
  EXPECT_EQ(call(client, Method::get, "/api/v1/session").status, 401);
}

TEST_P(RoutesTest, ALinkThatIsUsedUpIs401) {
  std::string link = new_link();
  EXPECT_EQ(sign_in(link).status, 200);
  http::Response again = sign_in(link);
  EXPECT_EQ(again.status, 401);
  EXPECT_FALSE(again.headers.find("Set-Cookie"));
  http::Response misspelt = call({}, Method::post, "/api/v1/session", R"({"tokn":"x"})");
  EXPECT_EQ(misspelt.status, 400);
  EXPECT_EQ(text_of(body_of(misspelt), "field"), "tokn");
  EXPECT_EQ(call({}, Method::post, "/api/v1/session", "").status, 400);
}

TEST_P(RoutesTest, ChangesNeedTheSessionsToken) {
  Client client = owner();
  Client other = owner();
  Client without = client;
  without.csrf.clear();
  Client wrong = client;
  wrong.csrf = other.csrf;
  for (const Client& c : {without, wrong}) {
    EXPECT_EQ(call(c, Method::post, "/api/v1/session/end").status, 403);
    EXPECT_EQ(call(c, Method::post, "/api/v1/keys", R"({"name":"x","scopes":["send_events"]})").status, 403);
    EXPECT_EQ(call(c, Method::get, "/api/v1/keys").status, 200) << "reading needs none";
  }
}

TEST_P(RoutesTest, KeysComeAndGo) {
  Client client = owner();
  http::Response made = call(client, Method::post, "/api/v1/keys", R"({"name":"till","scopes":["view_report"]})");
  ASSERT_EQ(made.status, 201) << made.body.bytes();
  json::Object body = body_of(made);
  std::string id = text_of(body.at("key").as_object(), "id");
  Client key{.key = text_of(body, "text")};
  EXPECT_EQ(made.headers.find("Location"), "/api/v1/keys/" + id);
  std::string list(call(client, Method::get, "/api/v1/keys").body.bytes());
  EXPECT_THAT(list, Not(HasSubstr(key.key)));
  EXPECT_THAT(list, HasSubstr("read the report and the pyramid"));

  EXPECT_EQ(call(key, Method::get, "/api/v1/session").status, 200);
  EXPECT_EQ(call(key, Method::get, "/api/v1/keys").status, 403);
  EXPECT_EQ(call(key, Method::post, "/api/v1/owner-link").status, 403);
  EXPECT_TRUE(authorize(key, kViewReport));
  EXPECT_FALSE(authorize(key, kRunImport));

  EXPECT_EQ(call(client, Method::delete_, "/api/v1/keys/" + id).status, 204);
  EXPECT_EQ(call(client, Method::delete_, "/api/v1/keys/" + id).status, 404);
  EXPECT_EQ(call(key, Method::get, "/api/v1/session").status, 401);
  http::Response bad = call(client, Method::post, "/api/v1/keys", R"({"name":"x","scopes":["fly"]})");
  EXPECT_EQ(bad.status, 400);
  EXPECT_EQ(text_of(body_of(bad), "field"), "scopes[0]");
}

TEST_P(RoutesTest, AGuestGetsNowhere) {
  for (const http::Route* route : router_.all()) {
    if (route->permission == http::kPublic) continue;
    std::string path(route->path);
    if (size_t brace = path.find('{'); brace != path.npos) path = path.substr(0, brace) + "x";
    EXPECT_EQ(call({}, route->method, path, "{}").status, 401) << path;
    EXPECT_EQ(call({.cookie = "x", .csrf = "x"}, route->method, path, "{}").status, 401) << path;
    EXPECT_EQ(call({.key = "ck_x"}, route->method, path, "{}").status, 401) << path;
  }
  http::Request basic;
  basic.headers.add("Authorization", "Basic eDp5");
  EXPECT_EQ(authorize_(basic, kViewReport).error().code, Code::unauthenticated);
}

TEST_P(RoutesTest, EveryPermissionOfARouteExists) {
  for (const http::Route* route : router_.all()) {
    bool special = route->permission == http::kPublic || route->permission == http::kSignedIn;
    EXPECT_TRUE(special || find_permission(route->permission)) << route->path << ": " << route->permission;
  }
}

TEST_P(RoutesTest, TheAuditIsPagedNewestFirst) {
  Client client = owner();
  for (int i = 0; i < 3; ++i) call(client, Method::post, "/api/v1/keys", R"({"name":"k","scopes":["send_events"]})");
  json::Object page = body_of(call(client, Method::get, "/api/v1/audit?limit=2"));
  EXPECT_EQ(page.at("entries").as_array().size(), 2u);
  std::string next = text_of(page, "next");
  json::Object rest = body_of(call(client, Method::get, "/api/v1/audit?before=" + next));
  const json::Array& entries = rest.at("entries").as_array();
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_TRUE(rest.at("next").is_null());
  EXPECT_EQ(text_of(entries[0].as_object(), "act"), "key_created");
  EXPECT_EQ(text_of(entries[0].as_object(), "actor"), "session");
  EXPECT_EQ(text_of(entries[2].as_object(), "act"), "link_created");
  EXPECT_TRUE(entries[2].as_object().at("user").is_null());
  EXPECT_EQ(call(client, Method::get, "/api/v1/audit?limit=0").status, 400);
}

}  // namespace
}  // namespace cairn::accounts

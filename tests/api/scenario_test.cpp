#include "api/scenario.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/check.h"
#include "api/coverage.h"
#include "api/json_path.h"

namespace cairn::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Scenario parsed(std::string_view text) {
  Result<Scenario> scenario = parse_scenario(text);
  EXPECT_TRUE(scenario.has_value()) << scenario.error().message;
  return scenario ? *scenario : Scenario{};
}

std::string refused(std::string_view text) {
  Result<Scenario> scenario = parse_scenario(text);
  EXPECT_FALSE(scenario.has_value()) << text;
  return scenario ? "" : scenario.error().message;
}

TEST(ScenarioFile, reads_requests_with_headers_bodies_and_checks) {
  Scenario scenario = parsed(R"(# A key may do what it was made for.
# (a second comment)
only embedded

as owner
POST /api/v1/keys?x={y}
Accept: application/json
X-Thing: a: b
{"name": "shop",
 "scopes": []}
=> 201
=> json $.key.name == "shop"
=> header Location exists
=> let id = $.key.id
=> let where = header Location

eventually
GET {where}
=> status != 404
)");
  EXPECT_EQ(scenario.title, "A key may do what it was made for.");
  EXPECT_EQ(scenario.only, "embedded");
  ASSERT_EQ(scenario.steps.size(), 3u);
  EXPECT_THAT(scenario.steps[0].words, ElementsAre("owner"));
  const Step& post = scenario.steps[1];
  EXPECT_EQ(post.line, 6);
  EXPECT_EQ(post.target, "/api/v1/keys?x={y}");
  EXPECT_THAT(post.headers, ElementsAre(std::pair("Accept", "application/json"), std::pair("X-Thing", "a: b")));
  EXPECT_EQ(post.body, "{\"name\": \"shop\",\n\"scopes\": []}");
  ASSERT_EQ(post.checks.size(), 3u);
  EXPECT_EQ(post.checks[0].subject, "status");
  EXPECT_EQ(post.checks[1].name, "$.key.name");
  EXPECT_EQ(post.checks[1].value, "\"shop\"");
  EXPECT_EQ(post.checks[2].op, "exists");
  ASSERT_EQ(post.captures.size(), 2u);
  EXPECT_EQ(post.captures[1].header, "Location");
  EXPECT_FALSE(post.is_repeated);
  EXPECT_TRUE(scenario.steps[2].is_repeated);
}

TEST(ScenarioFile, reads_files_commands_and_text_bodies) {
  Scenario scenario = parsed(
      "file orders.csv\n| id,total\n|\n| 1, 2\ncli import events '{dir}/a b.csv'\n=> exit 0\n"
      "POST /a\n| not json\n=> 400\nPUT /b\n@ orders.csv\nrestart\nstop\nkill\nlet a = b c\n"
      "key shop events.write\nas key shop\n");
  EXPECT_EQ(scenario.steps[0].body, "id,total\n\n1, 2\n");
  EXPECT_EQ(scenario.steps[1].kind, Step::Kind::cli);
  EXPECT_EQ(scenario.steps[1].checks[0].op, "==");
  EXPECT_EQ(scenario.steps[2].body, "not json");
  EXPECT_EQ(scenario.steps[3].body_file, "orders.csv");
  EXPECT_EQ(scenario.steps[7].body, "b c");
  EXPECT_THAT(scenario.steps[8].words, ElementsAre("shop", "events.write"));
}

TEST(ScenarioFile, says_which_line_is_wrong) {
  EXPECT_THAT(refused("GET /a\n=> 200\nfrobnicate\n"), HasSubstr("line 3: \"frobnicate\""));
  EXPECT_THAT(refused("=> 200\n"), HasSubstr("line 1"));
  EXPECT_THAT(refused("GET /a\n=> json a == 1\n"), HasSubstr("starts with $"));
  EXPECT_THAT(refused("GET /a\n=> json $.a like 1\n"), HasSubstr("no comparison"));
  EXPECT_THAT(refused("GET /a\n=> json $.a ==\n"), HasSubstr("== what?"));
  for (std::string_view text : {"",
                                "# only a comment\n",
                                "GET a\n",
                                "GET /a b\n",
                                "eventually\n",
                                "eventually\nrestart\n",
                                "as somebody\n",
                                "as key\n",
                                "only sqlite\n",
                                "GET /a\nonly embedded\n",
                                "let A = 1\n",
                                "let a 1\n",
                                "cli\n",
                                "cli 'a\n",
                                "file a/b\n",
                                "GET /a\n=> 200 OK\n",
                                "restart now\n",
                                "restart\n=> 200\n",
                                "GET /a\n=> let x = y\n",
                                "GET /a\n=> text exists\n"})
    refused(text);
}

TEST(Variables, are_filled_in_and_must_exist) {
  Variables variables{{"id", "7"}, {"dir", "/t"}};
  EXPECT_EQ(fill_in("/a/{id}?d={dir}", variables).value(), "/a/7?d=/t");
  EXPECT_EQ(fill_in(R"({"a": {}, "b": "{id}"})", variables).value(), R"({"a": {}, "b": "7"})");
  EXPECT_EQ(fill_in("{", variables).value(), "{");
  EXPECT_FALSE(fill_in("{other}", variables).has_value());
}

TEST(Words, may_be_quoted) {
  EXPECT_THAT(split_words("a  'b c' \"d'e\" f\"g h\"").value(), ElementsAre("a", "b c", "d'e", "fg h"));
  EXPECT_THAT(split_words("a ''").value(), ElementsAre("a", ""));
  EXPECT_FALSE(split_words("a 'b").has_value());
}

std::string at(std::string_view path) {
  json::Value value =
      json::parse(R"({"a": [{"id": 1, "x": "one"}, {"id": "two", "x": "2"}], "odd key": {"b": null}})").value();
  Result<const json::Value*> found = find_path(value, path);
  if (!found) return "error";
  return *found ? json::serialize(**found) : "nothing";
}

TEST(JsonPath, finds_places) {
  EXPECT_EQ(at("$.a[0].x"), "\"one\"");
  EXPECT_EQ(at("$.a[-1].x"), "\"2\"");
  EXPECT_EQ(at("$.a[id=1].x"), "\"one\"");
  EXPECT_EQ(at("$.a[id=two].x"), "\"2\"");
  EXPECT_EQ(at("$[\"odd key\"].b"), "null");
  EXPECT_EQ(at("$.a[2]"), "nothing");
  EXPECT_EQ(at("$.a[id=3].x"), "nothing");
  EXPECT_EQ(at("$.a.b.c"), "nothing");
  for (std::string_view path : {"a", "$a", "$.", "$.a..b", "$.a[", "$.a[x]", "$.a[]"})
    EXPECT_EQ(at(path), "error") << path;
}

/// Empty when the expectation holds, else what the runner would say.
std::string judged(std::string_view expectation, const Outcome& outcome) {
  Scenario scenario = parsed("GET /\n=> " + std::string(expectation) + "\n");
  if (scenario.steps.empty()) return "not parsed";
  Result<void> result = check_outcome(scenario.steps[0].checks.at(0), outcome, {{"name", "shop"}});
  return result ? "" : result.error().message;
}

TEST(Expectations, hold_or_say_what_came) {
  Outcome outcome{.status = 200,
                  .headers = {},
                  .text = R"({"n": 5, "share": 0.5517, "name": "shop é", "list": [1, 2]})",
                  .error_text = "oh"};
  outcome.headers.add("Content-Type", "application/json");
  for (std::string_view good : {"200",
                                "status < 300",
                                "json $.n == 5",
                                "json $.n == 5.0",
                                "json $.n != 6",
                                "json $.n >= 5",
                                "json $.n < 5.5",
                                "json $.share near 0.55 0.01",
                                "json $.name == \"{name} é\"",
                                "json $.name contains \"sho\"",
                                "json $.name length 6",
                                "json $.list contains 2",
                                "json $.list lacks 3",
                                "json $.list == [1, 2]",
                                "json $.list length 2",
                                "json $.none absent",
                                "json $.n exists",
                                "header content-type matches \"^application/\"",
                                "header X-None absent",
                                "text contains \"share\"",
                                "err == \"oh\"",
                                "json $.name > \"a\""})
    EXPECT_EQ(judged(good, outcome), "") << good;
  for (std::string_view bad :
       {"201", "json $.n == 6", "json $.n == \"5\"", "json $.n < 5", "json $.share near 0.6 0.01",
        "json $.name == \"other\"", "json $.list contains 3", "json $.list lacks 1", "json $.none exists",
        "json $.none == 1", "json $.n absent", "header X-None exists", "text lacks \"share\"", "json $.list length 3",
        "json $.name matches \"(\"", "json $.n == five", "json $.n > \"a\""})
    EXPECT_NE(judged(bad, outcome), "") << bad;
  EXPECT_THAT(judged("json $.n == 6", outcome), HasSubstr("json $.n: expected == 6, found 5"));
  EXPECT_THAT(judged("404", outcome), HasSubstr("0.5517"));
  outcome.text = "not json";
  EXPECT_THAT(judged("json $.n == 6", outcome), HasSubstr("not JSON"));
}

TEST(Coverage, names_the_routes_that_no_scenario_asks) {
  json::Object openapi = json::parse_object(R"({"paths": {"/api/v1/session": {"get": {}, "post": {}},
      "/api/v1/keys": {"get": {}}, "/api/v1/keys/{id}": {"get": {}, "delete": {}}}})")
                             .value();
  std::vector<Scenario> scenarios{parsed("as owner\nGET /api/v1/keys?limit=3\nDELETE /api/v1/keys/{key}\n")};
  EXPECT_THAT(routes_without_scenario(openapi, scenarios).value(),
              ElementsAre("get /api/v1/session", "get /api/v1/keys/{id}"));
}

}  // namespace
}  // namespace cairn::test

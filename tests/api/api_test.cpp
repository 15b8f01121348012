// Every tests/api/*.test, once on the embedded store and once on PostgreSQL, against the real program.
#include <gtest/gtest.h>

#include <cstdio>

#include "api/coverage.h"
#include "api/play.h"
#include "api/process.h"
#include "base/file.h"
#include "http/client.h"
#include "support/postgres.h"
#include "support/temp_dir.h"

namespace cairn::test {
namespace {

std::string scenario_directory() { return join_path(CAIRN_SOURCE_DIR, "tests/api"); }

std::vector<std::string> scenario_names() {
  std::vector<std::string> names;
  for (std::string& name : system_files().list(scenario_directory()).value_or(std::vector<std::string>{}))
    if (name.ends_with(".test")) names.push_back(name.substr(0, name.size() - 5));
  return names;
}

class ScenarioTest : public testing::Test {
 public:
  ScenarioTest(std::string name, std::string store) : name_(std::move(name)), store_(std::move(store)) {}

  void TestBody() override {
    std::string path = join_path(scenario_directory(), name_ + ".test");
    Result<std::string> text = system_files().read(path);
    ASSERT_TRUE(text.has_value()) << text.error().message;
    Result<Scenario> scenario = parse_scenario(*text);
    ASSERT_TRUE(scenario.has_value()) << path << ": " << scenario.error().message;
    if (!scenario->only.empty() && scenario->only != store_) GTEST_SKIP() << "only on " << scenario->only;
    if (program_path().empty()) GTEST_SKIP() << "there is no cairn program; build it or set CAIRN_BIN";
    TempDir directory;
    Stage stage{.directory = directory.path(), .store_url = ""};
    if (store_ == "postgres") {
      std::optional<std::string> url = fresh_postgres();
      if (!url) GTEST_SKIP() << "PostgreSQL is not installed";
      stage.store_url = *url;
    }
    Result<void> played = play(*scenario, stage);
    EXPECT_TRUE(played.has_value()) << path << " (" << scenario->title << ") on " << store_ << "\n"
                                    << played.error().message;
  }

 private:
  std::string name_;
  std::string store_;
};

TEST(Routes, each_has_a_scenario) {
  if (program_path().empty()) GTEST_SKIP() << "there is no cairn program; build it or set CAIRN_BIN";
  TempDir directory;
  Environment environment{{{"CAIRN_DATA", directory / "data"}, {"CAIRN_STORE", ""}}};
  auto server = ServerProcess::start({"serve", "--port", "0", "--no-link"}, environment, directory / "server.log");
  ASSERT_TRUE(server.has_value()) << server.error().message;
  auto answer = http::Client::tcp("127.0.0.1", server->port()).send({.target = "/api/v1/openapi.json"});
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  auto document = json::parse_object(answer->body);
  ASSERT_TRUE(document.has_value()) << answer->body;
  std::vector<Scenario> scenarios;
  for (const std::string& name : scenario_names()) {
    std::string text = system_files().read(join_path(scenario_directory(), name + ".test")).value();
    if (Result<Scenario> scenario = parse_scenario(text)) scenarios.push_back(std::move(*scenario));
  }
  Result<std::vector<std::string>> missing = routes_without_scenario(*document, scenarios);
  ASSERT_TRUE(missing.has_value()) << missing.error().message;
  for (const std::string& route : *missing) ADD_FAILURE() << "no scenario in tests/api asks " << route;
}

/// The plain count at the end.
class Summary : public testing::EmptyTestEventListener {
  void OnTestProgramEnd(const testing::UnitTest& test) override {
    std::printf("%d passed, %d failed, %d skipped\n", test.successful_test_count(), test.failed_test_count(),
                test.skipped_test_count());
  }
};

/// Tests are known before main: the scenario files make them.
const bool kRegistered = [] {
  for (const std::string& name : scenario_names())
    for (const char* store : {"embedded", "postgres"})
      testing::RegisterTest("Scenario", (name + "." + store).c_str(), nullptr, nullptr, __FILE__, __LINE__,
                            [name, store]() -> testing::Test* { return new ScenarioTest(name, store); });
  testing::UnitTest::GetInstance()->listeners().Append(new Summary);
  return true;
}();

}  // namespace
}  // namespace cairn::test

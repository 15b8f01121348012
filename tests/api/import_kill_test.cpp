// An import that is killed at any moment and run again is one import: nothing lost, nothing twice, one run.
#include <gtest/gtest.h>

#include "api/process.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/random.h"
#include "json/value.h"
#include "support/postgres.h"
#include "support/temp_dir.h"

namespace cairn::test {
namespace {

constexpr int kRows = 150'000;
constexpr int kSame = 500;  // rows that say exactly what another says, and count

std::string shop_file() {
  std::string out = "event,timestamp,user_id,path\n";
  for (int i = 0; i < kRows - kSame; ++i)
    out += fmt::format("Page Viewed,2026-01-{:02}T10:00:00Z,u{},/p{}\n", 1 + i % 28, i % 900, i);
  for (int i = 0; i < kSame; ++i) out += "Page Viewed,2026-01-01T10:00:00Z,u1,/same\n";
  return out;
}

class ImportKilled : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (program_path().empty()) GTEST_SKIP() << "there is no cairn program; build it or set CAIRN_BIN";
    environment_.set = {{"CAIRN_DATA", dir_ / "data"}};
    if (!GetParam()) return;
    auto url = fresh_postgres();
    if (!url) GTEST_SKIP() << "PostgreSQL is not installed";
    environment_.set.emplace_back("CAIRN_STORE", *url);
  }
  Finished run(std::vector<std::string> words) {
    auto done = run_program(words, environment_, minutes(3));
    EXPECT_TRUE(done) << done.error().message;
    return done.value_or(Finished{});
  }

  // Into a store of its own, which says how quick this machine is at this moment.
  Duration time_of_a_whole_import(const std::string& file) {
    const Duration start = system_clock().elapsed();
    Environment beside;
    beside.set = {{"CAIRN_DATA", dir_ / "beside"}};
    auto done = run_program({"import", "events", file}, beside, minutes(3));
    EXPECT_TRUE(done && done->exit_code == 0);
    return system_clock().elapsed() - start;
  }

  TempDir dir_;
  Environment environment_;
};

TEST_P(ImportKilled, and_run_again_is_one_import) {
  std::string file = dir_ / "shop.csv";
  ASSERT_TRUE(system_files().write(file, shop_file()));
  const Duration whole = time_of_a_whole_import(file);
  Random random(5);
  int killed = 0;
  bool finished = false;
  for (; killed < 6 && !finished; killed += !finished) {
    // The first well within the run, whatever the machine; the later ones have less left to do and may reach the end.
    const int64_t percent = random.between(5, killed == 0 ? 30 : 100);
    auto done = run_program({"import", "events", file}, environment_, {whole.micros * percent / 100});
    finished = done && done->exit_code == 0;
  }
  EXPECT_GT(killed, 0) << "no run was caught in the middle: make the file longer";
  if (!finished) {
    Finished last = run({"import", "events", file});
    EXPECT_EQ(last.exit_code, 0) << last.err;
  }

  auto report = json::parse_object(run({"report", "--json"}).out);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(json::int_at(report->at("counts").as_object(), "events"), kRows);
  EXPECT_EQ(json::int_at(report->at("counts").as_object(), "customers"), 900);
  // One run has it all. Caught between its last commit and its end, it was whole already: then what came after kept
  // nothing.
  std::string runs = run({"import", "--list"}).out;
  EXPECT_NE(runs.find("done"), std::string::npos) << runs;
  EXPECT_NE(runs.find("150,000 rows kept"), std::string::npos) << runs;
  EXPECT_LE(std::count(runs.begin(), runs.end(), '\n'), 2) << runs;
  EXPECT_EQ(run({"doctor"}).exit_code, 0);
}

INSTANTIATE_TEST_SUITE_P(stores, ImportKilled, testing::Bool(),
                         [](const auto& store) { return store.param ? "postgres" : "sqlite"; });

}  // namespace
}  // namespace cairn::test

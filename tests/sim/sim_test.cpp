// Runs seeds. CAIRN_SIM_SEED=n replays one, CAIRN_SIM_SEEDS=n runs so many, CAIRN_SIM_SECONDS=n runs fresh ones for so
// long, CAIRN_SIM_TRACE=1 prints every step.
#include "sim/simulation.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "base/log.h"

namespace cairn::sim {
namespace {

/// What to say when a CHECK of the program, or a loop without end, stops the process in the middle of a seed.
uint64_t current_seed = 0;
constexpr unsigned kSecondsOfASeed = 120;

uint64_t number_from(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text && *text ? std::strtoull(text, nullptr, 10) : otherwise;
}

std::string replay_of(uint64_t seed) {
  return fmt::format("CAIRN_SIM_SEED={} build/release/tests/sim_test --gtest_filter=Simulation.holds", seed);
}

void tell_seed(int signal) {
  fmt::print(stderr, "\nseed {} stopped the program; to see it again:\n  {}\n", current_seed, replay_of(current_seed));
  std::fflush(stderr);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

constexpr int kSignals[] = {SIGABRT, SIGALRM, SIGTERM, SIGSEGV};

bool is_sanitized() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return true;
#else
  return false;
#endif
}

class Simulation : public testing::Test {
 protected:
  void SetUp() override {
    set_log_level(static_cast<LogLevel>(9));  // none: errors are what is made here
    for (int signal : kSignals) std::signal(signal, tell_seed);
  }
  void TearDown() override {
    ::alarm(0);
    for (int signal : kSignals) std::signal(signal, SIG_DFL);
    set_log_level(LogLevel::info);
  }
  Report run(uint64_t seed, Planted planted = Planted::none) {
    current_seed = seed;
    ::alarm(kSecondsOfASeed);
    return simulate({seed, planted, number_from("CAIRN_SIM_TRACE", 0) != 0});
  }
  void expect_well(uint64_t seed) {
    Report report = run(seed);
    add(report);
    EXPECT_TRUE(report.findings.empty()) << fmt::format("seed {}:\n  {}\nto see it again:\n  {}", seed,
                                                        fmt::join(report.findings, "\n  "), replay_of(seed));
  }
  void add(const Report& report) {
    ++seeds_;
    sum_.acknowledged += report.acknowledged;
    sum_.starts += report.starts;
    sum_.power_cuts += report.power_cuts;
    sum_.kills += report.kills;
    sum_.troubles += report.troubles;
    sum_.keeper.imports += report.keeper.imports;
    sum_.keeper.undos += report.keeper.undos;
    sum_.keeper.backups += report.keeper.backups;
    sum_.keeper.merged += report.keeper.merged;
    sum_.keeper.taken_back += report.keeper.taken_back;
    sum_.keeper.erased += report.keeper.erased;
    sum_.keeper.replayed += report.keeper.replayed;
    sum_.keeper.dropped += report.keeper.dropped;
    sum_.keeper.interrupted += report.keeper.interrupted;
    sum_.steps += report.steps;
    sum_.turned_away += report.turned_away;
    sum_.seconds += report.seconds;
  }
  void tell() const {
    fmt::print(
        "{} seeds: {} events acknowledged, {} starts, {} power cuts, {} kills, {} troubles, {} imports, {} undone, "
        "{} interrupted, {} backups, {} merged by hand, {} taken back, {} erased, {} replayed, {} dropped, {} turned "
        "away, {} "
        "steps, {:.0f} simulated seconds\n",
        seeds_, sum_.acknowledged, sum_.starts, sum_.power_cuts, sum_.kills, sum_.troubles, sum_.keeper.imports,
        sum_.keeper.undos, sum_.keeper.interrupted, sum_.keeper.backups, sum_.keeper.merged, sum_.keeper.taken_back,
        sum_.keeper.erased, sum_.keeper.replayed, sum_.keeper.dropped, sum_.turned_away, sum_.steps, sum_.seconds);
  }
  /// Some seed of the first `most` finds it.
  void expect_found(Planted planted, uint64_t most, std::string_view finding) {
    for (uint64_t seed = 1; seed <= most; ++seed)
      for (const std::string& found : run(seed, planted).findings)
        if (found.find(finding) != found.npos) return;
    FAIL() << "no seed up to " << most << " finds it";
  }

  uint64_t seeds_ = 0;
  Report sum_;
};

TEST_F(Simulation, holds) {
  if (uint64_t seed = number_from("CAIRN_SIM_SEED", 0)) {
    expect_well(seed);
    return tell();
  }
  uint64_t seconds_wanted = number_from("CAIRN_SIM_SECONDS", 0);
  Duration start = system_clock().elapsed();
  bool is_quick = number_from("CAIRN_TEST_QUICK", 0) != 0;
  uint64_t first = seconds_wanted ? static_cast<uint64_t>(system_clock().now().micros) : 1;
  uint64_t count = number_from("CAIRN_SIM_SEEDS", is_quick ? 10 : is_sanitized() ? 20 : 200);
  for (uint64_t i = 0; !HasFailure(); ++i) {
    if (seconds_wanted ? (system_clock().elapsed() - start).seconds() > static_cast<double>(seconds_wanted)
                       : i >= count)
      break;
    expect_well(first + i);
  }
  tell();
}

TEST_F(Simulation, runs_the_same_from_the_same_seed) {
  for (uint64_t seed : {3, 4}) {
    Report first = run(seed), again = run(seed);
    EXPECT_EQ(first.trace_hash, again.trace_hash) << seed;
    EXPECT_EQ(first.steps, again.steps) << seed;
    EXPECT_EQ(first.acknowledged, again.acknowledged) << seed;
    EXPECT_NE(first.trace_hash, run(seed + 100).trace_hash);
  }
}

TEST_F(Simulation, finds_a_disk_that_does_not_sync) { expect_found(Planted::lying_sync, 60, "and is lost"); }

TEST_F(Simulation, finds_an_answer_before_the_commit) { expect_found(Planted::early_answer, 20, "1: "); }

TEST_F(Simulation, finds_message_ids_that_are_thrown_away) { expect_found(Planted::lost_keys, 20, "3: row"); }

TEST_F(Simulation, finds_refused_calls_that_are_lost) { expect_found(Planted::lost_refusals, 20, "9: the bad event"); }

TEST_F(Simulation, finds_a_delivery_that_is_torn) { expect_found(Planted::torn_delivery, 20, "8: "); }

}  // namespace
}  // namespace cairn::sim

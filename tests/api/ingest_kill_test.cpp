// What was acknowledged is in the log, once, however often the server dies under load and whatever the store does.
//
//   CAIRN_KILLS   how often the server is killed in the first tests; 5
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <deque>
#include <fstream>
#include <map>
#include <memory>
#include <set>

#include "api/process.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/random.h"
#include "bench/load_calls.h"
#include "bench/load_client.h"
#include "bench/load_postgres.h"
#include "bench/load_server.h"
#include "json/value.h"
#include "support/postgres.h"
#include "support/temp_dir.h"

namespace cairn::test {
namespace {

constexpr int kConnections = 24;
/// Until shortly before the blow, which is to fall among as many calls as the server can take; more before would only
/// make the comparison longer.
constexpr double kEventsPerSecond = 2000, kBurst = 500;
constexpr Duration kFullLoad = milliseconds(25);
/// So many of the calls are sent again when all are acknowledged.
constexpr double kRepeated = 0.1;

int kills() {
  const char* named = std::getenv("CAIRN_KILLS");
  return named && *named ? std::atoi(named) : 5;
}

/// Calls of two sources: batches and single ones, some events of both. A call is sent until it is acknowledged; one in
/// twenty is sent on two connections at once, as after a time-out.
class Senders : public load::Feed {
 public:
  Senders(std::string one, std::string other, uint64_t seed)
      : keys_{std::move(one), std::move(other)}, random_(seed), maker_(seed) {}

  /// Sends new calls until `end` (on the clock of elapsed()); then `strike` is called once, and the run is over.
  void run_until(Duration end, std::function<void()> strike) {
    begin_ = system_clock().elapsed();
    begin_events_ = events_;
    end_ = end;
    strike_ = std::move(strike);
    only_waiting_ = false;
  }
  /// Sends what is not acknowledged yet, and nothing new; with `repeats_some` also a part of what is acknowledged.
  void finish(bool repeats_some) {
    only_waiting_ = true;
    for (size_t id = 0; repeats_some && id < calls_.size(); ++id)
      if (calls_[id].is_repeated) waiting_.push_back(id);
  }

  std::optional<load::Shot> next() override {
    while (!waiting_.empty()) {
      size_t id = waiting_.back();
      waiting_.pop_back();
      if (!calls_[id].bytes.empty()) return shot(id);
    }
    Duration now = system_clock().elapsed();
    if (only_waiting_) return std::nullopt;
    double allowed = kBurst + (now - begin_).seconds() * kEventsPerSecond;
    if (static_cast<double>(events_ - begin_events_) > allowed && end_ - now > kFullLoad) return std::nullopt;
    size_t id = make_call();
    if (random_.chance(0.05)) waiting_.push_back(id);
    return shot(id);
  }

  void answered(const load::Shot& shot, const load::Answer& answer) override {
    Call& call = calls_[shot.id];
    --under_way_;
    --call.under_way;
    ++answers_[answer.status];
    if (answer.status == 200) {
      call.is_acknowledged = true;
      if (call.under_way == 0 && !call.is_repeated) call.bytes = {};
      EXPECT_EQ(answer.body, R"({"success":true})");
    } else {
      // 0: it broke; 429: come back later. Nothing else may be said to a good call.
      EXPECT_TRUE(answer.status == 0 || answer.status == 429) << answer.status << " " << answer.body;
      later_.push_back(shot.id);
    }
  }

  bool is_over() override {
    Duration now = system_clock().elapsed();
    if (now - moved_ > milliseconds(50)) {
      waiting_.insert(waiting_.end(), later_.begin(), later_.end());
      later_.clear();
      moved_ = now;
    }
    if (only_waiting_) return waiting_.empty() && later_.empty() && under_way_ == 0;
    if (now < end_) return false;
    strike_();
    return true;
  }

  const std::map<int, int64_t>& answers() const { return answers_; }
  /// (source, message id) of what was acknowledged, in the words of the log.
  std::set<std::pair<std::string, std::string>> acknowledged() const {
    std::set<std::pair<std::string, std::string>> out;
    for (const Call& call : calls_)
      if (call.is_acknowledged)
        for (const std::string& id : call.message_ids) out.emplace(call.source == 0 ? "one" : "other", id);
    return out;
  }
  size_t unacknowledged() const {
    return static_cast<size_t>(
        std::count_if(calls_.begin(), calls_.end(), [](const Call& c) { return !c.is_acknowledged; }));
  }

 private:
  struct Call {
    int source = 0;
    std::vector<std::string> message_ids;
    std::string bytes;
    bool is_repeated = false;  // when all is acknowledged; else the bytes go then
    int under_way = 0;
    bool is_acknowledged = false;
  };

  load::Shot shot(size_t id) {
    ++under_way_;
    ++calls_[id].under_way;
    return {calls_[id].bytes, id};
  }

  size_t make_call() {
    int size = random_.chance(0.5) ? 1 : static_cast<int>(random_.between(2, 120));
    std::vector<std::string> events, ids(static_cast<size_t>(size));
    for (std::string& id : ids) events.push_back(maker_.next(&id));
    add_call(static_cast<int>(random_.below(2)), events, ids);
    // The same ids from the other source are other events.
    if (random_.chance(0.2)) {
      add_call(1 - calls_.back().source, events, ids);
      waiting_.push_back(calls_.size() - 1);
      return calls_.size() - 2;
    }
    return calls_.size() - 1;
  }

  void add_call(int source, const std::vector<std::string>& events, const std::vector<std::string>& ids) {
    events_ += static_cast<int64_t>(ids.size());
    const std::string& key = keys_[static_cast<size_t>(source)];
    bool is_single = events.size() == 1;
    std::string bytes = is_single ? load::request("/v1/track", key, events[0])
                                  : load::request("/v1/batch", key, load::batch_body(events));
    calls_.push_back({source, ids, std::move(bytes), random_.chance(kRepeated)});
  }

  std::array<std::string, 2> keys_;
  Random random_;
  load::EventMaker maker_;
  std::deque<Call> calls_;  // shots point into it
  std::vector<size_t> waiting_, later_;
  std::map<int, int64_t> answers_;
  int under_way_ = 0;
  int64_t events_ = 0, begin_events_ = 0;
  Duration begin_, end_, moved_;
  std::function<void()> strike_;
  bool only_waiting_ = false;
};

class IngestKill : public testing::Test {
 protected:
  void SetUp() override {
    if (program_path().empty()) GTEST_SKIP() << "there is no cairn program; build it or set CAIRN_BIN";
  }

  /// Two sources on a fresh directory; `store_url` empty: SQLite.
  void prepare(const std::string& data, const std::string& store_url) {
    environment_.set = {{"CAIRN_DATA", data}, {"CAIRN_STORE", store_url}};
    auto one = load::add_source("one", environment_);
    ASSERT_TRUE(one) << one.error().message;
    auto other = load::add_source("other", environment_);
    ASSERT_TRUE(other) << other.error().message;
    senders_ = std::make_unique<Senders>(*one, *other, seed_);
  }

  std::optional<ServerProcess> start() {
    auto server = load::serve(environment_, dir_ / "server.log");
    EXPECT_TRUE(server) << server.error().message;
    if (!server) return std::nullopt;
    return std::move(*server);
  }

  void drive(const ServerProcess& server, Duration limit = minutes(5)) {
    auto driven = load::drive(server.port(), kConnections, *senders_, limit);
    ASSERT_TRUE(driven) << driven.error().message;
  }

  /// Everything that was sent is acknowledged in the end, some of it again; then the log has each once.
  void settle(const ServerProcess& server) {
    senders_->finish(false);
    drive(server);
    compare();
    senders_->finish(true);
    drive(server);
    compare();
  }

  /// Nothing that was acknowledged is missing, and nothing is there twice.
  void compare() {
    auto text = load::run_cairn({"log", "--json"}, environment_);
    ASSERT_TRUE(text) << text.error().message;
    std::set<std::pair<std::string, std::string>> there;
    for (size_t at = 0, end; (end = text->find('\n', at)) != std::string::npos; at = end + 1) {
      auto row = json::parse_object(std::string_view(*text).substr(at, end - at));
      ASSERT_TRUE(row) << row.error().message;
      auto source = json::text_at(*row, "source"), key = json::text_at(*row, "source_key");
      ASSERT_TRUE(source && key);
      ASSERT_TRUE(there.emplace(*source, *key).second) << *source << " " << *key << " is there twice";
    }
    auto acknowledged = senders_->acknowledged();
    size_t missing = 0;
    for (const auto& key : acknowledged)
      if (!there.contains(key) && ++missing < 5) ADD_FAILURE() << key.first << " " << key.second << " is lost";
    EXPECT_EQ(missing, 0u) << "of " << acknowledged.size();
    if (senders_->unacknowledged() == 0) {
      EXPECT_EQ(there.size(), acknowledged.size());
    }
  }

  /// One life of the server: started, loaded, ended at a random moment.
  void live_and_die() {
    // Now and then it dies while it starts: what the last death left must bear that too.
    if (random_.chance(0.15))
      (void)run_program({"serve", "--port", "0"}, environment_, milliseconds(random_.between(1, 150)));
    auto server = start();
    if (!server) return;
    bool is_orderly = random_.chance(0.1);
    senders_->run_until(system_clock().elapsed() + milliseconds(random_.between(10, 700)), [&] {
      if (is_orderly) EXPECT_TRUE(server->stop());
      else server->kill();
    });
    drive(*server);
  }

  void kill_often() {
    for (int i = 0; i < kills() && !HasFailure(); ++i) {
      live_and_die();
      if (i % 50 == 4) compare();
    }
    auto server = start();
    ASSERT_TRUE(server);
    settle(*server);
    report();
    EXPECT_TRUE(server->stop());
  }

  void report() {
    std::string text;
    for (auto [status, count] : senders_->answers()) text += fmt::format(" {}×{}", count, status);
    fmt::print("seed {}: {} events, answers{}\n", seed_, senders_->acknowledged().size(), text);
  }

  uint64_t seed_ = system_entropy().next64() % 1'000'000;
  Random random_{seed_};
  TempDir dir_;
  Environment environment_;
  std::unique_ptr<Senders> senders_;
};

TEST_F(IngestKill, on_sqlite) {
  prepare(dir_ / "data", "");
  kill_often();
}

TEST_F(IngestKill, on_postgres) {
  auto url = fresh_postgres();
  if (!url) GTEST_SKIP() << "PostgreSQL is not installed";
  prepare(dir_ / "data", *url);
  kill_often();
}

/// The stores fail, and the server lives on.
class IngestSlow : public IngestKill {};

/// PostgreSQL itself dies now and then, by process and as a whole; the server lives on.
TEST_F(IngestSlow, postgres_dies) {
  auto postgres = load::OwnPostgres::make();
  if (!postgres) GTEST_SKIP() << postgres.error().message;
  prepare(dir_ / "data", (*postgres)->url());
  auto server = start();
  ASSERT_TRUE(server);
  int killed = 0;
  for (int i = 0; i < std::max(4, kills() / 10) && !HasFailure(); ++i) {
    senders_->run_until(system_clock().elapsed() + milliseconds(random_.between(100, 800)), [&] {
      switch (i % 3) {
        case 0: killed += (*postgres)->kill_backend(); break;  // false while the server is about to connect again
        case 1: (*postgres)->kill(); break;
        default: (*postgres)->pause();
      }
    });
    drive(*server);
    // For a while it is gone, or says nothing.
    senders_->run_until(system_clock().elapsed() + seconds(2), [&] {
      if (i % 3 == 1) {
        EXPECT_TRUE((*postgres)->start());
      }
      if (i % 3 == 2) (*postgres)->resume();
    });
    drive(*server);
    int64_t memory = load::memory_of(server->pid(), "RssAnon");
    EXPECT_LT(memory, int64_t{700} << 20);
  }
  settle(*server);
  report();
  EXPECT_GT(killed, 0);
  EXPECT_GT(senders_->answers().at(429), 0) << "the server never said that it could not";
  EXPECT_TRUE(server->stop());
}

/// A small disk of its own for the data directory, where this machine allows it.
class SmallDisk {
 public:
  explicit SmallDisk(std::string path) : path_(std::move(path)) {
    if (system_files().make_directory(path_))
      is_mounted_ = ::mount("none", path_.c_str(), "tmpfs", 0, "size=64m,mode=755") == 0;
  }
  ~SmallDisk() {
    if (is_mounted_) ::umount2(path_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  bool is_there() const { return is_mounted_; }
  void fill() {
    std::ofstream file(filler());
    std::string block(4096, 'x');
    while (file.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {}
  }
  void free() { ASSERT_TRUE(system_files().remove(filler())); }

 private:
  std::string filler() const { return path_ + "/filler"; }
  std::string path_;
  bool is_mounted_ = false;
};

/// Loads the server while `full()` holds, then after `free()`: it must have refused, kept its memory, and recover.
#define EXPECT_RECOVERS(full, free)                                                        \
  do {                                                                                     \
    int64_t before = load::memory_of(server->pid(), "RssAnon");                            \
    senders_->run_until(system_clock().elapsed() + milliseconds(300), [&] { full; });      \
    drive(*server);                                                                        \
    int64_t refused = senders_->answers().contains(429) ? senders_->answers().at(429) : 0; \
    senders_->run_until(system_clock().elapsed() + seconds(3), [] {});                     \
    drive(*server);                                                                        \
    ASSERT_TRUE(senders_->answers().contains(429)) << "nothing was refused";               \
    EXPECT_GT(senders_->answers().at(429), refused);                                       \
    EXPECT_LT(load::memory_of(server->pid(), "RssAnon") - before, int64_t{256} << 20);     \
    free;                                                                                  \
    settle(*server);                                                                       \
    report();                                                                              \
    EXPECT_TRUE(server->stop());                                                           \
    compare();                                                                             \
  } while (false)

TEST_F(IngestSlow, disk_full) {
  SmallDisk disk(dir_ / "disk");
  if (!disk.is_there()) GTEST_SKIP() << "no small disk can be mounted here";
  prepare(dir_ / "disk/data", "");
  auto server = start();
  ASSERT_TRUE(server);
  EXPECT_RECOVERS(disk.fill(), disk.free());
}

TEST_F(IngestSlow, no_file_may_grow) {
  ::signal(SIGXFSZ, SIG_IGN);  // the server inherits it: a write too far is an error then, not its death
  prepare(dir_ / "data", "");
  auto server = start();
  ::signal(SIGXFSZ, SIG_DFL);
  ASSERT_TRUE(server);
  auto limit = [&](rlim_t bytes) {
    rlimit wanted{bytes, RLIM_INFINITY};
    EXPECT_EQ(::prlimit(server->pid(), RLIMIT_FSIZE, &wanted, nullptr), 0);
  };
  EXPECT_RECOVERS(limit(1 << 20), limit(RLIM_INFINITY));
}

/// Somebody else holds the database for a while: the server waits, refuses what it cannot hold, and goes on.
TEST_F(IngestSlow, slow_store) {
  prepare(dir_ / "data", "");
  auto server = start();
  ASSERT_TRUE(server);
  senders_->run_until(system_clock().elapsed() + milliseconds(300), [] {});
  drive(*server);
  int64_t before = load::memory_of(server->pid(), "RssAnon");
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open((dir_ / "data/cairn.db").c_str(), &other), SQLITE_OK);
  sqlite3_busy_timeout(other, 10'000);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  senders_->run_until(system_clock().elapsed() + seconds(8),
                      [&] { EXPECT_EQ(sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr), SQLITE_OK); });
  drive(*server);
  sqlite3_close(other);
  EXPECT_LT(load::memory_of(server->pid(), "RssAnon") - before, int64_t{256} << 20);
  settle(*server);
  report();
  EXPECT_TRUE(server->stop());
}

}  // namespace
}  // namespace cairn::test

// Live ingestion: the real server on a real disk, loaded by raw sockets from the same machine. What is counted is
// acknowledged, and so on disk.
//
//   CAIRN_BENCH_STORED   events that are stored before the last measure of growth; 3,000,000
//   CAIRN_BENCH_PARTS    only these of sqlite, postgres, singles, visibility, memory: `sqlite,memory`
//   CAIRN_BENCH_DATA     a directory that is kept: filled up to CAIRN_BENCH_STORED events once, and then measured, and
//                        nothing else, as often as one likes
//   TMPDIR               where the data is written; /var/tmp, which is a disk everywhere
#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdlib>
#include <deque>
#include <optional>

#include "base/check.h"
#include "base/clock.h"
#include "base/executor.h"
#include "bench/bare_sqlite.h"
#include "bench/bench.h"
#include "bench/load_calls.h"
#include "bench/load_client.h"
#include "bench/load_postgres.h"
#include "bench/load_server.h"
#include "http/client.h"
#include "support/temp_dir.h"

namespace cairn::bench {
namespace {

constexpr int kBatch = 500;
constexpr int kBatchConnections = 12;
constexpr int kSingleConnections = 64;
constexpr int64_t kMeasured = 300'000;
constexpr Duration kLimit = minutes(30);

double percentile(std::vector<double> values, double p) {
  CHECK(!values.empty());
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<size_t>(p * static_cast<double>(values.size())))];
}

/// A server with one source, on a directory of its own.
class Stage {
 public:
  explicit Stage(const std::string& store_url = "") { begin(dir_ / "data", store_url); }
  /// On a directory that is kept.
  struct Kept {
    std::string directory;
  };
  explicit Stage(const Kept& kept) { begin(kept.directory, ""); }
  void start() {
    auto server = load::serve(environment_, dir_ / "server.log");
    CHECK(server, "{}", server.error().message);
    server_.emplace(std::move(*server));
  }
  void stop() {
    auto stopped = server_->stop();
    CHECK(stopped, "{}", stopped.error().message);
    server_.reset();
  }
  void drive(int connections, load::Feed& feed) {
    auto done = load::drive(server_->port(), connections, feed, kLimit);
    CHECK(done, "{}", done.error().message);
  }
  test::ServerProcess& server() { return *server_; }
  const std::string& key() const { return key_; }
  std::string path(std::string_view name) const { return dir_ / name; }

 private:
  void begin(const std::string& directory, const std::string& store_url) {
    environment_.set = {{"CAIRN_DATA", directory}, {"CAIRN_STORE", store_url}};
    auto key = load::add_source(fmt::format("bench-{}", system_clock().now().micros), environment_);
    CHECK(key, "{}", key.error().message);
    key_ = *key;
    start();
  }

  test::TempDir dir_;
  test::Environment environment_;
  std::string key_;
  std::optional<test::ServerProcess> server_;
};

/// Requests sent as fast as they are answered, each until it is acknowledged.
class Flood : public load::Feed {
 public:
  explicit Flood(std::vector<std::string> requests) : requests_(std::move(requests)) {
    took_ms_.reserve(requests_.size());
  }

  std::optional<load::Shot> next() override {
    if (!again_.empty() && system_clock().elapsed() - again_.front().second > milliseconds(100)) {
      size_t id = again_.front().first;
      again_.pop_front();
      return load::Shot{requests_[id], id};
    }
    if (next_ == requests_.size()) return std::nullopt;
    return load::Shot{requests_[next_], next_++};
  }
  void answered(const load::Shot& shot, const load::Answer& answer) override {
    CHECK(answer.status == 200 || answer.status == 429, "{} {}", answer.status, answer.body);
    if (answer.status == 429) {
      ++refused_;
      again_.emplace_back(shot.id, answer.at);
      return;
    }
    took_ms_.push_back(answer.took.seconds() * 1000);
    ++done_;
  }
  bool is_over() override { return done_ == requests_.size(); }

  const std::vector<double>& took_ms() const { return took_ms_; }
  int64_t refused() const { return refused_; }

 private:
  std::vector<std::string> requests_;
  std::deque<std::pair<size_t, Duration>> again_;
  std::vector<double> took_ms_;
  size_t next_ = 0, done_ = 0;
  int64_t refused_ = 0;
};

/// Events per second of `events` in batches; making them is not counted.
double batches_per_second(Stage& stage, load::EventMaker& maker, int64_t events) {
  Flood flood(load::batches(maker, stage.key(), events / kBatch, kBatch));
  double took = seconds_of([&] { stage.drive(kBatchConnections, flood); });
  if (flood.refused() > 0) fmt::print("  {} batches were told to come again\n", flood.refused());
  return static_cast<double>(events / kBatch * kBatch) / took;
}

/// Known people of these numbers arrive, so that events of known people are of somebody seen before.
void introduce(Stage& stage, load::EventMaker& maker, int64_t first, int64_t end) {
  std::vector<std::string> requests;
  std::vector<std::string> calls;
  for (int64_t person = first; person < end; ++person) {
    calls.push_back(maker.identify(person));
    if (calls.size() < static_cast<size_t>(kBatch) && person + 1 < end) continue;
    requests.push_back(load::request("/v1/batch", stage.key(), load::batch_body(calls)));
    calls.clear();
  }
  Flood flood(std::move(requests));
  stage.drive(kBatchConnections, flood);
}

double median_rate(Stage& stage, load::EventMaker& maker, int64_t events = kMeasured) {
  return median_of(3, [&] { return batches_per_second(stage, maker, events); });
}

/// Of the two orders of traffic.
struct Rates {
  double anybody, visits;
};

/// The larger the store, the longer is measured: what is done once for millions of rows (a snapshot, a merge of all
/// fingerprints) takes minutes, in which a short look sees nothing else, or else nothing of it.
Rates rates_of(Stage& stage, load::EventMaker& maker, int64_t stored) {
  int64_t events = std::max(kMeasured, stored / 50);
  Rates out{};
  maker.order(load::Order::visits);
  out.visits = median_rate(stage, maker, events);
  maker.order(load::Order::anybody);
  out.anybody = median_rate(stage, maker, events);
  return out;
}

int64_t wanted_stored() {
  const char* named = std::getenv("CAIRN_BENCH_STORED");
  return named && *named ? std::atoll(named) : 3'000'000;
}

/// From `stored` events of a shop with `known` users to as many as wanted. Returns how many there are.
int64_t fill(Stage& stage, load::EventMaker& maker, int64_t stored, int64_t known) {
  maker.order(load::Order::visits);
  for (; stored < wanted_stored(); stored += kMeasured) {
    // A shop with more events has more customers: some twenty events each.
    if (int64_t grown = stored / 20; grown > known) {
      introduce(stage, maker, known, grown);
      stored += grown - known;
      maker.grow(known = grown);
    }
    batches_per_second(stage, maker, kMeasured);
  }
  return stored;
}

void measure_kept(Report& report, const std::string& directory) {
  // How far it is filled stands beside the data.
  std::string note = directory + ".stored";
  int64_t stored = 0;
  if (auto text = system_files().read(note)) stored = std::atoll(text->c_str());
  Stage stage(Stage::Kept{directory});
  load::EventMaker maker(static_cast<uint64_t>(system_clock().now().micros / 1000));  // ids never come twice
  int64_t known = std::max(load::Shop{}.known, stored / 20);
  maker.grow(known);
  if (stored == 0) {
    introduce(stage, maker, 0, known);
    stored = known;
  }
  stored = fill(stage, maker, stored, known);
  Rates rates = rates_of(stage, maker, stored);
  report.add({.name = fmt::format("ingest.batch_sqlite_at_{}", stored), .value = rates.anybody, .unit = "1/s"});
  report.add({.name = fmt::format("ingest.visits_sqlite_at_{}", stored), .value = rates.visits, .unit = "1/s"});
  stored += 6 * std::max(kMeasured, stored / 50);
  auto noted = system_files().write(note, std::to_string(stored));
  CHECK(noted, "{}", noted.error().message);
}

void measure_sqlite(Report& report) {
  Stage stage;
  load::EventMaker maker(1);
  introduce(stage, maker, 0, load::Shop{}.known);
  double rate = median_rate(stage, maker);
  stage.stop();
  BareSqlite bare = bare_sqlite(stage.path("data/cairn.db"), stage.path("bare.db"), kBatch);
  report.add({.name = "ingest.batch_sqlite", .value = rate, .unit = "1/s", .floor = 120'000});
  report.add({.name = "ingest.batch_to_sqlite",
              .value = rate,
              .unit = "1/s",
              .peer = "bare SQLite",
              .peer_value = static_cast<double>(bare.rows) / bare.seconds,
              .floor = 0.4,
              .equal = bare.equal});

  // What is stored already must not make it slower: the same traffic, one event in fifty of somebody new.
  stage.start();
  int64_t known = load::Shop{}.known;
  int64_t stored = known + 3 * kMeasured;
  Rates first = rates_of(stage, maker, stored);
  stored = fill(stage, maker, stored + 6 * kMeasured, known);
  Rates last = rates_of(stage, maker, stored);
  auto add = [&](std::string_view name, double value, double peer) {
    report.add({.name = fmt::format("ingest.{}_at_{}", name, stored),
                .value = value,
                .unit = "1/s",
                .peer = "with 1 million stored",
                .peer_value = peer,
                .floor = 0.85});
  };
  add("batch_sqlite", last.anybody, first.anybody);
  add("visits_sqlite", last.visits, first.visits);
  report.add({.name = fmt::format("ingest.memory_mb_at_{}", stored),
              .value = static_cast<double>(load::memory_of(stage.server().pid(), "RssAnon")) / (1 << 20),
              .unit = "MB"});
}

void measure_postgres(Report& report) {
  auto postgres = load::OwnPostgres::make();
  if (!postgres) {
    fmt::print("ingest.batch_postgres is left out: {}\n", postgres.error().message);
    return;
  }
  Stage stage((*postgres)->url());
  load::EventMaker maker(2);
  introduce(stage, maker, 0, load::Shop{}.known);
  report.add({.name = "ingest.batch_postgres", .value = median_rate(stage, maker), .unit = "1/s", .floor = 80'000});
  stage.stop();
}

void measure_singles(Report& report) {
  Stage stage;
  load::EventMaker maker(3);
  introduce(stage, maker, 0, load::Shop{}.known);
  std::vector<double> took;
  double rate = median_of(3, [&] {
    constexpr int64_t kCalls = 150'000;
    Flood flood(load::singles(maker, stage.key(), kCalls));
    double seconds = seconds_of([&] { stage.drive(kSingleConnections, flood); });
    took.insert(took.end(), flood.took_ms().begin(), flood.took_ms().end());
    return static_cast<double>(kCalls) / seconds;
  });
  report.add({.name = "ingest.single", .value = rate, .unit = "1/s", .floor = 20'000});
  report.add({.name = "ingest.single_p50_ms", .value = percentile(took, 0.5), .unit = "ms"});
  report.add({.name = "ingest.single_p99_ms",
              .value = percentile(took, 0.99),
              .unit = "ms",
              .floor = 20,
              .lower_is_better = true});
}

/// Single calls at an even pace, with the moment of each answer.
class Paced : public load::Feed {
 public:
  Paced(std::vector<std::string> requests, double per_second)
      : acknowledged_(requests.size()),
        requests_(std::move(requests)),
        per_second_(per_second),
        begin_(system_clock().elapsed()) {}

  std::optional<load::Shot> next() override {
    double due = (system_clock().elapsed() - begin_).seconds() * per_second_;
    if (next_ == requests_.size() || static_cast<double>(next_) > due) return std::nullopt;
    return load::Shot{requests_[next_], next_++};
  }
  void answered(const load::Shot& shot, const load::Answer& answer) override {
    CHECK(answer.status == 200, "{} {}", answer.status, answer.body);
    acknowledged_[shot.id] = answer.at;
    ++done_;
  }
  bool is_over() override { return done_ == requests_.size(); }

  std::vector<Duration> acknowledged_;

 private:
  std::vector<std::string> requests_;
  double per_second_;
  Duration begin_;
  size_t next_ = 0, done_ = 0;
};

/// Reads the log over the API, again and again, and notes when it saw each message. The ids end in the number that
/// their maker gave them.
class Reader {
 public:
  Reader(int port, std::string api_key, int64_t first, size_t count)
      : seen_(count), client_(http::Client::tcp("127.0.0.1", port)), api_key_(std::move(api_key)), first_(first) {}

  /// Reads past what is there already.
  void catch_up() {
    while (read_some()) {}
  }
  void run() {
    for (auto pause = system_executor().make_signal(); left_ > 0 && !is_stopped_;
         (void)pause->wait_for(milliseconds(5)))
      while (read_some()) {}
  }
  void stop() { is_stopped_ = true; }

  std::vector<Duration> seen_;

 private:
  /// False when there was nothing new.
  bool read_some() {
    http::ClientRequest request{.target = fmt::format("/api/v1/log?after={}&limit=1000", after_)};
    request.headers = {{"Authorization", "Bearer " + api_key_}};
    auto answer = client_.send(request);
    CHECK(answer && answer->status == 200, "{}", answer ? answer->body : answer.error().message);
    Duration now = system_clock().elapsed();
    std::string_view text = answer->body;
    constexpr std::string_view kKey = R"("source_key":")";
    for (size_t at = text.find(kKey); at != std::string_view::npos; at = text.find(kKey, at)) {
      at += kKey.size();
      size_t end = text.find('"', at);
      int64_t number = -1;
      std::from_chars(text.data() + end - 12, text.data() + end, number, 16);
      if (number < first_ || number - first_ >= static_cast<int64_t>(seen_.size())) continue;
      seen_[static_cast<size_t>(number - first_)] = now;
      --left_;
    }
    size_t next = text.rfind(R"("next":)") + 7;
    return std::from_chars(text.data() + next, text.data() + text.size(), after_).ec == std::errc();
  }

  http::Client client_;
  std::string api_key_;
  int64_t first_;
  int64_t after_ = 0;
  int64_t left_ = static_cast<int64_t>(seen_.size());
  std::atomic<bool> is_stopped_{false};
};

void measure_visibility(Report& report) {
  constexpr int64_t kCount = 50'000;
  constexpr double kPerSecond = 5'000;
  Stage stage;
  load::EventMaker maker(4);
  introduce(stage, maker, 0, load::Shop{}.known);
  auto api_key = load::make_api_key(stage.server(), {"export_data"});
  CHECK(api_key, "{}", api_key.error().message);
  Reader reader(stage.server().port(), *api_key, load::Shop{}.known, kCount);
  reader.catch_up();
  auto done = system_executor().make_signal();
  auto thread = system_executor().start("reader", [&] {
    reader.run();
    done->set();
  });
  Paced paced(load::singles(maker, stage.key(), kCount), kPerSecond);
  stage.drive(kSingleConnections, paced);
  bool is_all_seen = done->wait_for(seconds(30));
  reader.stop();
  thread.reset();
  std::vector<double> lag_ms;
  for (size_t i = 0; i < static_cast<size_t>(kCount) && is_all_seen; ++i)
    lag_ms.push_back(std::max(0.0, (reader.seen_[i] - paced.acknowledged_[i]).seconds() * 1000));
  CHECK(is_all_seen, "not every event could be read");
  report.add({.name = "ingest.visible_p50_ms", .value = percentile(lag_ms, 0.5), .unit = "ms"});
  report.add({.name = "ingest.visible_p99_ms",
              .value = percentile(lag_ms, 0.99),
              .unit = "ms",
              .floor = 200,
              .lower_is_better = true});
}

/// One figure of /metrics.
double metric(Stage& stage, const std::string& api_key, std::string_view name) {
  http::Client client = http::Client::tcp("127.0.0.1", stage.server().port());
  auto answer = client.send({.target = "/metrics", .headers = {{"Authorization", "Bearer " + api_key}}});
  CHECK(answer && answer->status == 200, "/metrics did not answer");
  size_t at = answer->body.find(fmt::format("\n{} ", name));
  CHECK(at != std::string::npos, "no {} in /metrics", name);
  return std::stod(answer->body.substr(at + name.size() + 2));
}

/// Far more than can be written, from many connections at once: what does the server hold meanwhile?
void measure_memory(Report& report) {
  class Watched : public Flood {
   public:
    Watched(std::vector<std::string> requests, pid_t pid) : Flood(std::move(requests)), pid_(pid) {}
    bool is_over() override {
      if (Duration now = system_clock().elapsed(); now - looked_ > milliseconds(20)) {
        peak_ = std::max(peak_, load::memory_of(pid_, "RssAnon"));
        looked_ = now;
      }
      return Flood::is_over();
    }
    int64_t peak_ = 0;

   private:
    pid_t pid_;
    Duration looked_;
  };
  Stage stage;
  load::EventMaker maker(5);
  introduce(stage, maker, 0, load::Shop{}.known);
  batches_per_second(stage, maker, kMeasured);  // fills the caches that it has anyway
  auto api_key = load::make_api_key(stage.server(), {"view_metrics"});
  CHECK(api_key, "{}", api_key.error().message);
  // The pages that the store keeps grow with the database up to a fixed size, and the timeline with the events: neither
  // is a buffer.
  double pages = metric(stage, *api_key, "cairn_store_memory_bytes");
  double timeline = metric(stage, *api_key, "cairn_timeline_memory_bytes");
  int64_t before = load::memory_of(stage.server().pid(), "RssAnon");
  Watched flood(load::batches(maker, stage.key(), 400, 2500), stage.server().pid());
  stage.drive(256, flood);
  auto megabytes = [](int64_t bytes) { return static_cast<double>(bytes) / (1 << 20); };
  pages = metric(stage, *api_key, "cairn_store_memory_bytes") - pages;
  timeline = metric(stage, *api_key, "cairn_timeline_memory_bytes") - timeline;
  report.add({.name = "ingest.store_pages_mb", .value = pages / (1 << 20), .unit = "MB"});
  report.add({.name = "ingest.timeline_mb", .value = timeline / (1 << 20), .unit = "MB"});
  report.add({.name = "ingest.buffers_mb",
              .value = megabytes(flood.peak_ - before - static_cast<int64_t>(pages + timeline)),
              .unit = "MB",
              .floor = 256,
              .lower_is_better = true});
  report.add({.name = "ingest.memory_mb", .value = megabytes(flood.peak_), .unit = "MB"});
}

bool is_wanted(std::string_view part) {
  const char* named = std::getenv("CAIRN_BENCH_PARTS");
  return !named || !*named || std::string_view(named).find(part) != std::string_view::npos;
}

}  // namespace
}  // namespace cairn::bench

int main(int argc, char** argv) {
  using namespace cairn::bench;
  ::setenv("TMPDIR", "/var/tmp", 0);
  Report report(argc, argv);
  if (const char* kept = std::getenv("CAIRN_BENCH_DATA"); kept && *kept) {
    measure_kept(report, kept);
    return report.finish();
  }
  for (auto [name, measure] : {std::pair<std::string_view, void (*)(Report&)>{"sqlite", measure_sqlite},
                               {"postgres", measure_postgres},
                               {"singles", measure_singles},
                               {"visibility", measure_visibility},
                               {"memory", measure_memory}})
    if (is_wanted(name)) measure(report);
  return report.finish();
}

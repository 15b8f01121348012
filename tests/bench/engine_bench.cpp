// The engine beside DuckDB: the same events, sorted by customer and time, columns hot, answers compared first.
// CAIRN_BENCH_EVENTS (10 million) of a twentieth as many customers; CAIRN_BENCH_MEMORY (8GB): DuckDB's limit;
// CAIRN_BENCH_ALONE: DuckDB is left away; CAIRN_BENCH_RUNS (5);
// CAIRN_BENCH_ONLY: one question, and nothing else.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <numeric>

#include "base/check.h"
#include "base/hash.h"
#include "base/random.h"
#include "base/text.h"
#include "bench/bench.h"
#include "engine/ask.h"
#include "engine/evaluate.h"
#include "events/kinds.h"
#include "json/value.h"
#include "query/parser.h"
#include "support/temp_dir.h"
#include "timeline/batch.h"
#include "timeline/bulk.h"
#include "timeline/snapshot.h"

using namespace cairn;

namespace {

constexpr std::array kKinds = {"Product Viewed",  "Product Added", "Checkout Started", "Order Completed",
                               "Order Delivered", "Email Opened",  "Ticket Opened",    "Survey Answered"};
constexpr std::array kShares = {0.55, 0.15, 0.06, 0.08, 0.06, 0.07, 0.01, 0.02};
const Time kFrom = parse_moment("2024-01-01", Zone()).value();
const Time kTo = parse_moment("2026-01-01", Zone()).value();

const int kRuns = std::getenv("CAIRN_BENCH_RUNS") ? std::atoi(std::getenv("CAIRN_BENCH_RUNS")) : 5;

int64_t events_wanted() {
  const char* asked = std::getenv("CAIRN_BENCH_EVENTS");
  return asked ? std::atoll(asked) : 10'000'000;
}
std::string memory_limit() {
  const char* asked = std::getenv("CAIRN_BENCH_MEMORY");
  return asked ? asked : "8GB";
}

struct Event {
  int64_t at = 0, seq = 0, total = 0;
  int kind = 0, label = 0;
};

/// The events of a customer by time, the same every time they are asked for.
void events_of(int64_t customer, std::vector<Event>& out) {
  Random random = Random::stream(7, static_cast<uint64_t>(customer));
  auto n = static_cast<size_t>(1 + random.exponential(1.0 / 19));
  out.clear();
  for (size_t i = 0; i < n; ++i) {
    Event event;
    event.at = random.between(kFrom.micros, kTo.micros - 1);
    double share = random.uniform();
    while (event.kind + 1 < static_cast<int>(kKinds.size()) && share >= kShares[static_cast<size_t>(event.kind)])
      share -= kShares[static_cast<size_t>(event.kind++)];
    event.label = static_cast<int>(random.below(8));
    event.total = random.between(500, 20'000);
    out.push_back(event);
  }
  std::sort(out.begin(), out.end(), [](const Event& a, const Event& b) { return a.at < b.at; });
  for (size_t i = 0; i < n; ++i) out[i].seq = customer * 1000 + static_cast<int64_t>(i);
}

std::string label_of(const Event& event) { return fmt::format("c{}", event.label); }

void write_csv(const std::string& path, int64_t customers) {
  std::ofstream out(path);
  std::string text = "customer,seq,kind,at,total,label\n";
  std::vector<Event> events;
  int64_t seq = 0;
  for (int64_t customer = 1; customer <= customers; ++customer) {
    events_of(customer, events);
    for (const Event& e : events)
      fmt::format_to(std::back_inserter(text), "{},{},{},{},{},{}\n", customer, ++seq, e.kind, e.at, e.total,
                     label_of(e));
    if (text.size() < 1 << 20 && customer < customers) continue;
    out << text;
    text.clear();
  }
}

std::shared_ptr<const timeline::Schema> make_schema() {
  return std::make_shared<timeline::Schema>(events::declared_kinds(),
                                            timeline::Reading{Currency::parse("EUR").value(), Zone()});
}

/// The generator feeds the timeline directly.
void build(timeline::Timeline& timeline, const std::shared_ptr<const timeline::Schema>& schema, int64_t customers) {
  timeline::Bulk bulk(schema);
  auto column = [&](int kind, std::string_view name) {
    return schema->kinds()[*schema->find_kind(kKinds[static_cast<size_t>(kind)])].find(name).value();
  };
  timeline::ColumnIndex total = column(3, "total"), channel = column(3, "channel"), category = column(0, "category");
  system_executor().parallel_for(kShards, [&](size_t shard) {
    timeline::Batch& batch = bulk.batch(static_cast<int>(shard));
    std::vector<Event> events;
    for (int64_t customer = 1; customer <= customers; ++customer) {
      if (shard_of({customer}) != static_cast<int>(shard)) continue;
      events_of(customer, events);
      for (const Event& e : events) {
        timeline::KindIndex kind = *schema->find_kind(kKinds[static_cast<size_t>(e.kind)]);
        uint32_t row = batch.add(kind, {{customer}, {customer}, {e.seq}, {e.at}, {e.at}});
        auto put = [&](timeline::ColumnIndex index) -> timeline::ColumnBuilder& {
          timeline::ColumnBuilder& out = batch.column(kind, index);
          out.skip_to(row);
          return out;
        };
        if (e.kind == 0) put(category).add_text(label_of(e));
        if (e.kind != 3) continue;
        put(total).add_integer(e.total);
        put(channel).add_text(label_of(e));
      }
    }
  });
  auto parts = bulk.finish(system_executor());
  timeline.adopt(bulk.schema(), std::move(parts), Seq{customers * 1000 + 1000});
}

std::shared_ptr<const engine::Plan> plan_of(std::string_view text, std::shared_ptr<const timeline::Schema> schema) {
  auto parsed = query::parse(text);
  CHECK(parsed, "{}: {}", text, query::to_error(parsed.error(), text).message);
  auto checked = query::check(std::move(*parsed), events::declared_kinds());
  CHECK(checked, "{}: {}", text, query::to_error(checked.error(), text).message);
  auto plan = engine::make_plan(std::move(*checked), std::move(schema), {});
  CHECK(plan, "{}: {}", text, plan.error().message);
  return *plan;
}

int64_t month_of(const query::Value& value) {
  CivilDate date = civil_of(Zone().day(value.as<Time>()));
  return (date.year - 1970) * 12 + date.month - 1;
}

std::string joined(const std::vector<std::string>& rows) { return fmt::format("{}", fmt::join(rows, ";")); }

std::string text_of(const engine::Transitions& answer) {
  std::map<std::pair<size_t, size_t>, std::string> rows;
  auto code = [](std::string_view stream) {
    for (size_t kind = 0; kind < kKinds.size(); ++kind)
      if (to_snake(kKinds[kind]) == stream) return kind;
    return kKinds.size();
  };
  for (auto& [kinds, t] : answer)
    rows[{code(kinds.first), code(kinds.second)}] =
        fmt::format("{},{},{},{},{},{}", code(kinds.first), code(kinds.second), t.count, t.total_micros, t.min_micros,
                    t.max_micros);
  std::vector<std::string> out;
  for (auto& [key, row] : rows) out.push_back(row);
  return joined(out);
}

std::string text_of(const engine::Funnel& answer) {
  std::vector<int64_t> counts;
  for (const engine::FunnelStep& step : answer.begin()->second) counts.push_back(step.customers);
  return fmt::format("{}", fmt::join(counts, ","));
}

std::string text_of(const engine::Retention& answer) {
  std::vector<std::string> rows;
  for (auto& [cohort, cells] : answer)
    for (size_t k = 0; k < cells.size(); ++k)
      if (cells[k].returned > 0) rows.push_back(fmt::format("{},{},{}", month_of(cohort[0]), k, cells[k].returned));
  return joined(rows);
}

std::string text_of(const engine::Selected& answer) { return std::to_string(answer.count()); }

std::string text_of(const engine::Series& answer) {
  std::vector<std::string> rows;
  for (auto& [key, cell] : answer)
    rows.push_back(fmt::format("{},{},{}", month_of(key[0]), key[1].as<std::string>(), cell.value.as<double>()));
  return joined(rows);
}

struct Peer {
  double seconds = 0;
  std::string answer;
};

std::map<std::string, Peer> ask_duckdb(const test::TempDir& dir, int64_t customers) {
  std::map<std::string, Peer> out;
  if (std::getenv("CAIRN_BENCH_ALONE")) return out;
  write_csv(dir / "events.csv", customers);
  const char* only = std::getenv("CAIRN_BENCH_ONLY");
  std::string command =
      fmt::format("node {}/tests/bench/duckdb/ask.mjs {} {} {} {} {} > {}", CAIRN_SOURCE_DIR, dir / "events.csv",
                  kTo.micros, kRuns, memory_limit(), only ? only : "", dir / "answers");
  if (std::system(command.c_str()) != 0) {
    fmt::print("DuckDB did not answer: `npm install` in tests/bench/duckdb makes it there.\n");
    return out;
  }
  std::ifstream file(dir / "answers");
  for (std::string line; std::getline(file, line);) {
    json::Object row = json::parse_object(line).value();
    out[std::string(row["name"].as_string())] = {row["seconds"].to_number<double>(),
                                                 std::string(row["answer"].as_string())};
  }
  return out;
}

struct Question {
  std::string_view name, text;
  double floor = 0;  ///< How many times as fast as DuckDB it must be.
  /// What it reads, as timeline::figures tells of it.
  std::vector<std::pair<std::string_view, std::vector<std::string_view>>> reads;
};

const std::vector<Question>& questions() {
  static const std::vector<std::string_view> rows = {"[offsets]", "[occurred_at]"};
  static const std::vector<Question> all = {
      {"transitions", "transitions()", 100, {{"[order]", {"[offsets]", "[occurred_at]", "[kind]"}}}},
      {"funnel",
       "funnel(product_viewed then product_added then checkout_started then order_completed within 7 days)",
       40,
       {{"product_viewed", rows}, {"product_added", rows}, {"checkout_started", rows}, {"order_completed", rows}}},
      {"retention", "retention(order_completed then order_completed by month)", 40, {{"order_completed", rows}}},
      {"segment",
       "select(sum(order_completed.total last 365 days) >= 200 EUR and days_since(order_completed) > 30"
       " and exists(product_viewed where category = \"c3\" last 180 days))",
       40,
       {{"order_completed", {"[offsets]", "[occurred_at]", "total"}},
        {"product_viewed", {"[offsets]", "[occurred_at]", "category"}}}},
      {"distinct",
       "series(customers(order_completed) by month, channel)",
       5,
       {{"order_completed", {"[offsets]", "[occurred_at]", "channel"}}}}};
  return all;
}

std::string answer_of(const engine::Plan& plan, const engine::Ask& ask, std::string_view name) {
  if (name == "transitions") return text_of(engine::transitions(plan, ask).value());
  if (name == "funnel") return text_of(engine::funnel(plan, ask).value());
  if (name == "retention") return text_of(engine::retention(plan, ask).value());
  if (name == "segment") return text_of(engine::select(plan, ask).value());
  return text_of(engine::series(plan, ask).value());
}

struct Timed {
  double seconds = 0;
  double cpu_seconds = 0;  ///< Of all cores: what a busy machine disturbs least.
  std::string answer;
};

Timed time_of(const Question& question, const timeline::Version& version) {
  auto plan = plan_of(question.text, version.shared_schema());
  engine::Ask ask{version, system_executor(), kTo};
  Timed out{.answer = answer_of(*plan, ask, question.name)};
  std::vector<double> cpu;
  out.seconds = bench::median_of(kRuns, [&] {
    std::clock_t begin = std::clock();
    double seconds = bench::seconds_of([&] { (void)answer_of(*plan, ask, question.name); });
    cpu.push_back(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
    return seconds;
  });
  std::nth_element(cpu.begin(), cpu.begin() + kRuns / 2, cpu.end());
  out.cpu_seconds = cpu[static_cast<size_t>(kRuns / 2)];
  return out;
}

uint64_t bytes_read(const Question& question, const timeline::Figures& figures) {
  uint64_t out = 0;
  for (auto& [owner, columns] : question.reads)
    for (const timeline::ColumnFigure& f : figures.columns)
      if (f.owner == owner && std::find(columns.begin(), columns.end(), f.column) != columns.end())
        out += f.memory_bytes + f.mapped_bytes;
  return out;
}

bool is_wanted(std::string_view name) {
  const char* only = std::getenv("CAIRN_BENCH_ONLY");
  return !only || only == name;
}

/// Every question on both sides, with the bytes a second that its columns are read at.
std::map<std::string_view, double> compare(bench::Report& report, const std::map<std::string, Peer>& peers,
                                           const timeline::Version& version) {
  std::map<std::string_view, double> out;
  timeline::Figures figures = timeline::figures(version);
  for (const Question& question : questions()) {
    if (!is_wanted(question.name)) continue;
    Timed timed = time_of(question, version);
    out[question.name] = timed.seconds;
    std::string name = fmt::format("engine.{}", question.name);
    bench::Row row{.name = name, .value = 1 / timed.seconds, .unit = "1/s"};
    if (auto peer = peers.find(std::string(question.name)); peer != peers.end()) {
      row.peer = "DuckDB, " + memory_limit();
      row.peer_value = 1 / peer->second.seconds;
      row.floor = question.floor;
      row.equal = peer->second.answer == timed.answer;
    }
    report.add(row);
    report.add({.name = name + "_gb_s",
                .value = static_cast<double>(bytes_read(question, figures)) / timed.seconds / 1e9,
                .unit = "GB/s"});
    report.add({.name = name + "_cpu_ms", .value = timed.cpu_seconds * 1000, .unit = "ms", .lower_is_better = true});
  }
  return out;
}

/// How much longer ten times as many events take.
void growth(bench::Report& report, const std::map<std::string_view, double>& large, int64_t customers) {
  timeline::Timeline small(make_schema(), {});
  build(small, small.version()->shared_schema(), customers / 10);
  double most = 0;
  for (const Question& question : questions())
    if (auto at = large.find(question.name); at != large.end())
      most = std::max(most, at->second / time_of(question, *small.version()).seconds);
  report.add({.name = "engine.growth_tenfold", .value = most, .unit = "x", .floor = 11, .lower_is_better = true});
}

/// The pages of these files leave the kernel's cache, as after a start of the machine.
void forget_pages(const std::string& directory) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    int file = ::open(entry.path().c_str(), O_RDONLY);
    CHECK(file >= 0, "{} cannot be opened", entry.path().string());
    (void)::fdatasync(file);
    (void)::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    ::close(file);
  }
}

/// From cold files to the first answer.
void start(bench::Report& report, const timeline::Version& version, const test::TempDir& dir) {
  const Question& question = questions()[3];
  std::string answer = time_of(question, version).answer, path = dir / "snapshot";
  auto written = timeline::write_snapshot(system_files(), path, version, system_executor());
  CHECK(written, "{}", written.error().message);
  double seconds = bench::median_of(3, [&] {
    forget_pages(path);
    return bench::seconds_of([&] {
      auto opened = timeline::open_snapshot(system_files(), path, make_schema());
      CHECK(opened, "{}", opened.error().message);
      timeline::Timeline again(opened->schema, {});
      again.adopt(opened->schema, std::move(opened->parts), opened->last);
      auto plan = plan_of(question.text, again.version()->shared_schema());
      std::string found = answer_of(*plan, {*again.version(), system_executor(), kTo}, question.name);
      CHECK(found == answer, "the snapshot answers {}, not {}", found, answer);
    });
  });
  report.add({.name = "engine.start_s", .value = seconds, .unit = "s", .floor = 3, .lower_is_better = true});
}

constexpr std::string_view kOfOne =
    "sum(order_completed.total last 365 days) >= 200 EUR and days_since(order_completed) > 30"
    " and exists(product_viewed where category = \"c3\" last 180 days)";

/// One customer with 100,000 events: a kiosk, a till without names.
void kiosk(bench::Report& report) {
  auto schema = make_schema();
  timeline::Timeline timeline(schema, {});
  timeline::Bulk bulk(schema);
  constexpr int64_t kEvents = 100'000;
  timeline::Batch& batch = bulk.batch(shard_of({1}));
  Random random(3);
  for (int64_t i = 0; i < kEvents; ++i) {
    bool is_order = i % 4 == 0;
    timeline::KindIndex kind = *schema->find_kind(kKinds[is_order ? 3 : 0]);
    Time at{random.between(kFrom.micros, kTo.micros - 1)};
    uint32_t row = batch.add(kind, {{1}, {1}, {i + 1}, at, at});
    if (!is_order) continue;
    auto& total = batch.column(kind, schema->kinds()[kind].find("total").value());
    total.skip_to(row);
    total.add_integer(random.between(500, 20'000));
  }
  auto parts = bulk.finish(system_executor());
  timeline.adopt(bulk.schema(), std::move(parts), Seq{kEvents});
  auto version = timeline.version();
  auto plan = plan_of(kOfOne, version->shared_schema());
  double seconds = bench::median_of(
      kRuns, [&] { return bench::seconds_of([&] { (void)engine::evaluate(*plan, *version, {1}, {kTo}).value(); }); });
  report.add({.name = "engine.kiosk_ms", .value = seconds * 1000, .unit = "ms", .floor = 50, .lower_is_better = true});
}

void one_customer(bench::Report& report, const timeline::Version& version) {
  auto plan = plan_of(kOfOne, version.shared_schema());
  engine::Customer customer(*plan);
  std::vector<timeline::Place> places;
  for (const timeline::Run& run : version.shard(0).runs())
    for (uint32_t c = run.first; c < run.last; ++c) {
      const timeline::Offsets& events = run.part->order().offsets();
      uint32_t n = events.end(c) - events.begin(c);
      if (n >= 90 && n <= 110) places.push_back({run.part, c});
    }
  if (places.empty()) return;
  auto all = [&] {
    for (const timeline::Place& place : places) (void)engine::evaluate(customer, *place.part, place.customer, {kTo});
  };
  double seconds = bench::median_of(kRuns, [&] { return bench::seconds_of(all); });
  report.add({.name = "engine.customer_eval_us",
              .value = seconds * 1e6 / static_cast<double>(places.size()),
              .unit = "us",
              .floor = 20,
              .lower_is_better = true});
}

}  // namespace

int main(int argc, char** argv) {
  bench::Report report(argc, argv);
  int64_t customers = events_wanted() / 20;
  auto schema = make_schema();
  timeline::Timeline timeline(schema, {});
  double seconds = bench::seconds_of([&] { build(timeline, schema, customers); });
  auto version = timeline.version();
  fmt::print("{} events of {} customers, built in {:.1f} s\n", version->events(), version->customers(), seconds);
  timeline::Figures figures = timeline::figures(*version);
  report.add({.name = "engine.bytes_per_event",
              .value = static_cast<double>(figures.memory_bytes) / static_cast<double>(figures.events),
              .unit = "B",
              .floor = 28,
              .lower_is_better = true});
  test::TempDir dir;
  auto peers = ask_duckdb(dir, customers);
  auto seconds_by_name = compare(report, peers, *version);
  if (std::getenv("CAIRN_BENCH_ONLY")) return report.finish();
  one_customer(report, *version);
  kiosk(report);
  start(report, *version, dir);
  growth(report, seconds_by_name, customers);
  return report.finish();
}

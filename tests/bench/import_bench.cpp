// Importing next to bare SQLite. CAIRN_BENCH_BYTES sets the size of the generated files (256 MB; 2 GB for the memory
// that a large import takes), CAIRN_DATA_DIR the folder of real data.
#include <sys/resource.h>

#include <cstdlib>

#include "base/check.h"
#include "base/random.h"
#include "bench/bare_sqlite.h"
#include "bench/bench.h"
#include "import/csv.h"
#include "import/run.h"
#include "support/temp_dir.h"

namespace {

using namespace cairn;

constexpr size_t kCommitRows = 4000;

/// Rows like those of a shop's behaviour log, the kinds in the proportions of a real one.
class Generator {
 public:
  /// One row in fourteen brings a new person, as in a month of a large shop.
  Generator(bool json, uint64_t bytes)
      : json_(json), people_(std::max<uint64_t>(100, bytes / (json ? 280 : 140) / 14)) {}
  std::string_view header() const {
    return json_ ? "" : "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n";
  }
  void add(std::string& out, uint64_t row) {
    static constexpr std::string_view kBrands[] = {"samsung", "apple", "xiaomi", "", "bosch", "lucente"};
    uint64_t user = 500'000'000 + random_.below(people_), product = 1'000'000 + random_.below(50'000);
    uint64_t kind = random_.below(100);
    std::string_view event = kind < 94 ? "view" : kind < 98 ? "cart" : "purchase", brand = kBrands[product % 6];
    Time time{1'569'888'000'000'000 + static_cast<int64_t>(row / 10) * 1'000'000};
    std::string when = to_rfc3339(time);
    if (json_) {
      out += fmt::format(
          R"({{"type":"track","event":"{}","messageId":"{:016x}","userId":"{}","timestamp":"{}",)"
          R"("properties":{{"product_id":"{}","category":"electronics.smartphone","brand":"{}","price":{}.{:02}}},)"
          R"("context":{{"page":{{"path":"/p/{}"}},"locale":"en"}}}})"
          "\n",
          event, random_.next(), user, when, product, brand, product % 900, product % 100, product);
    } else {
      when[10] = ' ';
      when.pop_back();
      out += fmt::format("{} UTC,{},{},{},electronics.smartphone,{},{}.{:02},{},{:08x}-{:04x}-4000-8000-{:012x}\n",
                         when, event, product, 2053013555631882655 + product % 300, brand, product % 900, product % 100,
                         user, user, row % 65536, row / 100);
    }
  }

 private:
  bool json_;
  uint64_t people_;
  Random random_{7};
};

uint64_t write_file(const std::string& path, bool json, uint64_t bytes) {
  Generator generator(json, bytes);
  auto file = system_files().open(path, Open::truncate).value();
  std::string buffer(generator.header());
  uint64_t rows = 0, written = 0;
  while (written < bytes) {
    generator.add(buffer, rows++);
    if (buffer.size() < (1u << 20)) continue;
    written += buffer.size();
    CHECK(file->append(buffer));
    buffer.clear();
  }
  CHECK(file->append(buffer));
  return rows;
}

double peak_megabytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

struct Imported {
  double seconds = 0;
  int64_t kept = 0;
};

Imported import_into(const std::string& directory, std::string preset, std::string path) {
  World world = system_world();
  db::StoreOptions store_options;
  store_options.directory = directory;
  auto store = db::Store::open(world, store_options).value();
  auto log = events::Log::open(world, *store, directory).value();
  people::Identities identities(world);
  auto undeclared = events::Undeclared::open(world, *store).value();
  import::Context context{world, *store, *log, identities, *undeclared};
  import::Options options;
  options.preset = std::move(preset);
  options.paths = {std::move(path)};
  options.directory = directory;
  options.batch_rows = kCommitRows;
  Imported out;
  out.seconds = bench::seconds_of([&] {
    auto done = import::run(context, options);
    CHECK(done, "{}", done.error().message);
    CHECK(done->rows.rejected == 0 && done->rows.already_there == 0);
    out.kept = done->events_kept;
  });
  return out;
}

void measure(bench::Report& report, std::string name, bool json, uint64_t bytes) {
  test::TempDir dir;
  std::string path = dir / (json ? "events.jsonl" : "events.csv");
  uint64_t rows = write_file(path, json, bytes);
  if (!json) {
    double seconds = bench::seconds_of([&] {
      auto reader = import::CsvReader::open(import::Input(system_files().open(path, Open::read).value()), path).value();
      import::CsvRow row;
      uint64_t read = 0;
      while (reader.next(row).value() == import::Got::row) ++read;
      CHECK(read == rows);
    });
    report.add(
        {.name = "import.csv_scan", .value = static_cast<double>(bytes) / 1e6 / seconds, .unit = "MB/s", .floor = 300});
  }
  Imported ours = import_into(dir / "data", "events", path);
  double peak = peak_megabytes();
  bench::BareSqlite peer = bench::bare_sqlite(dir / "data/cairn.db", dir / "bare.db", kCommitRows);
  auto rate = [&](double seconds) { return static_cast<double>(rows) / seconds; };
  report.add({.name = name, .value = rate(ours.seconds), .unit = "rows/s", .floor = 100'000});
  report.add({.name = name + "_to_sqlite",
              .value = rate(ours.seconds),
              .unit = "rows/s",
              .peer = "bare SQLite",
              .peer_value = rate(peer.seconds),
              .floor = 0.4,
              .equal = peer.equal && ours.kept == static_cast<int64_t>(rows)});
  report.add({.name = name + "_memory", .value = peak, .unit = "MB", .floor = 1024, .lower_is_better = true});
}

}  // namespace

int main(int argc, char** argv) {
  bench::Report report(argc, argv);
  const char* sized = std::getenv("CAIRN_BENCH_BYTES");
  uint64_t bytes = sized ? std::strtoull(sized, nullptr, 10) : 256'000'000;
  measure(report, "import.events_csv", false, bytes);
  measure(report, "import.events_jsonl", true, bytes);
  const char* named = std::getenv("CAIRN_DATA_DIR");
  std::string olist =
      join_path(named && *named ? named : join_path(CAIRN_SOURCE_DIR, "../shared/data"), "olist_subset");
  if (system_files().exists(olist)) {
    double seconds = bench::median_of(3, [&] {
      test::TempDir dir;
      return import_into(dir.path(), "olist", olist).seconds;
    });
    report.add({.name = "import.olist", .value = seconds, .unit = "s", .floor = 2, .lower_is_better = true});
  }
  return report.finish();
}

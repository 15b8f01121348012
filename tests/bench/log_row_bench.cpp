// Which keys the log row bears on SQLite: the same rows appended to tables that differ in their keys alone, commits of
// 500, synchronous=FULL. The figures behind docs/architecture.md, 'The log row'.
#include <sqlite3.h>

#include <cstdlib>
#include <string>

#include "base/check.h"
#include "base/hash.h"
#include "bench/bench.h"
#include "support/temp_dir.h"

using namespace cairn;

namespace {

constexpr int64_t kCommit = 500;
constexpr int64_t kMeasured = 100'000;  // the last rows, when the table has its size
const std::string kProperties(200, 'x');

/// CAIRN_BENCH_ROWS: how large the tables grow before they are measured.
int64_t rows_before() {
  const char* asked = std::getenv("CAIRN_BENCH_ROWS");
  return asked ? std::atoll(asked) : 2'000'000;
}

class Table {
 public:
  explicit Table(const std::string& path, const std::string& schema) {
    CHECK(sqlite3_open(path.c_str(), &db_) == SQLITE_OK);
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-262144");
    run(schema);
    CHECK(sqlite3_prepare_v2(db_, "INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5)", -1, &insert_, nullptr) ==
          SQLITE_OK);
  }
  ~Table() {
    sqlite3_finalize(insert_);
    sqlite3_close(db_);
  }
  void run(const std::string& sql) {
    CHECK(sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK, "{}", sql);
  }
  void append(int64_t rows, int64_t commit) {
    for (int64_t i = 0; i < rows; ++i) {
      if (i % commit == 0) run("BEGIN");
      add(++seq_);
      if (i % commit == commit - 1 || i == rows - 1) run("COMMIT");
    }
  }

 private:
  void add(int64_t seq) {
    uint64_t random = mix(static_cast<uint64_t>(seq));
    std::string key = fmt::format("{:016x}", random);
    sqlite3_bind_int64(insert_, 1, seq);
    sqlite3_bind_int64(insert_, 2, static_cast<int64_t>(random >> 58));
    sqlite3_bind_int64(insert_, 3, static_cast<int64_t>(mix(random) % 200'000));
    sqlite3_bind_text(insert_, 4, key.data(), static_cast<int>(key.size()), SQLITE_TRANSIENT);
    sqlite3_bind_text(insert_, 5, kProperties.data(), static_cast<int>(kProperties.size()), SQLITE_STATIC);
    CHECK(sqlite3_step(insert_) == SQLITE_DONE);
    sqlite3_reset(insert_);
  }

  sqlite3* db_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  int64_t seq_ = 0;
};

double rows_per_second(const std::string& schema) {
  test::TempDir dir;
  Table table(dir / "log.db", schema);
  table.append(rows_before(), 10'000);
  table.run("PRAGMA synchronous=FULL");
  return static_cast<double>(kMeasured) / bench::seconds_of([&] { table.append(kMeasured, kCommit); });
}

}  // namespace

int main(int argc, char** argv) {
  bench::Report report(argc, argv);
  const std::string columns = "shard INTEGER, customer INTEGER, key TEXT, properties TEXT";
  const std::string plain = "CREATE TABLE events (seq INTEGER PRIMARY KEY, " + columns + ");";
  double seq = rows_per_second(plain);
  report.add({"log_row.seq", seq, "rows/s"});
  auto add = [&](const char* name, const std::string& schema) {
    report.add({name, rows_per_second(schema), "rows/s", "seq alone", seq});
  };
  add("log_row.shard_seq",
      "CREATE TABLE events (seq INTEGER, " + columns + ", PRIMARY KEY (shard, seq)) WITHOUT ROWID;");
  add("log_row.customer_index", plain + "CREATE INDEX by_customer ON events (customer, seq);");
  add("log_row.unique_key", plain + "CREATE UNIQUE INDEX by_key ON events (key);");
  return report.finish();
}

// Event rows poured through the store, next to the driver used bare in the same run: the same table, the same commits,
// the same durability.
#include <libpq-fe.h>
#include <sqlite3.h>

#include <cstdlib>

#include "base/check.h"
#include "bench/bench.h"
#include "db/store.h"
#include "support/temp_dir.h"

namespace cairn::bench {
namespace {

using db::BulkColumn;
using db::ColumnType;

constexpr int64_t kRows = 300'000;
constexpr BulkColumn kColumns[] = {
    {"seq", ColumnType::int64},       {"shard", ColumnType::int16},       {"customer", ColumnType::int64},
    {"kind", ColumnType::int32},      {"occurred_at", ColumnType::int64}, {"known_at", ColumnType::int64},
    {"source", ColumnType::int32},    {"source_key", ColumnType::text},   {"identifiers", ColumnType::text},
    {"cause_seq", ColumnType::int64}, {"depth", ColumnType::int16},       {"flags", ColumnType::int32},
    {"properties", ColumnType::text}};
constexpr db::BulkTable kEvents{"events", kColumns};
constexpr const char* kQueries = "-- name: sums\nSELECT count(*), sum(seq), sum(length(properties)) FROM events;";

const std::string kProperties = R"({"order_id": ")" + std::string(189, 'x') + "\"}";

using Sums = std::array<int64_t, 3>;
struct Outcome {
  double rows_per_second;
  Sums sums;
};

void write_row(db::BulkWriter& out, int64_t seq) {
  out.integer(seq);
  out.integer(seq % 64);
  out.integer(seq * 7919);
  out.integer(3);
  out.integer(1'500'000'000'000'000 + seq);
  out.integer(1'500'000'000'000'000 + seq);
  out.integer(1);
  out.null();
  out.null();
  out.null();
  out.integer(0);
  out.integer(1);
  out.text(kProperties);
}

Result<void> write_rows(db::Transaction& t, int64_t first, int64_t count) {
  auto rows = TRY(t.pour(kEvents));
  for (int64_t seq = first; seq < first + count; ++seq) {
    write_row(*rows, seq);
    TRY(rows->end_row());
  }
  return rows->finish();
}

Outcome through_store(const std::string& url, int64_t commit) {
  test::TempDir dir;
  World world = system_world();
  db::StoreOptions options;
  options.directory = dir / "data";
  options.url = url;
  options.extra_queries = kQueries;
  options.group_limit = 1;  // one closure is one commit, as it is for the peer
  auto opened = db::Store::open(world, options);
  CHECK(opened, "{}", opened.error().message);
  db::Store& store = **opened;
  Sums before{};
  auto ask = [&](Sums& sums) {
    auto read = store.read([&](db::Session& s) {
      return s.each("sums", {}, [&](const db::Row& row) {
        for (int i = 0; i < 3; ++i) sums[static_cast<size_t>(i)] = row.integer(i);
        return true;
      });
    });
    CHECK(read, "{}", read.error().message);
  };
  ask(before);
  CHECK(before[0] == 0, "the database is not empty");
  double took = seconds_of([&] {
    for (int64_t first = 1; first <= kRows; first += commit)
      CHECK(store.write_now(db::Lane::import, [=](db::Transaction& t) { return write_rows(t, first, commit); }));
  });
  Outcome out{static_cast<double>(kRows) / took, {}};
  ask(out.sums);
  return out;
}

Outcome through_sqlite(int64_t commit) {
  test::TempDir dir;
  sqlite3* database = nullptr;
  CHECK(sqlite3_open((dir / "bare.db").c_str(), &database) == SQLITE_OK);
  auto run = [&](const char* sql) {
    CHECK(sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK, "{}", sqlite3_errmsg(database));
  };
  run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-262144; PRAGMA wal_autocheckpoint=4096;"
      "CREATE TABLE events (seq INTEGER PRIMARY KEY, shard BIGINT NOT NULL, customer BIGINT NOT NULL, kind BIGINT NOT "
      "NULL, occurred_at BIGINT NOT NULL, known_at BIGINT NOT NULL, source BIGINT NOT NULL, source_key TEXT, "
      "identifiers TEXT, cause_seq BIGINT, depth BIGINT NOT NULL, flags BIGINT NOT NULL, properties TEXT NOT NULL)");
  sqlite3_stmt* insert = nullptr;
  sqlite3_prepare_v2(database, "INSERT INTO events VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)", -1, &insert, nullptr);
  double took = seconds_of([&] {
    for (int64_t first = 1; first <= kRows; first += commit) {
      run("BEGIN IMMEDIATE");
      for (int64_t seq = first; seq < first + commit; ++seq) {
        int64_t at = 1'500'000'000'000'000 + seq;
        int64_t numbers[] = {seq, seq % 64, seq * 7919, 3, at, at, 1};
        for (int i = 0; i < 7; ++i) sqlite3_bind_int64(insert, i + 1, numbers[i]);
        sqlite3_bind_int64(insert, 11, 0);
        sqlite3_bind_int64(insert, 12, 1);
        sqlite3_bind_text(insert, 13, kProperties.data(), static_cast<int>(kProperties.size()), SQLITE_STATIC);
        CHECK(sqlite3_step(insert) == SQLITE_DONE);
        sqlite3_reset(insert);
      }
      run("COMMIT");
    }
  });
  sqlite3_finalize(insert);
  Outcome out{static_cast<double>(kRows) / took, {}};
  sqlite3_stmt* ask = nullptr;
  sqlite3_prepare_v2(database, "SELECT count(*), sum(seq), sum(length(properties)) FROM events", -1, &ask, nullptr);
  CHECK(sqlite3_step(ask) == SQLITE_ROW);
  for (int i = 0; i < 3; ++i) out.sums[static_cast<size_t>(i)] = sqlite3_column_int64(ask, i);
  sqlite3_finalize(ask);
  sqlite3_close(database);
  return out;
}

/// The median of three runs, and what the last of them stored.
Outcome measure(const std::function<Outcome()>& once) {
  Outcome last{};
  last.rows_per_second = median_of(3, [&] {
    last = once();
    return last.rows_per_second;
  });
  return last;
}

/// A database of its own on the server that CAIRN_BENCH_POSTGRES names (a URL without a database).
class FreshDatabase {
 public:
  explicit FreshDatabase(std::string server) : server_(std::move(server)) {
    run("DROP DATABASE IF EXISTS cairn_bench WITH (FORCE)");
    run("CREATE DATABASE cairn_bench");
  }
  ~FreshDatabase() { run("DROP DATABASE IF EXISTS cairn_bench WITH (FORCE)"); }
  std::string url() const { return server_ + "/cairn_bench"; }

 private:
  void run(const char* sql) const {
    PGconn* link = PQconnectdb((server_ + "/postgres").c_str());
    PQsetNoticeProcessor(link, [](void*, const char*) {}, nullptr);
    PGresult* result = PQexec(link, sql);
    CHECK(PQresultStatus(result) == PGRES_COMMAND_OK, "{}", PQerrorMessage(link));
    PQclear(result);
    PQfinish(link);
  }

  std::string server_;
};

}  // namespace

void run_all(Report& report) {
  const char* server = std::getenv("CAIRN_BENCH_POSTGRES");
  for (int64_t commit : {500, 1000}) {
    Outcome bare = measure([&] { return through_sqlite(commit); });
    Outcome ours = measure([&] { return through_store("", commit); });
    report.add({.name = fmt::format("store.pour_{}", commit),
                .value = ours.rows_per_second,
                .unit = "rows/s",
                .peer = "bare SQLite",
                .peer_value = bare.rows_per_second,
                .floor = 0.8,
                .equal = ours.sums == bare.sums});
    if (!server || !*server) continue;
    Outcome postgres = measure([&] {
      FreshDatabase database(server);
      return through_store(database.url(), commit);
    });
    report.add({.name = fmt::format("store.pour_{}_postgres", commit),
                .value = postgres.rows_per_second,
                .unit = "rows/s",
                .equal = postgres.sums == bare.sums});
  }
}

}  // namespace cairn::bench

int main(int argc, char** argv) {
  cairn::bench::Report report(argc, argv);
  cairn::bench::run_all(report);
  return report.finish();
}

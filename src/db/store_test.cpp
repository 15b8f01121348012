// One suite on SQLite and on PostgreSQL: what the store promises is the same on both.
#include "db/store.h"

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <atomic>
#include <limits>

#include "support/postgres.h"
#include "support/temp_dir.h"

namespace cairn::db {
namespace {

constexpr const char* kSchema = R"(
CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT UNIQUE, size BIGINT);
-- [sqlite]
CREATE TABLE kinds (n BIGINT NOT NULL, small BIGINT, medium BIGINT, large BIGINT, share REAL, words TEXT, raw BLOB);
-- [postgres]
CREATE TABLE kinds (n BIGINT NOT NULL, small SMALLINT, medium INTEGER, large BIGINT, share DOUBLE PRECISION,
                    words TEXT, raw BYTEA);
DO $$ BEGIN PERFORM 1; END $$;
-- [end]
)";

constexpr const char* kQueries = R"(
-- name: add_thing
INSERT INTO things (id, name, size) VALUES (:id, :name, :size);
-- name: count_things
SELECT count(*) FROM things;
-- name: things
SELECT id, name, size FROM things ORDER BY id;
-- name: total
SELECT sum(size), avg(size) FROM things;
-- name: grow
-- :by is used twice, and before :id, so the numbers are not in the order of the binds.
UPDATE things SET size = size + :by, name = name || CAST(:by AS TEXT) WHERE id >= :id;
-- name: grow_one
UPDATE things SET size = size + 1 WHERE id = :id RETURNING size;
-- name: add_kinds
INSERT INTO kinds (n, small, medium, large, share, words, raw)
VALUES (:n, :small, :medium, :large, :share, :words, :raw);
-- name: kinds
SELECT n, small, medium, large, share, words, raw FROM kinds ORDER BY n;
-- name: maybe_named
SELECT count(*) FROM things WHERE CAST(:name AS TEXT) IS NULL OR name = :name;
-- name: break_off
SELECT id FROM things WHERE id = 1 / 0;
-- name: break_off [sqlite]
SELECT json('{') FROM things;
-- name: numbers
SELECT x FROM generate_series(1, :upto) AS t(x);
-- name: numbers [sqlite]
WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t WHERE x < :upto) SELECT x FROM t;
-- name: lose_server [postgres]
SELECT pg_terminate_backend(pg_backend_pid());
-- name: lose_others [postgres]
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid();
-- name: unsharded [postgres]
SELECT CAST(c.table_name AS TEXT) FROM information_schema.columns c
WHERE c.table_schema = 'public' AND c.column_name = 'customer' AND NOT EXISTS (
  SELECT 1 FROM information_schema.table_constraints t
  JOIN information_schema.key_column_usage k USING (constraint_schema, constraint_name)
  WHERE t.constraint_type = 'PRIMARY KEY' AND t.table_schema = 'public' AND t.table_name = c.table_name
    AND k.column_name = 'shard');
-- name: fill_disk [sqlite]
PRAGMA max_page_count = 1;
-- name: free_disk [sqlite]
PRAGMA max_page_count = 1073741823;
)";

constexpr BulkColumn kKindColumns[] = {{"n", ColumnType::int64},      {"small", ColumnType::int16},
                                       {"medium", ColumnType::int32}, {"large", ColumnType::int64},
                                       {"share", ColumnType::real},   {"words", ColumnType::text},
                                       {"raw", ColumnType::bytes}};
constexpr BulkTable kKinds{"kinds", kKindColumns};

class StoreTest : public testing::TestWithParam<Driver> {
 protected:
  void SetUp() override {
    if (GetParam() == Driver::postgres) {
      auto url = test::fresh_postgres();
      if (!url) GTEST_SKIP() << "PostgreSQL is not installed";
      url_ = *url;
    }
    reopen();
  }
  StoreOptions options() const {
    StoreOptions out;
    out.directory = dir_ / "data";
    out.url = url_;
    out.extra_queries = kQueries;
    out.extra_schema = kSchema;
    return out;
  }
  void reopen() { reopen(options()); }
  void reopen(const StoreOptions& with) {
    store_.reset();
    auto opened = Store::open(world_, with);
    ASSERT_TRUE(opened) << opened.error().message << " / " << opened.error().detail;
    store_ = std::move(*opened);
  }

  Result<void> write(Store::Work work) { return store_->write_now(Lane::people, std::move(work)); }
  static Result<void> add(Session& s, int64_t id, std::string_view name) {
    TRY(s.run("add_thing", {{"id", id}, {"name", name}, {"size", 10 * id}}));
    return {};
  }
  Result<void> add(int64_t id, std::string name) {
    return write([=](Transaction& t) { return add(t, id, name); });
  }
  static int64_t count(Session& s) {
    auto n = s.first("count_things", {}, [](const Row& row) { return row.integer(0); });
    EXPECT_TRUE(n && *n) << (n ? "" : n.error().message + n.error().detail);
    return n && *n ? **n : -1;
  }
  int64_t count() {
    int64_t n = -1;
    auto read = store_->read([&](Session& s) {
      n = count(s);
      return Result<void>{};
    });
    EXPECT_TRUE(read) << read.error().message;
    return n;
  }

  /// Keeps the writer busy until it goes, so that what is written meanwhile waits in its lane.
  class Block {
   public:
    explicit Block(Store& store) : started_(system_executor().make_signal()), go_(system_executor().make_signal()) {
      auto queued = store.write(
          Lane::people,
          [started = started_, go = go_](Transaction&) {
            started->set();
            go->wait();
            return Result<void>{};
          },
          [](const Result<void>&) {});
      EXPECT_TRUE(queued);
      started_->wait();
    }
    ~Block() { go_->set(); }

   private:
    std::shared_ptr<Signal> started_, go_;
  };

  World world_ = system_world();
  test::TempDir dir_;
  std::string url_;
  std::unique_ptr<Store> store_;
};

void expect_ok(const Result<void>& result) {
  EXPECT_TRUE(result) << result.error().message << " / " << result.error().detail;
}

TEST_P(StoreTest, KeepsEveryKindOfValue) {
  constexpr int64_t kLow = std::numeric_limits<int64_t>::min(), kHigh = std::numeric_limits<int64_t>::max();
  const std::string words = "crème brûlée 🍮 'quoted' \\ :name";
  const std::string raw("\0\1\xff\0", 4);
  expect_ok(write([&](Transaction& t) -> Result<void> {
    TRY(t.run("add_kinds", {{"n", 1},
                            {"small", -32768},
                            {"medium", 2147483647},
                            {"large", kLow},
                            {"share", 0.1},
                            {"words", words},
                            {"raw", Bytes{raw}}}));
    TRY(t.run("add_kinds", {{"raw", std::nullopt},
                            {"words", std::nullopt},
                            {"share", std::nullopt},
                            {"large", std::nullopt},
                            {"medium", std::nullopt},
                            {"small", std::nullopt},
                            {"n", 2}}));
    TRY(t.run("add_kinds", {{"n", 3},
                            {"small", 0},
                            {"medium", 0},
                            {"large", kHigh},
                            {"share", -1e300},
                            {"words", ""},
                            {"raw", Bytes{""}}}));
    return {};
  }));
  int rows = 0;
  expect_ok(store_->read([&](Session& s) {
    return s.each("kinds", {}, [&](const Row& row) {
      EXPECT_EQ(row.integer(0), ++rows);
      EXPECT_EQ(row.columns(), 7);
      EXPECT_EQ(row.name(5), "words");
      for (int c = 1; c < 7; ++c) EXPECT_EQ(row.is_null(c), rows == 2) << c;
      if (rows == 1) {
        EXPECT_EQ(row.integer(1), -32768);
        EXPECT_EQ(row.integer(2), 2147483647);
        EXPECT_EQ(row.integer(3), kLow);
        EXPECT_EQ(row.real(4), 0.1);
        EXPECT_EQ(row.text(5), words);
        EXPECT_EQ(row.bytes(6), raw);
        EXPECT_EQ(row.text(3), "-9223372036854775808");
      } else if (rows == 2) {
        EXPECT_EQ(row.integer(3), 0);
        EXPECT_EQ(row.real(4), 0);
        EXPECT_EQ(row.text(5), "");
        EXPECT_EQ(row.find_text(5), std::nullopt);
      } else {
        EXPECT_EQ(row.integer(3), kHigh);
        EXPECT_EQ(row.real(4), -1e300);
        EXPECT_EQ(row.find_text(5), "");
        EXPECT_EQ(row.bytes(6), "");
      }
      return true;
    });
  }));
  EXPECT_EQ(rows, 3);
}

TEST_P(StoreTest, BindsByNameAndTellsTheRowsChanged) {
  expect_ok(write([&](Transaction& t) -> Result<void> {
    for (int i = 1; i <= 4; ++i) TRY(add(t, i, std::string(1, char('a' + i))));
    EXPECT_EQ(TRY(t.run("grow", {{"id", 3}, {"by", 5}})), 2);
    EXPECT_EQ(TRY(t.run("grow", {{"by", 5}, {"id", 99}})), 0);
    EXPECT_EQ(TRY(t.first("grow_one", {{"id", 1}}, [](const Row& row) { return row.integer(0); })), 11);
    return {};
  }));
  expect_ok(store_->read([&](Session& s) -> Result<void> {
    auto names = TRY(s.all("things", {}, [](const Row& row) { return *row.find_text(1); }));
    EXPECT_EQ(names, (std::vector<std::string>{"b", "c", "d5", "e5"}));
    EXPECT_EQ(TRY(s.first("total", {}, [](const Row& row) { return row.integer(0); })), 11 + 20 + 35 + 45);
    EXPECT_EQ(TRY(s.first("total", {}, [](const Row& row) { return row.real(1); })), 111 / 4.0);
    auto maybe = [](const Row& row) { return row.integer(0); };
    EXPECT_EQ(TRY(s.first("maybe_named", {{"name", "c"}}, maybe)), 1);
    EXPECT_EQ(TRY(s.first("maybe_named", {{"name", std::optional<std::string>()}}, maybe)), 4);
    return {};
  }));
}

TEST_P(StoreTest, StopsAVisitEarlyAndGoesOn) {
  expect_ok(store_->read([&](Session& s) -> Result<void> {
    int64_t seen = 0;
    TRY(s.each("numbers", {{"upto", 100'000}}, [&](const Row& row) { return (seen += row.integer(0)) < 6; }));
    EXPECT_EQ(seen, 6);
    seen = 0;
    TRY(s.each("numbers", {{"upto", 100'000}}, [&](const Row& row) { return ++seen == row.integer(0); }));
    EXPECT_EQ(seen, 100'000);
    return {};
  }));
}

TEST_P(StoreTest, AClosureThatFailsIsUndoneAlone) {
  std::vector<std::string> events;
  std::atomic<int> answered{0};
  auto all_answered = system_executor().make_signal();
  auto queue = [&](int64_t id, bool fails) {
    expect_ok(store_->write(
        Lane::people,
        [&events, id, fails](Transaction& t) -> Result<void> {
          t.on_rollback([&events, id] { events.push_back(fmt::format("undone {} first", id)); });
          t.on_rollback([&events, id] { events.push_back(fmt::format("undone {} last", id)); });
          t.on_commit([&events, id] { events.push_back(fmt::format("held {}", id)); });
          TRY(add(t, id, fmt::format("thing {}", id)));
          if (fails) return fail(Code::invalid, "not this one");
          return {};
        },
        [&, id](const Result<void>& result) {
          events.push_back(fmt::format("{} {}", result ? "done" : "failed", id));
          if (++answered == 4) all_answered->set();
        }));
  };
  {
    Block block(*store_);
    queue(1, false);
    queue(2, true);
    queue(3, false);
    queue(4, true);
  }
  all_answered->wait();
  EXPECT_EQ(events, (std::vector<std::string>{"undone 2 last", "undone 2 first", "undone 4 last", "undone 4 first",
                                              "held 1", "held 3", "done 1", "failed 2", "done 3", "failed 4"}));
  expect_ok(store_->read([&](Session& s) -> Result<void> {
    auto ids = TRY(s.all("things", {}, [](const Row& row) { return row.integer(0); }));
    EXPECT_EQ(ids, (std::vector<int64_t>{1, 3}));
    return {};
  }));
  EXPECT_EQ(store_->figures().failed, 2u);
  EXPECT_EQ(store_->figures().writes, 5u);
}

TEST_P(StoreTest, AnOverlookedErrorFailsTheClosure) {
  expect_ok(add(1, "one"));
  auto result = write([](Transaction& t) -> Result<void> {
    EXPECT_FALSE(add(t, 1, "again"));
    EXPECT_EQ(add(t, 2, "two").error().code, Code::conflict) << "the transaction goes on after an error";
    return {};
  });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::conflict);
  EXPECT_EQ(write([](Transaction& t) -> Result<void> {
              TRY(t.each("break_off", {}, [](const Row&) { return true; }));
              return {};
            })
                .error()
                .code,
            Code::internal);
  EXPECT_EQ(write([](Transaction&) -> Result<void> { throw std::bad_alloc(); }).error().code, Code::internal);
  expect_ok(add(2, "two"));
  EXPECT_EQ(count(), 2);
}

TEST_P(StoreTest, LanesAreServedInTheirOrder) {
  std::string order;
  auto last = system_executor().make_signal();
  {
    Block block(*store_);
    for (int i = 0; i < 3; ++i)
      for (Lane lane : {Lane::import, Lane::ingestion, Lane::reactor, Lane::people})
        expect_ok(store_->write(
            lane, [](Transaction&) { return Result<void>{}; },
            [&order, lane, last](const Result<void>&) {
              order += "PRGI"[static_cast<int>(lane)];
              if (order.size() == 12) last->set();
            }));
  }
  last->wait();
  // Two of the lower lanes had their turn out of order: they had been passed over eight times.
  EXPECT_EQ(order.substr(0, 6), "PPPRRR");
  EXPECT_EQ(std::count(order.begin(), order.end(), 'I'), 3);
}

TEST_P(StoreTest, NoLaneStarves) {
  std::string order;
  auto last = system_executor().make_signal();
  {
    Block block(*store_);
    for (int i = 0; i < 100; ++i)
      for (Lane lane : {Lane::people, Lane::import})
        if (lane == Lane::people || i == 0)
          expect_ok(store_->write(
              lane, [](Transaction&) { return Result<void>{}; },
              [&order, lane, last](const Result<void>&) {
                order += lane == Lane::people ? 'p' : 'i';
                if (order.size() == 101) last->set();
              }));
  }
  last->wait();
  EXPECT_EQ(order.find('i'), 8u);
}

TEST_P(StoreTest, AFullLaneSaysSoAtOnce) {
  StoreOptions small = options();
  small.lane_limit = 3;
  reopen(small);
  std::atomic<int> answered{0};
  auto nothing = [](Transaction&) { return Result<void>{}; };
  auto done = [&](const Result<void>&) { ++answered; };
  {
    Block block(*store_);
    for (int i = 0; i < 3; ++i) expect_ok(store_->write(Lane::import, nothing, done));
    auto refused = store_->write(Lane::import, nothing, done);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::overloaded);
    expect_ok(store_->write(Lane::ingestion, nothing, done));
    EXPECT_EQ(store_->figures().waiting, 4u);
  }
  store_.reset();  // answers all that it took
  EXPECT_EQ(answered, 4);
}

TEST_P(StoreTest, AReadSeesOneState) {
  expect_ok(add(1, "one"));
  expect_ok(store_->read([&](Session& s) -> Result<void> {
    EXPECT_EQ(count(s), 1);
    expect_ok(add(2, "two"));
    EXPECT_EQ(count(), 2) << "another read";
    EXPECT_EQ(count(s), 1);
    EXPECT_FALSE(s.run("grow", {{"id", 1}, {"by", 1}})) << "a read cannot write";
    return {};
  }));
  EXPECT_EQ(count(), 2);
}

TEST_P(StoreTest, ReadersWaitForEachOtherAtTheLimit) {
  StoreOptions two = options();
  two.reader_limit = 2;
  reopen(two);
  expect_ok(add(1, "one"));
  std::atomic<int> sum{0};
  {
    std::vector<std::unique_ptr<Thread>> threads;
    for (int i = 0; i < 8; ++i)
      threads.push_back(system_executor().start("reader", [&] {
        for (int j = 0; j < 20; ++j) sum += static_cast<int>(count());
      }));
  }
  EXPECT_EQ(sum, 160);
}

TEST_P(StoreTest, PoursRows) {
  expect_ok(write([&](Transaction& t) -> Result<void> {
    auto rows = TRY(t.pour(kKinds));
    for (int64_t n = 0; n < 10'000; ++n) {
      rows->integer(n);
      if (n % 7 == 3) {
        for (int c = 1; c < 7; ++c) rows->null();
      } else {
        rows->integer(-n);
        rows->integer(n * 100'000);
        rows->integer(n << 40);
        rows->real(static_cast<double>(n) / 3);
        rows->text(fmt::format("ñ{}", n));
        rows->bytes(std::string(static_cast<size_t>(n % 5), '\0'));
      }
      TRY(rows->end_row());
    }
    TRY(rows->finish());
    return {};
  }));
  int64_t at = 0;
  expect_ok(store_->read([&](Session& s) {
    return s.each("kinds", {}, [&](const Row& row) {
      bool null = at % 7 == 3;
      bool same = row.integer(0) == at && row.is_null(1) == null && row.is_null(6) == null;
      if (!null)
        same = same && row.integer(1) == -at && row.integer(2) == at * 100'000 && row.integer(3) == at << 40 &&
               row.real(4) == static_cast<double>(at) / 3 && row.text(5) == fmt::format("ñ{}", at) &&
               row.bytes(6).size() == static_cast<size_t>(at % 5);
      EXPECT_TRUE(same) << at;
      ++at;
      return same;
    });
  }));
  EXPECT_EQ(at, 10'000);
}

TEST_P(StoreTest, GivesUpRowsThatAreNotFinished) {
  auto given_up = write([&](Transaction& t) -> Result<void> {
    auto rows = TRY(t.pour(kKinds));
    rows->integer(1);
    for (int c = 1; c < 7; ++c) rows->null();
    TRY(rows->end_row());
    return {};
  });
  EXPECT_FALSE(given_up);
  auto refused = write([&](Transaction& t) -> Result<void> {
    auto rows = TRY(t.pour(kKinds));
    for (int c = 0; c < 7; ++c) rows->null();  // n may not be null
    TRY(rows->end_row());
    return rows->finish();
  });
  EXPECT_FALSE(refused);
  int64_t rows = 0;
  expect_ok(store_->read([&](Session& s) { return s.each("kinds", {}, [&](const Row&) { return ++rows > 0; }); }));
  EXPECT_EQ(rows, 0);
  expect_ok(add(1, "the store goes on"));
}

TEST_P(StoreTest, AUniqueValueIsAConflict) {
  expect_ok(add(1, "one"));
  for (auto [id, name] : {std::pair{1, "other"}, std::pair{2, "one"}}) {
    auto result = add(id, name);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Code::conflict);
  }
  EXPECT_EQ(count(), 1);
}

TEST_P(StoreTest, KeepsItsRowsWhenReopened) {
  expect_ok(add(7, "seven"));
  reopen();
  EXPECT_EQ(count(), 1);
  auto checks = store_->verify();
  ASSERT_TRUE(checks) << checks.error().message;
  EXPECT_EQ(*checks, std::vector<std::string>{});
}

TEST_P(StoreTest, RefusesANewerAndAChangedStore) {
  store_.reset();
  StoreOptions older = options();
  older.extra_queries = older.extra_schema = {};
  auto newer = Store::open(world_, older);
  ASSERT_FALSE(newer);
  EXPECT_NE(newer.error().message.find("newer version of Cairn"), std::string::npos) << newer.error().message;
  StoreOptions other = options();
  other.extra_schema += "-- a change after the fact\n";
  auto changed = Store::open(world_, other);
  ASSERT_FALSE(changed);
  EXPECT_NE(changed.error().message.find("9999_extra has changed"), std::string::npos) << changed.error().message;
  reopen();
}

TEST_P(StoreTest, AMigrationThatFailsLeavesNothing) {
  store_.reset();
  StoreOptions broken = options();
  if (GetParam() == Driver::postgres) broken.url = *test::fresh_postgres();
  broken.directory = dir_ / "broken";
  broken.extra_schema = "CREATE TABLE half (x BIGINT); CREATE TABLE settings (y BIGINT);";
  auto failed = Store::open(world_, broken);
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().message.find("9999_extra fails"), std::string::npos) << failed.error().message;
  broken.extra_schema = "CREATE TABLE half (x BIGINT);";
  broken.extra_queries = "-- name: half\nSELECT x FROM half;";
  reopen(broken);
}

TEST_P(StoreTest, AQueryThatCannotBePreparedIsNamed) {
  StoreOptions broken = options();
  broken.extra_queries += "-- name: wrong\nSELECT no_such_column FROM things;\n";
  store_.reset();
  auto opened = Store::open(world_, broken);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("the query wrong in the extra queries"), std::string::npos);
  EXPECT_NE(opened.error().message.find("no_such_column"), std::string::npos) << opened.error().message;
}

TEST_P(StoreTest, HasOneOwner) {
  auto second = Store::open(world_, options());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::conflict);
  EXPECT_NE(second.error().message.find("in use by another Cairn (pid "), std::string::npos);
  StoreOptions elsewhere = options();
  elsewhere.directory = dir_ / "elsewhere";
  auto other = Store::open(world_, elsewhere);
  EXPECT_EQ(other.has_value(), GetParam() == Driver::sqlite);
  if (!other) {
    EXPECT_NE(other.error().message.find("in use by another Cairn"), std::string::npos) << other.error().message;
  }
}

TEST_P(StoreTest, DoesNotMakeWhatShouldBeThere) {
  StoreOptions missing = options();
  missing.directory = dir_ / "missing";
  missing.create = false;
  auto opened = Store::open(world_, missing);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::not_found);
  EXPECT_FALSE(system_files().exists(missing.directory));
}

TEST_P(StoreTest, AQueryMustBeKnownAndBoundInFull) {
  auto with = [&](Binds binds) {
    return store_->read([&](Session& s) { return s.each("maybe_named", binds, [](const Row&) { return true; }); });
  };
  EXPECT_DEATH((void)with({}), ":name is not bound");
  EXPECT_DEATH((void)with({{"name", 1}, {"more", 2}}), "1 parameters, 2 bound");
  EXPECT_DEATH((void)store_->read([](Session& s) { return s.each("unheard", {}, [](const Row&) { return true; }); }),
               "there is no query unheard");
  EXPECT_DEATH((void)store_->read([](Session& s) {
    return s.each("numbers", {{"upto", 3}}, [&](const Row&) { return count(s) == 0; });
  }),
               "inside its own visit");
}

INSTANTIATE_TEST_SUITE_P(Drivers, StoreTest, testing::Values(Driver::sqlite, Driver::postgres),
                         [](const auto& driver) { return driver.param == Driver::sqlite ? "sqlite" : "postgres"; });

// --- What only one of them can do ---

class SqliteStoreTest : public StoreTest {};

TEST_P(SqliteStoreTest, ABackupIsTheStore) {
  for (int i = 1; i <= 50; ++i) expect_ok(add(i, fmt::format("thing {}", i)));
  ASSERT_TRUE(system_files().make_directory(dir_ / "copy"));
  std::string copy = dir_ / "copy/cairn.db";
  expect_ok(store_->backup(copy));
  expect_ok(add(51, "after the backup"));
  EXPECT_EQ(store_->backup(copy).error().code, Code::conflict);
  StoreOptions other = options();
  other.directory = dir_ / "copy";
  reopen(other);
  EXPECT_EQ(count(), 50);
  EXPECT_EQ(store_->verify().value(), std::vector<std::string>{});
}

TEST_P(SqliteStoreTest, RecoversFromAFullDisk) {
  auto pragma = [&](const char* name) {
    return write([=](Transaction& t) { return t.each(name, {}, [](const Row&) { return true; }); });
  };
  auto pour = [&] {
    return write([](Transaction& t) -> Result<void> {
      auto rows = TRY(t.pour(kKinds));
      for (int64_t n = 0; n < 500; ++n) {
        rows->integer(n);
        for (int c = 1; c < 5; ++c) rows->null();
        rows->text(std::string(500, 'x'));
        rows->null();
        TRY(rows->end_row());
      }
      return rows->finish();
    });
  };
  expect_ok(pragma("fill_disk"));
  auto full = pour();
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, Code::unavailable);
  EXPECT_NE(full.error().message.find("the disk is full"), std::string::npos) << full.error().message;
  expect_ok(pragma("free_disk"));
  expect_ok(pour());
}

TEST_P(SqliteStoreTest, RefusesFilesThatAreNoStore) {
  auto opened_with = [&](std::string_view bytes) {
    StoreOptions other = options();
    other.directory = dir_ / "other";
    EXPECT_TRUE(system_files().remove_all(other.directory));
    EXPECT_TRUE(system_files().make_directory(other.directory));
    EXPECT_TRUE(system_files().write(other.directory + "/cairn.db", bytes));
    auto store = Store::open(world_, other);
    return store ? std::string("opened") : store.error().message;
  };
  EXPECT_NE(opened_with(std::string(10'000, 'z')).find("is not a database"), std::string::npos);
  EXPECT_EQ(opened_with(""), "opened");
}

TEST_P(SqliteStoreTest, CheckpointsBesideTheWriter) {
  for (int round = 0; round < 40; ++round)
    expect_ok(write([&](Transaction& t) -> Result<void> {
      auto rows = TRY(t.pour(kKinds));
      for (int64_t n = 0; n < 400; ++n) {
        rows->integer(n);
        for (int c = 1; c < 5; ++c) rows->null();
        rows->text(std::string(9'000, 'x'));
        rows->null();
        TRY(rows->end_row());
      }
      return rows->finish();
    }));
  auto log_bytes = system_files().open(dir_ / "data/cairn.db-wal", Open::read).value()->size().value();
  EXPECT_LT(log_bytes, 110u << 20) << "it began anew somewhere in the 190 MB that were written";
  EXPECT_GT(store_->figures().checkpoints, 0u);
  reopen();
  EXPECT_EQ(store_->verify().value(), std::vector<std::string>{});
}

TEST_P(SqliteStoreTest, GoesOnWithTheLogOfAKilledProcess) {
  for (int i = 1; i <= 5; ++i) expect_ok(add(i, fmt::format("thing {}", i)));
  StoreOptions other = options();
  other.directory = dir_ / "killed";
  ASSERT_TRUE(system_files().make_directory(other.directory));
  std::string log;
  for (std::string name : {"cairn.db", "cairn.db-wal"}) {  // as they are while it runs
    log = system_files().read(dir_ / ("data/" + name)).value();
    expect_ok(system_files().write(join_path(other.directory, name), log));
  }
  ASSERT_FALSE(log.empty());
  reopen(other);
  EXPECT_EQ(system_files().read(dir_ / "killed/cairn.db-wal").value(), log) << "written over with the same";
  EXPECT_EQ(count(), 5);
  expect_ok(add(6, "after it"));
  EXPECT_EQ(store_->verify().value(), std::vector<std::string>{});
}

INSTANTIATE_TEST_SUITE_P(Drivers, SqliteStoreTest, testing::Values(Driver::sqlite),
                         [](const auto&) { return "sqlite"; });

class PostgresStoreTest : public StoreTest {};

TEST_P(PostgresStoreTest, GoesOnAfterTheServerWasLost) {
  expect_ok(add(1, "one"));
  auto lost = write([](Transaction& t) -> Result<void> {
    TRY(add(t, 2, "lost with its transaction"));
    TRY(t.each("lose_server", {}, [](const Row&) { return true; }));
    return {};
  });
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, Code::unavailable) << lost.error().message;
  expect_ok(add(3, "three"));
  EXPECT_EQ(count(), 2);

  auto lost_read = store_->read([](Session& s) { return s.each("lose_server", {}, [](const Row&) { return true; }); });
  EXPECT_EQ(lost_read.error().code, Code::unavailable);
  EXPECT_EQ(count(), 2);
}

TEST_P(PostgresStoreTest, DoesNotNoticeAServerThatWasAwayMeanwhile) {
  expect_ok(add(1, "one"));
  for (int i = 0; i < 2; ++i) {
    expect_ok(store_->read([](Session& s) { return s.each("lose_others", {}, [](const Row&) { return true; }); }));
    expect_ok(add(2 + i, fmt::format("thing {}", i)));
    EXPECT_EQ(count(), 2 + i);
  }
}

TEST_P(PostgresStoreTest, AServerThatOnlyReadsIsNotTheStoreUntilItWrites) {
  expect_ok(add(1, "one"));
  EXPECT_EQ(count(), 1);  // by a session of before
  // New sessions are as those of a standby that took the name over.
  auto set = [this](const char* value) {
    std::unique_ptr<PGconn, decltype(&PQfinish)> link(PQconnectdb(url_.c_str()), PQfinish);
    for (std::string sql : {std::string("SET default_transaction_read_only = off"),
                            fmt::format("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET "
                                        "default_transaction_read_only = {}', current_database()); END $$",
                                        value)}) {
      std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(link.get(), sql.c_str()), PQclear);
      EXPECT_EQ(PQresultStatus(result.get()), PGRES_COMMAND_OK) << PQerrorMessage(link.get());
    }
  };
  set("on");
  expect_ok(store_->read([](Session& s) { return s.each("lose_others", {}, [](const Row&) { return true; }); }));
  for (int i = 0; i < 3; ++i) {
    auto refused = add(2, "two");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::unavailable) << refused.error().message;
  }
  set("off");
  Result<void> added;
  for (int tries = 0; tries < 200; ++tries) {
    added = add(2, "two");
    if (added) break;
    system_executor().make_signal()->wait_for(milliseconds(50));
  }
  expect_ok(added);
}

TEST_P(PostgresStoreTest, ALostServerTakesNoGoodClosureWithIt) {
  std::atomic<int> good{0}, bad{0};
  {
    Block block(*store_);
    for (int i = 1; i <= 9; ++i)
      expect_ok(store_->write(
          Lane::people,
          [i](Transaction& t) -> Result<void> {
            TRY(add(t, i, fmt::format("thing {}", i)));
            if (i == 5) TRY(t.each("lose_server", {}, [](const Row&) { return true; }));
            return {};
          },
          [&](const Result<void>& result) { ++(result ? good : bad); }));
  }
  expect_ok(write([](Transaction&) { return Result<void>{}; }));
  EXPECT_EQ(good, 8);
  EXPECT_EQ(bad, 1);
  EXPECT_EQ(count(), 8);
}

TEST_P(PostgresStoreTest, ACommitThatWasCutOffIsAnsweredByTheServersWord) {
  for (int i = 1; i <= 5; ++i) {
    int64_t before = count();
    auto answer = write([&](Transaction& t) -> Result<void> {
      TRY(add(t, i, fmt::format("thing {}", i)));
      // Another session ends this one just as its commit is about to be sent.
      return store_->read([](Session& s) { return s.each("lose_others", {}, [](const Row&) { return true; }); });
    });
    EXPECT_EQ(count(), before + (answer ? 1 : 0)) << i;
    if (!answer) {
      EXPECT_EQ(answer.error().code, Code::unavailable);
    }
  }
  expect_ok(add(6, "six"));
}

TEST_P(PostgresStoreTest, APourIntoALostServerFails) {
  auto lost = write([](Transaction& t) -> Result<void> {
    TRY(t.each("lose_server", {}, [](const Row&) { return true; }));
    return {};
  });
  EXPECT_FALSE(lost);
  auto poured = write([&](Transaction& t) -> Result<void> {
    auto rows = TRY(t.pour(kKinds));
    expect_ok(store_->read([](Session& s) { return s.each("lose_others", {}, [](const Row&) { return true; }); }));
    for (int64_t n = 0; n < 20'000; ++n) {
      rows->integer(n);
      for (int c = 1; c < 5; ++c) rows->null();
      rows->text(std::string(100, 'x'));
      rows->null();
      TRY(rows->end_row());
    }
    return rows->finish();
  });
  ASSERT_FALSE(poured);
  EXPECT_EQ(poured.error().code, Code::unavailable) << poured.error().message;
  expect_ok(add(1, "one"));
}

TEST_P(PostgresStoreTest, ABackupIsTheServersBusiness) {
  auto refused = store_->backup(dir_ / "copy");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("pg_dump"), std::string::npos);
}

TEST_P(PostgresStoreTest, SaysWhatIsWrongWithAUrlWithoutThePassword) {
  auto message = [&](std::string url) {
    StoreOptions other = options();
    other.directory = dir_ / "other";
    other.url = std::move(url);
    auto store = Store::open(world_, other);
    std::string text = store ? "opened" : store.error().message + store.error().detail;
    EXPECT_EQ(text.find("s3cret"), std::string::npos) << text;
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
    return text;
  };
  EXPECT_NE(message("postgres://u:s3cret@127.0.0.1:1/x").find("127.0.0.1:1: Connection refused"), std::string::npos);
  EXPECT_NE(message("postgres://u:s3cret@127.0.0.1:port/x").find("127.0.0.1:port"), std::string::npos);
  EXPECT_NE(message("postgres://u:s3cret@[::1/x").find("the store's URL cannot be read"), std::string::npos);
  EXPECT_NE(message("mysql://u:s3cret@127.0.0.1/x").find("the store's URL cannot be read"), std::string::npos);
  std::string missing = url_.substr(0, url_.rfind('/')) + "/not_there";
  EXPECT_NE(message(missing).find("make it with createdb"), std::string::npos) << message(missing);
}

/// Tables keyed by themselves, because what they hold must be unique across customers.
constexpr std::string_view kKeyedByThemselves[] = {
    "identifiers",  // an identifier belongs to one customer: the row is the claim
};

TEST_P(PostgresStoreTest, ACustomersTableHasTheShardInItsKey) {
  expect_ok(store_->read([&](Session& s) -> Result<void> {
    auto tables = TRY(s.all("unsharded", {}, [](const Row& row) { return *row.find_text(0); }));
    for (const std::string& table : tables)
      EXPECT_NE(std::find(std::begin(kKeyedByThemselves), std::end(kKeyedByThemselves), table),
                std::end(kKeyedByThemselves))
          << table << " has a customer but no shard in its primary key";
    EXPECT_EQ(tables.size(), std::size(kKeyedByThemselves));
    return {};
  }));
}

INSTANTIATE_TEST_SUITE_P(Drivers, PostgresStoreTest, testing::Values(Driver::postgres),
                         [](const auto&) { return "postgres"; });

}  // namespace
}  // namespace cairn::db

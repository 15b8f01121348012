// A store of either database with a small schema of its own, for the tests of db.
#pragma once
#include <gtest/gtest.h>

#include "db/store.h"
#include "support/postgres.h"
#include "support/temp_dir.h"

namespace cairn::db {

inline constexpr const char* kSchema = R"(
CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT UNIQUE, size BIGINT);
-- [sqlite]
CREATE TABLE kinds (n BIGINT NOT NULL, small BIGINT, medium BIGINT, large BIGINT, share REAL, words TEXT, raw BLOB);
-- [postgres]
CREATE TABLE kinds (n BIGINT NOT NULL, small SMALLINT, medium INTEGER, large BIGINT, share DOUBLE PRECISION,
                    words TEXT, raw BYTEA);
DO $$ BEGIN PERFORM 1; END $$;
-- [end]
)";

inline constexpr const char* kQueries = R"(
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

inline constexpr BulkColumn kKindColumns[] = {{"n", ColumnType::int64},      {"small", ColumnType::int16},
                                              {"medium", ColumnType::int32}, {"large", ColumnType::int64},
                                              {"share", ColumnType::real},   {"words", ColumnType::text},
                                              {"raw", ColumnType::bytes}};
inline constexpr BulkTable kKinds{"kinds", kKindColumns};

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

inline void expect_ok(const Result<void>& result) {
  EXPECT_TRUE(result) << result.error().message << " / " << result.error().detail;
}

}  // namespace cairn::db

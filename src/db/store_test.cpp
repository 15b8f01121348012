// One suite on SQLite and on PostgreSQL: what the store promises is the same on both.
#include <atomic>
#include <limits>

#include "support/store_suite.h"

namespace cairn::db {
namespace {

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

}  // namespace
}  // namespace cairn::db

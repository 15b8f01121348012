// What PostgreSQL alone has to show: a server that is lost, comes back, or only reads.
#include <libpq-fe.h>

#include <atomic>

#include "support/store_suite.h"

namespace cairn::db {
namespace {

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

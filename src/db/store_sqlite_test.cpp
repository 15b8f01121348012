// What SQLite alone has to show: its file, its log, a full disk.
#include "support/store_suite.h"

namespace cairn::db {
namespace {

class SqliteStoreTest : public StoreTest {
 protected:
  /// 400 rows with a text of so many bytes.
  Result<void> pour_bytes(size_t each) {
    return write([=](Transaction& t) -> Result<void> {
      auto rows = TRY(t.pour(kKinds));
      for (int64_t n = 0; n < 400; ++n) {
        rows->integer(n);
        for (int c = 1; c < 5; ++c) rows->null();
        rows->text(std::string(each, 'x'));
        rows->null();
        TRY(rows->end_row());
      }
      return rows->finish();
    });
  }
  uint64_t size_of(const std::string& name) const {
    return system_files().open(dir_ / ("data/" + name), Open::read).value()->size().value();
  }
};

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

TEST_P(SqliteStoreTest, ItsLogBeginsAnewWhileItWrites) {
  for (int round = 0; round < 40; ++round) expect_ok(pour_bytes(9'000));
  auto log_bytes = size_of("cairn.db-wal");
  EXPECT_LT(log_bytes, 110u << 20) << "it began anew somewhere in the 190 MB that were written";
  EXPECT_GT(store_->figures().checkpoints, 0u);
  reopen();
  EXPECT_EQ(store_->verify().value(), std::vector<std::string>{});
}

TEST_P(SqliteStoreTest, CheckpointsBesideTheWriter) {
  // Enough for one, and less than makes the writer help.
  for (int round = 0; round < 10; ++round) expect_ok(pour_bytes(5'000));
  auto in_time = system_clock().elapsed() + seconds(20);
  while (size_of("cairn.db") < 10u << 20 && system_clock().elapsed() < in_time)
    (void)system_executor().make_signal()->wait_for(milliseconds(10));
  EXPECT_GE(size_of("cairn.db"), 10u << 20) << "of the 24 MB that were written";
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

}  // namespace
}  // namespace cairn::db

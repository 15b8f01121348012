// A store with the whole schema, for suites that hold on SQLite and on PostgreSQL:
//
//     class LogTest : public test::OnStores {};
//     CAIRN_ON_STORES(LogTest);
//     TEST_P(LogTest, keeps_once) { … store() … }
#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/world.h"
#include "db/store.h"
#include "support/postgres.h"
#include "support/temp_dir.h"

namespace cairn::test {

class OnStores : public testing::TestWithParam<db::Driver> {
 protected:
  void SetUp() override {
    if (GetParam() == db::Driver::postgres) {
      auto url = fresh_postgres();
      if (!url) GTEST_SKIP() << "PostgreSQL is not installed";
      url_ = *url;
    }
    open_store();
  }
  void open_store() {
    store_.reset();
    db::StoreOptions options;
    options.directory = dir_.path();
    options.url = url_;
    auto opened = db::Store::open(world_, options);
    ASSERT_TRUE(opened) << opened.error().message << " " << opened.error().detail;
    store_ = std::move(*opened);
  }
  db::Store& store() { return *store_; }
  const std::string& directory() const { return dir_.path(); }
  const std::string& store_url() const { return url_; }
  void write(const db::Store::Work& work) {
    auto done = store().write_now(db::Lane::people, work);
    ASSERT_TRUE(done) << done.error().message << " " << done.error().detail;
  }

  FakeClock clock_{Time{1'700'000'000'000'000}};
  World world_{clock_, system_entropy(), system_executor(), system_files()};
  TempDir dir_;
  std::string url_;
  std::unique_ptr<db::Store> store_;
};

}  // namespace cairn::test

#define CAIRN_ON_STORES(suite)                                                                    \
  INSTANTIATE_TEST_SUITE_P(                                                                       \
      stores, suite, testing::Values(::cairn::db::Driver::sqlite, ::cairn::db::Driver::postgres), \
      [](const auto& store) { return store.param == ::cairn::db::Driver::sqlite ? "sqlite" : "postgres"; })

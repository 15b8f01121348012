#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "db/sqlite/wipe.h"
#include "db/store.h"
#include "support/bytes.h"
#include "support/temp_dir.h"

namespace cairn::db {
namespace {

constexpr const char* kSchema = "CREATE TABLE names (name TEXT PRIMARY KEY, place TEXT NOT NULL)";
constexpr const char* kQueries = R"(
-- name: put
INSERT INTO names (name, place) VALUES (:name, :place)
-- name: drop
DELETE FROM names WHERE name = :name
-- name: count
SELECT COUNT(*) FROM names
)";

std::string name_of(uint64_t number) { return fmt::format("name-{:016x}", number); }

TEST(Wipe, takes_what_was_deleted_out_of_the_files) {
  test::TempDir dir;
  World world = system_world();
  StoreOptions options;
  options.directory = dir.path();
  options.extra_schema = kSchema;
  options.extra_queries = kQueries;
  auto store = Store::open(world, options).value();
  Random random(3);
  std::vector<std::string> names;
  for (int i = 0; i < 4000; ++i) names.push_back(name_of(random.next()));
  for (size_t begin = 0; begin < names.size(); begin += 400)
    ASSERT_TRUE(store->write_now(Lane::people, [&](Transaction& tx) -> Result<void> {
      for (size_t i = begin; i < begin + 400; ++i) TRY(tx.run("put", {{"name", names[i]}, {"place", "x"}}));
      return {};
    }));
  ASSERT_TRUE(store->wipe());
  std::vector<std::string> gone;
  for (size_t i = 0; i < names.size(); i += 40) gone.push_back(names[i]);
  ASSERT_TRUE(store->write_now(Lane::people, [&](Transaction& tx) -> Result<void> {
    for (const std::string& name : gone) TRY(tx.run("drop", {{"name", name}}));
    return {};
  }));
  for (const std::string& name : gone)
    ASSERT_THAT(test::files_with(dir.path(), name), testing::Not(testing::IsEmpty()));
  auto wiped = store->wipe();
  ASSERT_TRUE(wiped) << wiped.error().message;
  for (const std::string& name : gone) EXPECT_THAT(test::files_with(dir.path(), name), testing::IsEmpty()) << name;
  EXPECT_THAT(store->verify().value(), testing::IsEmpty());
  EXPECT_EQ(store->wipe().value(), 0u);
  store.reset();
  store = Store::open(world, options).value();
  int64_t count = 0;
  ASSERT_TRUE(store->read([&](Session& session) -> Result<void> {
    count = TRY(session.first("count", {}, [](const Row& row) { return row.integer(0); })).value_or(0);
    return {};
  }));
  EXPECT_EQ(count, 3900);
}

TEST(Wipe, knows_the_unused_middle_of_a_page) {
  std::string page(512, 'x');
  page[0] = 13;  // a leaf of a table
  page[3] = 0, page[4] = 2;
  page[5] = 1, page[6] = 0;  // cells begin at 256
  EXPECT_EQ(unused_of(page, false).begin, 12u);
  EXPECT_EQ(unused_of(page, false).end, 256u);
  page[0] = 5;
  EXPECT_EQ(unused_of(page, false).begin, 16u);
  page[0] = 0;  // the rest of a long row
  EXPECT_EQ(unused_of(page, false).end, 0u);
  page[0] = 13, page[5] = 3;  // behind the page's end: damaged
  EXPECT_EQ(unused_of(page, false).end, 0u);
}

}  // namespace
}  // namespace cairn::db

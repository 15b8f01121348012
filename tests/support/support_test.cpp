#include <gtest/gtest.h>
#include <libpq-fe.h>

#include "support/postgres.h"
#include "support/temp_dir.h"

namespace cairn::test {
namespace {

TEST(TempDir, IsThereAndGoes) {
  std::string path;
  {
    TempDir dir;
    path = dir.path();
    ASSERT_TRUE(system_files().write(dir / "file", "x"));
    ASSERT_TRUE(system_files().make_directory(dir / "a/b"));
  }
  EXPECT_FALSE(system_files().exists(path));
}

TEST(Postgres, EveryDatabaseIsFreshAndEmpty) {
  auto first = fresh_postgres();
  if (!first) GTEST_SKIP() << "PostgreSQL is not installed";
  auto second = fresh_postgres();
  ASSERT_TRUE(second);
  EXPECT_NE(*first, *second);
  for (const std::string& url : {*first, *second}) {
    PGconn* connection = PQconnectdb(url.c_str());
    ASSERT_EQ(PQstatus(connection), CONNECTION_OK) << PQerrorMessage(connection);
    PGresult* made = PQexec(connection, "CREATE TABLE t (x BIGINT)");
    EXPECT_EQ(PQresultStatus(made), PGRES_COMMAND_OK) << PQerrorMessage(connection);
    PQclear(made);
    PQfinish(connection);
  }
}

}  // namespace
}  // namespace cairn::test

#include "db/queries.h"

#include <gtest/gtest.h>

#include "db/migrations.h"
#include "db/sql.h"

namespace cairn::db {
namespace {

using Names = std::vector<std::string>;

std::string numbered(std::string_view sql, Placeholder style = Placeholder::dollar) {
  auto out = number_parameters(sql, style);
  return out ? out->text : "error: " + out.error().message;
}

TEST(Sql, NumbersParametersByFirstAppearance) {
  auto sql = number_parameters("SELECT :b, :a, :b_2, :b", Placeholder::dollar);
  ASSERT_TRUE(sql);
  EXPECT_EQ(sql->text, "SELECT $1, $2, $3, $1");
  EXPECT_EQ(sql->parameters, (Names{"b", "a", "b_2"}));
  EXPECT_EQ(numbered("SELECT :b+:a", Placeholder::question), "SELECT ?1+?2");
}

TEST(Sql, LeavesQuotesCastsAndBodiesAlone) {
  for (std::string_view same : {"SELECT ':a', 'it''s :a'", "SELECT \":a\"", "SELECT 1::bigint", "SELECT $$ :a ; ' $$",
                                "SELECT $tag$ $$ :a $tag$", "SELECT E'\\' :a'", "SELECT x[1:2]", "SELECT 'E' , ':a'"})
    EXPECT_EQ(numbered(same), same);
  EXPECT_EQ(numbered("SELECT :a::text"), "SELECT $1::text");
  EXPECT_EQ(numbered("SELECT 'E':a"), "SELECT 'E'$1");
  EXPECT_EQ(numbered("SELECT :E'\\' :a"), "SELECT $1'\\' $2");
  EXPECT_EQ(numbered("SELECT 1 -- not :a; 'nor this\n, :b"), "SELECT 1  \n, $1");
  EXPECT_EQ(numbered("SELECT/* :a ; */1"), "SELECT 1");
}

TEST(Sql, WantsOneWholeStatement) {
  EXPECT_EQ(numbered("SELECT 1 ;\n -- done\n"), "SELECT 1 \n  \n");
  EXPECT_NE(numbered("SELECT 1; SELECT 2").find("one statement"), std::string::npos);
  EXPECT_NE(numbered(" -- nothing\n").find("empty"), std::string::npos);
  for (std::string_view open : {"SELECT 'a", "SELECT \"a", "SELECT /* a", "SELECT $$ a", "SELECT 'a''"})
    EXPECT_NE(numbered(open).find("never closed"), std::string::npos) << open;
}

constexpr std::string_view kFile = R"(-- Queries of a module.

-- name: find_a
-- The reason.
SELECT :x;

-- name: find_b
SELECT 1;
-- name: find_b [postgres]
SELECT 2;
-- name: only [sqlite]
SELECT 3
)";

TEST(Queries, ChoosesTheVariantOfTheDriver) {
  for (Driver driver : {Driver::sqlite, Driver::postgres}) {
    QuerySet queries(driver);
    auto added = queries.add("m.", "m/queries.sql", kFile);
    ASSERT_TRUE(added) << added.error().message;
    EXPECT_EQ(queries.get("m.find_a").parameters, Names{"x"});
    EXPECT_NE(queries.get("m.find_b").sql.find(driver == Driver::sqlite ? "SELECT 1" : "SELECT 2"), std::string::npos);
    EXPECT_EQ(queries.all().size(), driver == Driver::sqlite ? 3u : 2u);
    for (size_t i = 0; i < queries.all().size(); ++i) EXPECT_EQ(queries.all()[i].index, i);
  }
}

TEST(Queries, SaysWhatIsWrongWithAFile) {
  auto message = [](std::string_view text) {
    QuerySet queries(Driver::sqlite);
    auto added = queries.add("m.", "m/queries.sql", text);
    return added ? "" : added.error().message;
  };
  EXPECT_NE(message("SELECT 1;").find("m/queries.sql: SQL before the first"), std::string::npos);
  EXPECT_NE(message("-- name: a\nSELECT 1;\n-- name: a\nSELECT 2;").find("a is there twice"), std::string::npos);
  EXPECT_NE(message("-- name: a\n-- name: b\nSELECT 2;").find("m/queries.sql: a: the query is empty"),
            std::string::npos);
  EXPECT_NE(message("-- name: a [mysql]\nSELECT 1;").find("is not '-- name: some_query'"), std::string::npos);
  EXPECT_NE(message("-- name: A b\nSELECT 1;").find("is not '-- name: some_query'"), std::string::npos);
  QuerySet twice(Driver::sqlite);
  ASSERT_TRUE(twice.add("m.", "one", "-- name: a\nSELECT 1"));
  EXPECT_FALSE(twice.add("m.", "two", "-- name: a\nSELECT 1"));
}

TEST(Migrations, TakeTheDialectOfTheDriver) {
  constexpr std::string_view text = "a\n-- [sqlite]\nb\n-- [postgres]\nc\n-- [end]\nd";
  EXPECT_EQ(select_dialect(text, Driver::sqlite).value(), "a\nb\nd\n");
  EXPECT_EQ(select_dialect(text, Driver::postgres).value(), "a\nc\nd\n");
  EXPECT_FALSE(select_dialect("-- [sqlite]\nb", Driver::sqlite));
  EXPECT_FALSE(select_dialect("b\n-- [end]\n", Driver::sqlite));
}

TEST(Migrations, AreNumberedAndInOrder) {
  for (Driver driver : {Driver::sqlite, Driver::postgres}) {
    auto loaded = load_migrations(sql_resources(), driver, "");
    ASSERT_TRUE(loaded) << loaded.error().message;
    ASSERT_FALSE(loaded->empty());
    EXPECT_EQ(loaded->front().name, "0001_log");
    for (size_t i = 0; i < loaded->size(); ++i) EXPECT_EQ((*loaded)[i].number, static_cast<int64_t>(i) + 1);
  }
}

}  // namespace
}  // namespace cairn::db

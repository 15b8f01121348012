#include "query/parser.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "query/limits.h"
#include "query/printer.h"

namespace cairn::query {
namespace {

/// What the text is printed as, or what is wrong with it.
std::string canonical(std::string_view text) {
  Parsed parsed = parse(text);
  return parsed ? print(*parsed) : describe(parsed.error().front(), text);
}

struct Case {
  std::string_view text;
  std::string_view canonical;
};

class Canonical : public testing::TestWithParam<Case> {};

TEST_P(Canonical, IsPrintedAndReadBack) {
  auto [text, expected] = GetParam();
  EXPECT_EQ(canonical(text), expected);
  Parsed first = parse(text);
  ASSERT_TRUE(first);
  Parsed again = parse(expected);
  ASSERT_TRUE(again) << expected;
  EXPECT_TRUE(same(*first, *again));
}

constexpr Case kExpressions[] = {
    // Brackets only where they mean something.
    {"a.b or(a.c and a.d)", "a.b or a.c and a.d"},
    {"(a.b or a.c) and a.d", "(a.b or a.c) and a.d"},
    {"(a.b and a.c) and (a.d)", "a.b and a.c and a.d"},
    {"not(x = 1)", "not x = 1"},
    {"not(x = 1 or y = 2)", "not (x = 1 or y = 2)"},
    {"not not x", "not not x"},
    {"(not x) = 1", "(not x) = 1"},
    {"1-(2-3)-4", "1 - (2 - 3) - 4"},
    {"(1-2)-3", "1 - 2 - 3"},
    {"2*(3+4)/5", "2 * (3 + 4) / 5"},
    {"2/(3*4)", "2 / (3 * 4)"},
    {"(1+2) > (3)", "1 + 2 > 3"},
    {"(a.b = 1) = (a.c = 2)", "(a.b = 1) = (a.c = 2)"},
    {"(a.b in (1)) is known", "(a.b in (1)) is known"},
    // A minus before a literal belongs to it.
    {"- 5", "-5"},
    {"- - 5", "5"},
    {"-(5)", "-5"},
    {"3 - -5", "3 - -5"},
    {"-x * -2 EUR", "-x * -2 EUR"},
    {"--x", "--x"},
    {"-(x + 1)", "-(x + 1)"},
    {"-0", "0"},
    // Literals.
    {"1.50", "1.5"},
    {"1e3", "1000"},
    {"1e20", "1e+20"},
    {"1.5e-9", "1.5e-09"},
    {"0.1", "0.1"},
    {"123456789012345", "123456789012345"},
    {"500EUR", "500 EUR"},
    {"541.5 EUR", "541.50 EUR"},
    {"500 JPY", "500 JPY"},
    {"-0.99 EUR", "-0.99 EUR"},
    {"24 hours", "1 day"},
    {"1 week", "7 days"},
    {"1.5 days", "36 hours"},
    {"90minutes", "90 minutes"},
    {"500 milliseconds", "0.5 seconds"},
    {"1 microsecond", "0.000001 seconds"},
    {"-2 days", "-2 days"},
    {"2026-01-01", "2026-01-01"},
    {"2026-01-01T00:00", "2026-01-01"},
    {"2026-01-01T10:30", "2026-01-01T10:30:00"},
    {"2026-01-01T10:30:00.5Z", "2026-01-01T10:30:00.500000Z"},
    {"2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"},
    {"2026-01-01T10:30:00+02:00", "2026-01-01T08:30:00Z"},
    {"2026 - 1 - 1", "2026 - 1 - 1"},
    {R"("a\"b\\c\n\u00e9\u0001")", "\"a\\\"b\\\\c\\né\\u0001\""},
    {"true and false", "true and false"},
    // Names.
    {"customer.`first name`", "customer.`first name`"},
    {"`in`.`a``b`", "`in`.`a``b`"},
    {"customer . country", "customer.country"},
    {"`plain`", "plain"},
    // Aggregates, windows.
    {"count( orders )", "count(orders)"},
    {"sum(orders.total where status!=\"cancelled\" last 365 days)>=500 EUR",
     "sum(orders.total where status != \"cancelled\" last 365 days) >= 500 EUR"},
    {"count(orders since 2026-01-01)", "count(orders since 2026-01-01)"},
    {"count(orders where a = 1 and b = 2 between 2026-01-01 and 2026-02-01)",
     "count(orders where a = 1 and b = 2 between 2026-01-01 and 2026-02-01)"},
    {"count(orders before now()-30 days)", "count(orders before now() - 30 days)"},
    {"count(orders where x > 90 days last 1 hour)", "count(orders where x > 90 days last 1 hour)"},
    {"count(orders today)", "count(orders today)"},
    {"count(orders this  week)", "count(orders this week)"},
    {"last(orders.total this year)", "last(orders.total this year)"},
    {"count(order_cancelled where by = \"shop\" and last = 3 and on is known)",
     "count(order_cancelled where by = \"shop\" and last = 3 and on is known)"},
    {"count(x where month = 1)", "count(x where `month` = 1)"},
    {"order_completed.products.category contains \"tea\"", "order_completed.products.category contains \"tea\""},
    // Sequences.
    {"sequence(a then b where x=1 then c within 7 days on order_id last 30 days)",
     "sequence(a then b where x = 1 then c within 7 days on order_id last 30 days)"},
    {"sequence(a then b on order_id within 7 days).duration > 1 hour",
     "sequence(a then b within 7 days on order_id).duration > 1 hour"},
    // Functions.
    {"if(a.b,1,2)", "if(a.b, 1, 2)"},
    {"round ( 2.5 )", "round(2.5)"},
    {"hour()", "hour()"},
    {"segment(\"vip\")", "segment(\"vip\")"},
    {"not exists(tickets where status = \"open\")\n  and customer.country in (\"FR\",\"BE\")",
     "not exists(tickets where status = \"open\") and customer.country in (\"FR\", \"BE\")"},
};
INSTANTIATE_TEST_SUITE_P(Expressions, Canonical, testing::ValuesIn(kExpressions));

constexpr Case kQuestions[] = {
    {"select(exists(orders)) as of 2026-01-01", "select(exists(orders)) as of 2026-01-01"},
    {"select(exists(orders)) as known at now() - 1 day", "select(exists(orders)) as known at now() - 1 day"},
    {"values(count(orders),days_since(orders)) as of 2026-01-01 for exists(orders)",
     "values(count(orders), days_since(orders)) for exists(orders) as of 2026-01-01"},
    {"series(count(orders))", "series(count(orders))"},
    {"series(sum(orders.total where a = 1) by month,channel, customer.country,segment(\"x\")) last 90 days",
     "series(sum(orders.total where a = 1) by month, channel, customer.country, segment(\"x\")) last 90 days"},
    {"series(count(orders) by `month`, hour(occurred_at), (a = 1))",
     "series(count(orders) by `month`, hour(occurred_at), (a = 1))"},
    {"series(quantile(orders.total, 0.9 where x) by week)", "series(quantile(orders.total, 0.9 where x) by week)"},
    {"series(share(orders, a <= b where c))", "series(share(orders, a <= b where c))"},
    {"funnel(a where x then b then c within 7 days on order_id by channel) for segment(\"x\") this month",
     "funnel(a where x then b then c within 7 days on order_id by channel) for segment(\"x\") this month"},
    {"retention(a then b every 4 weeks by month)", "retention(a then b every 28 days by month)"},
    {"paths(to a where x depth 3 within 1 day)", "paths(to a where x depth 3 within 1 day)"},
    {"paths(from a)", "paths(from a depth 5)"},
    {"transitions() between 2026-01-01 and 2026-02-01 for exists(a)",
     "transitions() for exists(a) between 2026-01-01 and 2026-02-01"},
};
INSTANTIATE_TEST_SUITE_P(Questions, Canonical, testing::ValuesIn(kQuestions));

class Wrong : public testing::TestWithParam<Case> {};

TEST_P(Wrong, SaysWhereAndWhatToWrite) { EXPECT_EQ(canonical(GetParam().text), GetParam().canonical); }

constexpr Case kWrong[] = {
    {"", "col 1: expected a value, but the text ends"},
    {"1 +", "col 4: expected a value, but the text ends"},
    {"count(orders", "col 13: expected ')', but the text ends (count( is open; close it with ')')"},
    {"1 2", "col 3: expected an operator or the end, found '2'"},
    {"a.b AND a.c", "col 5: expected an operator or the end, found 'AND'. Did you mean 'and'?"},
    {"a.b = 1 adn a.c = 2", "col 9: expected an operator or the end, found 'adn'. Did you mean 'and'?"},
    {"a.b == 1", "col 5: '==' is not a sign of this language. Did you mean '='?"},
    {"a.b => 1", "col 5: '=>' is not a sign of this language. Did you mean '>='?"},
    {"a.b <> 1", "col 5: '<>' is not a sign of this language. Did you mean '!='?"},
    {"!a.b", "col 1: '!' is not a sign of this language. Did you mean 'not'?"},
    {"a.b = 'x'", "col 7: ''' is not a sign of this language. Did you mean '\"'?"},
    {"a.b = “x”", "col 7: '“' is not a sign of this language. Did you mean '\"'?"},
    {"é = 1", "col 1: 'é' cannot stand here; put text in double quotes, and a name with such signs in `backticks`"},
    {"\"été\" = é",
     "col 9: 'é' cannot stand here; put text in double quotes, and a name with such signs in `backticks`"},
    {"a.b = \"x", "col 7: this text has no end; close it with \""},
    {"\"\\q\"", "col 2: after \\ comes one of \" \\ n t r, or u and four hexadecimal digits; write \\\\ for one \\"},
    {"\"\\ud800\"",
     "col 2: after \\ comes one of \" \\ n t r, or u and four hexadecimal digits; write \\\\ for one \\"},
    {"`a", "col 1: this name has no end; close it with `"},
    {"1 < 2 < 3", "col 7: comparisons do not chain; join two of them with 'and'"},
    {"a.b not in (1)", "col 5: write 'not' before the value: not a in (…)"},
    {"a.b is not known", "col 8: write 'is unknown'"},
    {"a.b is null", "col 8: after 'is' comes 'known' or 'unknown'"},
    {"a.b = unknown", "col 7: 'unknown' is no value; ask 'is unknown'"},
    {"a.b in 5", "col 8: expected '(', found '5' (after 'in' comes a list: in (\"a\", \"b\"))"},
    {"(1, 2)", "col 3: a list stands only after 'in'"},
    {"cuont(orders)", "col 1: there is no function 'cuont'. Did you mean 'count'?"},
    {"nps(a.b)", "col 1: nps(…) stands only directly in series(…)"},
    {"1 + select(true)", "col 5: select(…) is a question of its own, and cannot stand in an expression"},
    {"count(orders last days)", "col 19: expected a duration like 90 days, found 'days'"},
    {"count(orders last 3)", "col 19: a duration above 0 is needed here, like 90 days"},
    {"count(orders last 0 days)", "col 19: a duration above 0 is needed here, like 90 days"},
    {"count(orders last 3 months)", "col 21: a months has no fixed length; write days, or a window like 'this month'"},
    {"count(orders last 3 days where x)", "col 26: 'where' comes before the window"},
    {"count(orders between 2026-01-01)",
     "col 32: expected 'and', found ')' (between has two ends: between 2026-01-01 and 2026-02-01)"},
    {"2026-13-01", "col 1: '2026-13-01' is not a time; write it like 2026-03-29T14:05:00Z or 2026-03-29 14:05:00"},
    {"5.123 EUR", "col 1: EUR has 2 decimals"},
    {"5 XXX", "col 3: 'XXX' is not a currency; use an ISO 4217 code like EUR"},
    {"1e999", "col 1: this number is too large or too small"},
    {"0.0000001 seconds", "col 1: a duration is a plain number of whole microseconds, at most 106,751,991 days"},
    {"99999999999 days", "col 1: a duration is a plain number of whole microseconds, at most 106,751,991 days"},
    {"sequence(a)", "col 11: expected 'then' and the next event, found ')'"},
    {"sequence(a then b).total",
     "col 20: a sequence has .duration, .first_time and .last_time; without one of these it is its count"},
    {"segment(vip)", "col 9: expected the segment's name in double quotes, found 'vip'"},
    {"count(and)", "col 7: expected a name, found 'and'"},
    {"select(true) last 3 days", "col 14: select looks at customers at one moment; put the window into an aggregate"},
    {"select(true) for true", "col 14: select has its condition in the brackets; join both with 'and'"},
    {"retention(a then b)", "col 19: expected 'by month', or 'every 30 days', found ')'"},
    {"paths(a)", "col 7: expected 'from' or 'to', and a kind of event, found 'a'"},
    {"paths(from a depth 99)", "col 20: a path's depth is 1 to 20"},
    {"transitions() on x", "col 15: expected an operator or the end, found 'on'"},
    {"a.b = 1\n  and x y", "line 2, col 9: expected an operator or the end, found 'y'"},
    {"a.b = \xff", "col 1: a query is text in UTF-8"},
};
INSTANTIATE_TEST_SUITE_P(Texts, Wrong, testing::ValuesIn(kWrong));

TEST(Parser, SuggestsWhatCanReplaceTheSpan) {
  std::string text = "a.b AND a.c";
  Problem problem = parse(text).error().front();
  text.replace(problem.span.offset, problem.span.length, problem.suggestion);
  EXPECT_EQ(canonical(text), "a.b and a.c");
}

TEST(Parser, NodesKnowWhereTheyStand) {
  std::string_view text = "1 + count(orders where x = 2 last 3 days)";
  Query query = parse(text).value();
  const Node& aggregate = query.at(query.at(query.root()).children[1]);
  EXPECT_EQ(text.substr(aggregate.span.offset, aggregate.span.length), "count(orders where x = 2 last 3 days)");
  const Node& where = query.at(aggregate.where);
  EXPECT_EQ(text.substr(where.span.offset, where.span.length), "x = 2");
  const Node& window = query.at(aggregate.window);
  EXPECT_EQ(text.substr(window.span.offset, window.span.length), "last 3 days");
}

TEST(Parser, LimitsLengthDepthAndNodes) {
  EXPECT_EQ(canonical(std::string(kMaxQueryBytes + 1, ' ')),
            "col 1: a query has at most 20000 bytes; this one has 20001");
  auto nested = [](size_t n) { return std::string(n, '(') + "1" + std::string(n, ')'); };
  EXPECT_EQ(canonical(nested(kMaxDepth - 1)), "1");
  EXPECT_NE(canonical(nested(kMaxDepth)).find("nested deeper than 100"), std::string::npos);
  EXPECT_NE(canonical(std::string(9'000, '(')).find("nested deeper"), std::string::npos);
  std::string sum = "1", nots, minuses, list = "a.b in (1";
  for (int i = 0; i < 3'000; ++i) sum += "+1", nots += "not ", minuses += "- ";
  EXPECT_NE(canonical(sum).find("nested deeper"), std::string::npos);
  EXPECT_NE(canonical(nots + "x").find("nested deeper"), std::string::npos);
  EXPECT_NE(canonical(minuses + "x").find("nested deeper"), std::string::npos);
  for (size_t i = 0; i < kMaxNodes; ++i) list += ",1";
  EXPECT_NE(canonical(list + ")").find("a query has at most 4000 parts"), std::string::npos);
  std::string flat = "a.b";
  for (int i = 0; i < 1'500; ++i) flat += " and a.b";
  EXPECT_EQ(canonical(flat), flat) << "one level, however many";
}

TEST(Parser, AnExpressionIsNoQuestion) {
  EXPECT_TRUE(parse_expression("count(orders) > 1"));
  EXPECT_FALSE(parse_expression("select(true)"));
  EXPECT_TRUE(parse("select(true)")->question().has_value());
  EXPECT_FALSE(parse("true")->question().has_value());
}

/// Pieces of the language in any order: mostly wrong, now and then right; never a crash, and what is right is stable.
TEST(Parser, AnyTextIsReadOrRefused) {
  constexpr std::string_view kPieces[] = {
      "count(",    "orders", ")",        "(",          "1",       "2.5",     "500 EUR",   "90 days", "\"x\"",
      " and ",     " or ",   "not ",     " = ",        " < ",     " + ",     "-",         " * ",     "a.b",
      " where ",   " last ", " since ",  "2026-01-01", " in (",   ",",       " is known", "if(",     "now()",
      "sequence(", " then ", " within ", " on ",       "select(", "series(", " by ",      "month",   " for ",
      " as of ",   "true",   "`",        "\"",         "\\",      "é",       "e",         "."};
  Random random(7);
  int right = 0;
  for (int i = 0; i < 30'000; ++i) {
    std::string text;
    for (uint64_t n = 1 + random.below(10); n > 0; --n) text += kPieces[random.below(std::size(kPieces))];
    Parsed parsed = parse(text);
    if (!parsed) {
      const Problem& problem = parsed.error().front();
      ASSERT_FALSE(problem.message.empty());
      ASSERT_LE(size_t{problem.span.offset} + problem.span.length, text.size()) << text;
      continue;
    }
    ++right;
    std::string printed = print(*parsed);
    Parsed again = parse(printed);
    ASSERT_TRUE(again) << text << "\n" << printed;
    ASSERT_TRUE(same(*parsed, *again)) << text << "\n" << printed;
    ASSERT_EQ(print(*again), printed);
  }
  EXPECT_GT(right, 500);
}

}  // namespace
}  // namespace cairn::query

#include "app/draw_answer.h"

#include <gmock/gmock.h>

#include "app/grid.h"
#include "base/text.h"

namespace cairn::app {
namespace {

using query::BaseType;
using query::Value;
using questions::Unit;
using testing::HasSubstr;
using testing::Not;

questions::Answer answer(std::string form, questions::Table table) {
  questions::Answer out;
  out.text = form + "(…)";
  out.form = std::move(form);
  out.as_of = parse_moment("2026-04-01", Zone()).value();
  out.tables.push_back(std::move(table));
  return out;
}

Value money(int64_t minor) { return Value(Money{minor, Currency::parse("EUR").value()}); }
Value at(std::string_view text) { return Value(parse_moment(text, Zone()).value()); }

TEST(Grid, ColumnsAreAsWideAsWhatIsInThem) {
  Grid grid;
  grid.column("month");
  grid.column("n", Grid::Side::right);
  grid.row({"2026-01", "1"});
  grid.row({"é", "1,234"});
  EXPECT_EQ(grid.draw(80, report::Pen(false)), "  month        n\n  2026-01      1\n  é        1,234\n");
  EXPECT_EQ(Grid().draw(80, report::Pen(false)), "");
}

TEST(Grid, CutsTextsAndNoNumbers) {
  Grid grid;
  grid.column("text");
  grid.column("n", Grid::Side::right);
  grid.row({std::string(50, 'x'), "1234567890"});
  EXPECT_EQ(grid.draw(30, report::Pen(false)),
            "  text                       n\n  " + std::string(15, 'x') + "…  1234567890\n");
}

TEST(DrawAnswer, ASeriesOfMonthsAcrossChannels) {
  questions::Table table{"series",
                         {{"month", BaseType::time, Unit::none, query::Bucket::month},
                          {"channel", BaseType::text},
                          {"value", BaseType::money},
                          {"rows"},
                          {"skipped"}},
                         {},
                         {{at("2026-01-01"), Value("web"), money(1050), Value(1.0), Value(0.0)},
                          {at("2026-02-01"), Value("app"), money(200000), Value(1.0), Value(0.0)},
                          {at("2026-02-01"), Value("web"), money(5), Value(1.0), Value(0.0)}}};
  EXPECT_EQ(draw_answer(answer("series", table), {}),
            "series(…)\nas of 2026-04-01 (UTC)\n\n"
            "  month          app     web\n"
            "  2026-01             €10.50\n"
            "  2026-02  €2,000.00   €0.05\n");
}

TEST(DrawAnswer, BarsOnlyWhereNothingIsNegative) {
  questions::Table table{
      "series",
      {{"channel", BaseType::text}, {"value"}, {"rows"}, {"skipped"}},
      {},
      {{Value("app"), Value(50.0), Value(1.0), Value(0.0)}, {Value("web"), Value(100.0), Value(1.0), Value(2.0)}}};
  std::string drawn = draw_answer(answer("series", table), {});
  EXPECT_THAT(drawn, HasSubstr("  app         50  ██████████               1        0\n"));
  EXPECT_THAT(drawn, HasSubstr("  web        100  ████████████████████     1        2\n"));
  table.rows[0][1] = Value(-50.0);
  EXPECT_THAT(draw_answer(answer("series", table), {}), Not(HasSubstr("█")));
}

TEST(DrawAnswer, RetentionIsATriangle) {
  questions::Table table{"retention",
                         {{"month", BaseType::time, Unit::none, query::Bucket::month},
                          {"period", BaseType::number, Unit::count},
                          {"customers", BaseType::number, Unit::count},
                          {"returned", BaseType::number, Unit::count},
                          {"share", BaseType::number, Unit::share}},
                         {},
                         {{at("2026-01-01"), Value(0.0), Value(10.0), Value(1.0), Value(0.1)},
                          {at("2026-01-01"), Value(1.0), Value(10.0), Value(5.0), Value(0.5)},
                          {at("2026-02-01"), Value(0.0), Value(4.0), Value(0.0), Value(0.0)}}};
  EXPECT_EQ(draw_answer(answer("retention", table), {}),
            "retention(…)\nas of 2026-04-01 (UTC)\n\n"
            "  month    customers      0      1\n"
            "  2026-01         10  10.0%  50.0%\n"
            "  2026-02          4   0.0%\n");
}

TEST(DrawAnswer, LongTablesSayHowManyMore) {
  questions::Table table{"distribution", {{"value", BaseType::text}}, {}, {}};
  for (int i = 0; i < 30; ++i) table.rows.push_back({Value(fmt::format("v{}", i))});
  DrawOptions options;
  options.rows = 3;
  std::string drawn = draw_answer(answer("expression", table), options);
  EXPECT_THAT(drawn, HasSubstr("v2\n  … and 27 more"));
  EXPECT_THAT(drawn, Not(HasSubstr("v3")));
}

TEST(DrawAnswer, EveryFormFitsIntoItsWidth) {
  questions::Table funnel{"funnel",
                          {{"channel", BaseType::text},
                           {"step", BaseType::number, Unit::count},
                           {"event", BaseType::text},
                           {"customers", BaseType::number, Unit::count},
                           {"of_start", BaseType::number, Unit::share},
                           {"of_previous", BaseType::number, Unit::share},
                           {"delay_p25", BaseType::duration},
                           {"delay_median", BaseType::duration},
                           {"delay_p75", BaseType::duration}},
                          {},
                          {{Value("marketplace"),
                            Value(1.0),
                            Value("product_viewed where category = \"tea\""),
                            Value(1234.0),
                            Value(1.0),
                            {},
                            {},
                            {},
                            {}},
                           {Value("marketplace"), Value(2.0), Value("order_completed"), Value(34.0), Value(0.0275),
                            Value(0.0275), Value(Duration{0}), Value(days(2)), Value(days(3))}}};
  std::string drawn = draw_answer(answer("funnel", funnel), {});
  for (std::string_view line : split(drawn, '\n')) EXPECT_LE(length(line), 80u) << line;
  EXPECT_THAT(drawn, HasSubstr("2.8%"));
  EXPECT_THAT(drawn, HasSubstr("2 days"));
}

TEST(DrawAnswer, OneCustomerAndWhy) {
  questions::OneAnswer one;
  one.customer = CustomerId{7};
  one.text = "count(orders) > 1";
  one.value = Value(true);
  one.as_of = parse_moment("2026-04-01T12:30:00Z", Zone()).value();
  one.valid_until = parse_moment("2026-05-01", Zone()).value();
  questions::Why why{"count(orders)", Value(8.0), {}, 8};
  for (int64_t i = 1; i <= 8; ++i) why.events.push_back({Seq{i}, "order_completed", one.as_of});
  one.why = {why};
  std::string drawn = draw_one(one, Zone(), {});
  EXPECT_THAT(drawn, HasSubstr("of customer 7, as of 2026-04-01 12:30 (UTC)\n\n  true\n"));
  EXPECT_THAT(drawn, HasSubstr("holds until 2026-05-01T00:00:00Z"));
  EXPECT_THAT(drawn, HasSubstr("count(orders) = 8\n      … 3 before\n      2026-04-01 12:30 order_completed (row 4)"));
}

}  // namespace
}  // namespace cairn::app

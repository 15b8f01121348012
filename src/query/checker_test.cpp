#include "query/checker.h"

#include <gtest/gtest.h>

#include "query/limits.h"
#include "query/parser.h"
#include "query/printer.h"

namespace cairn::query {
namespace {

using P = PropertyType;

Kind kind(std::string name, std::string stream, std::vector<Property> properties) {
  Kind out{std::move(name), std::move(stream)};
  out.declared = true;
  out.properties = std::move(properties);
  return out;
}

const Catalogue& catalogue() {
  static const Catalogue made = [] {
    Catalogue out;
    Property products{"products", P::list};
    products.items = {{"category", P::text}, {"price", P::money}};
    out.add(kind("Order Completed", "order_completed",
                 {{"order_id", P::text}, {"total", P::money}, {"units", P::integer}, {"channel", P::text}, products}));
    out.add(kind("Survey Answered", "survey_answered",
                 {{"survey", P::text}, {"score", P::number}, {"asked_at", P::time}, {"happy", P::boolean}}));
    out.add(kind("Product Viewed", "product_viewed", {{"sku", P::text}, {"order_id", P::text}, {"raw", P::object}}));
    Kind odd{"Odd Thing", "odd_thing"};
    odd.properties = {{"colour", P::text, true, false}};
    out.add(odd);
    out.add(Attribute{.scope = "customer", .name = "shoe size", .declared = false});
    return out;
  }();
  return made;
}

CheckOptions options() {
  CheckOptions out;
  out.currency = Currency::parse("EUR").value();
  out.event_streams = {"order_completed"};
  out.segments = {"vip", "silent"};
  return out;
}

CheckResult checked(std::string_view text, const CheckOptions& with = options()) {
  Parsed parsed = parse(text);
  if (!parsed) return tl::unexpected(parsed.error());
  return check(std::move(*parsed), catalogue(), with);
}

/// The type, or everything that is wrong, a line each.
std::string verdict(std::string_view text) {
  CheckResult result = checked(text);
  if (!result) return to_error(result.error(), text).message;
  return result->query.question() ? "question" : to_text(result->type());
}

struct Case {
  std::string_view text, verdict;
};

class Verdict : public testing::TestWithParam<Case> {};
TEST_P(Verdict, IsAsExpected) { EXPECT_EQ(verdict(GetParam().text), GetParam().verdict) << GetParam().text; }

constexpr Case kTypes[] = {
    {"count(orders)", "number"},
    {"count(order_completed.total)", "number"},
    {"sum(orders.total where status != \"cancelled\" last 365 days) >= 500 EUR", "boolean"},
    {"sum(order_completed.units)", "number"},
    {"avg(orders.total)", "money"},
    {"first(survey_answered.asked_at)", "time"},
    {"last(order_completed.products)", "list of undeclared"},
    {"last(order_completed.products.category)", "list of text"},
    {"last(orders.products.price)", "list of money"},
    {"distinct(order_completed.channel)", "number"},
    {"days_since(orders) > 90", "boolean"},
    {"last_time(orders.delivered_at) - first_time(orders)", "duration"},
    {"(last_time(orders) - first_time(orders)) / 1 day", "number"},
    {"sum(orders.total) / count(orders)", "money"},
    {"sum(orders.total) / avg(orders.total)", "number"},
    {"2 * 3 days", "duration"},
    {"now() - 3 days", "time"},
    {"-sum(orders.total)", "money"},
    {"if(exists(orders), \"a\", customer.country)", "text"},
    {"least(1 day, now() - customer.birthday)", "duration"},
    {"customer.country in (\"FR\", member.tier)", "boolean"},
    {"exists(order_completed where products.category contains \"tea\")", "boolean"},
    {"customer.city contains \"Paris\"", "boolean"},
    {"count(order_completed where hour(occurred_at) < 9 and channel = customer.country)", "number"},
    {"count(order_completed where total > event.total)", "number"},
    {"event.total", "money"},
    {"event.occurred_at", "time"},
    {"event.products.category", "list of text"},
    {"sequence(product_viewed then order_completed within 7 days on order_id)", "number"},
    {"sequence(product_viewed then order_completed).duration", "duration"},
    {"sequence(product_viewed then order_completed).last_time", "time"},
    {"segment(\"vip\") and not segment(\"silent\")", "boolean"},
    {"survey_answered.happy",
     "col 1: there can be many survey_answered; say what of them. Did you mean "
     "'last(survey_answered.happy)'?"},
    {"not last(survey_answered.happy)", "boolean"},
    {"count(orders between now() - 60 days and now() - 30 days)", "number"},
    // Undeclared: whatever is asked for.
    {"last(odd_thing.colour)", "undeclared"},
    {"last(odd_thing.colour) = \"red\"", "boolean"},
    {"sum(odd_thing.colour)", "number"},
    {"last(odd_thing.colour) + last(odd_thing.colour)", "number"},
    {"if(last(odd_thing.colour), last(odd_thing.colour), 5)", "number"},
    {"customer.`shoe size` >= 42", "boolean"},
    {"-customer.`shoe size`", "number"},
};
INSTANTIATE_TEST_SUITE_P(Types, Verdict, testing::ValuesIn(kTypes));

constexpr Case kQuestions[] = {
    {"select(exists(orders) and segment(\"vip\")) as of 2026-01-01", "question"},
    {"values(count(orders), customer.country) for exists(orders)", "question"},
    {"series(sum(orders.total where status = \"placed\") by month, channel, customer.country, segment(\"vip\"))",
     "question"},
    {"series(quantile(orders.total, 0.9) by week)", "question"},
    {"series(share(orders, delivered_at <= promised_at where delivered_at is known) by month)", "question"},
    {"series(nps(survey_answered.score where survey = \"nps\"))", "question"},
    {"series(customers(order_completed) by hour(occurred_at))", "question"},
    {"funnel(product_viewed where sku = \"a\" then order_completed within 7 days on order_id by sku) last 30 days",
     "question"},
    {"retention(order_completed then orders.delivered_at by month)", "question"},
    {"paths(from product_viewed)", "question"},
    {"transitions()", "question"},
};
INSTANTIATE_TEST_SUITE_P(Questions, Verdict, testing::ValuesIn(kQuestions));

constexpr Case kWrong[] = {
    {"sum(order_completed.totl)", "col 21: order_completed has no property 'totl'. Did you mean 'total'?"},
    {"count(order_complted)",
     "col 7: there is no kind of event or entity 'order_complted'. Did you mean "
     "'order_completed'?"},
    {"count(order)", "col 7: there is no kind of event or entity 'order'. Did you mean 'orders'?"},
    {"count(orders where stauts = \"x\")", "col 20: orders have no 'stauts'. Did you mean 'status'?"},
    {"count(orders where orders.status = \"x\")",
     "col 20: inside 'where' a property of orders is named alone. Did you mean 'status'?"},
    {"paths(from nothing where x = 1)", "col 12: there is no kind of event or entity 'nothing'"},
    {"retention(order_completed then ordres where x by month)",
     "col 32: there is no kind of event or entity 'ordres'. Did you mean 'orders'?"},
    {"customer.contry = \"FR\"", "col 10: a customer has no 'contry'. Did you mean 'country'?"},
    {"country = \"FR\"", "col 1: 'country' alone has no meaning here. Did you mean 'customer.country'?"},
    {"customer.country = FR", "col 20: 'FR' has no meaning here; put text in double quotes, or write customer.FR"},
    {"custmer.country = \"FR\"",
     "col 1: there is no 'custmer'; names begin with customer, member or event. Did you mean 'customer'?"},
    {"orders.total > 5 EUR", "col 1: there can be many orders; say what of them. Did you mean 'last(orders.total)'?"},
    {"sum(orders.total) > 500", "col 21: an amount has a currency. Did you mean '500 EUR'?"},
    {"sum(orders.total) > 500 USD", "col 21: amounts are in EUR here, not in USD"},
    {"now() - last_time(orders) > 90", "col 29: a duration has a unit. Did you mean '90 days'?"},
    {"last_time(orders) > \"2026-01-01\"",
     "col 21: a time is written without quotes: 2026-01-01 or 2026-01-01T10:00:00Z"},
    {"sum(orders.status)", "col 1: sum takes number or money; orders.status is text"},
    {"sum(orders)", "col 1: sum needs a property: sum(orders.…)"},
    {"count(orders where 5)", "col 20: a condition is true or false; this is a number. Compare it with something"},
    {"count(orders where exists(tickets))",
     "col 20: inside 'where' one event is looked at; exists(…) is about many and cannot stand here"},
    {"count(orders where segment(\"vip\"))", "col 20: a segment is about the customer; put it outside of 'where'"},
    {"segment(\"vpi\")", "col 1: there is no segment \"vpi\". Did you mean 'vip'?"},
    {"count(orders since last_time(tickets))", "col 20: a moment is made of times, durations and now() alone"},
    {"count(orders since customer.birthday)", "col 20: a moment is made of times, durations and now() alone"},
    {"count(orders since 5 days)",
     "col 20: a window ends at a time, like 2026-01-01 or now() - 30 days; this is a duration"},
    {"count(orders between 2026-02-01 and 2026-01-01)", "col 14: this window ends before it begins"},
    {"1 + \"a\"", "col 1: '+' cannot take number and text; it takes number or money or duration or time"},
    {"1 = \"a\"", "col 1: '=' cannot take number and text; it takes two of the same type: a single value"},
    {"if(true, 1, \"a\")",
     "col 1: 'if' cannot take boolean and number and text; it takes two of the same type: boolean"},
    {"if(true, 1)", "col 1: if takes 3: if(condition, a, b)"},
    {"least()", "col 1: least takes 1 or more: least(a, b, …)"},
    {"now(1)", "col 1: now takes 0: now()"},
    {"not 5", "col 1: 'not' cannot take number; it takes boolean"},
    {"last(odd_thing.colour) = 5 EUR",
     "col 1: '=' cannot take undeclared and money; it takes two of the same type: a single value"},
    {"days_since(orders) > 90 days", "col 22: days_since is a number, of days. Did you mean '90'?"},
    {"count(orders) > \"5\"", "col 17: a number is written without quotes. Did you mean '5'?"},
    {"sum(orders.total) > \"500\"", "col 21: an amount is written without quotes. Did you mean '500 EUR'?"},
    {"exists(survey_answered where happy = \"true\")",
     "col 38: true and false are written without quotes. Did you mean 'true'?"},
    {"count(survey_answered where survey = nps)", "col 38: text stands in double quotes. Did you mean '\"nps\"'?"},
    {"count(orders where status in (\"open\", shut))",
     "col 39: text stands in double quotes. Did you mean '\"shut\"'?"},
    {"count(orders where status = totl)", "col 29: orders have no 'totl'. Did you mean 'total'?"},
    {"series(count(orders) by mnth)", "col 25: 'mnth' is no span of the calendar. Did you mean 'month'?"},
    {"event.totl", "col 7: order_completed has no property 'totl'. Did you mean 'total'?"},
    {"last(product_viewed.raw)", "col 1: product_viewed.raw is an object, which cannot be asked for"},
    {"last(order_completed.total.x)", "col 1: order_completed.total has nothing inside that can be named"},
    {"last(order_completed.products.categry)",
     "col 31: what order_completed.products lists has no 'categry'. Did you mean 'category'?"},
    {"sequence(orders then product_viewed)",
     "col 10: here stands a kind of event, and orders are made of several. Did "
     "you mean 'order_completed'?"},
    {"sequence(product_viewed then order_completed.total)",
     "col 30: a step is a kind of event without a property: order_completed"},
    {"sequence(product_viewed then survey_answered on order_id)",
     "col 1: survey_answered has no property 'order_id' to follow"},
    {"series(exists(orders))",
     "col 8: a series has no exists; it has count, sum, avg, min, max, distinct, customers, "
     "share, median, quantile and nps"},
    {"series(count(orders last 3 days))", "col 21: the period of a series stands after its brackets"},
    {"series(quantile(orders.total, 2))", "col 31: a quantile is a plain number from 0 to 1, like 0.9"},
    {"series(count(orders) by totl)", "col 25: orders have no 'totl'. Did you mean 'total'?"},
    {"retention(orders then orders.total by month)", "col 23: total is no step of orders; name one, like placed_at"},
    {"select(count(orders))", "col 8: a condition is true or false; this is a number. Compare it with something"},
    // Several at once, in the order of the text.
    {"count(ordrs) > 1 and customer.contry = \"x\" and sum(orders.total) > 5",
     "col 7: there is no kind of event or entity 'ordrs'. Did you mean 'orders'?\n"
     "col 31: a customer has no 'contry'. Did you mean 'country'?\n"
     "col 68: an amount has a currency. Did you mean '5 EUR'?"},
};
INSTANTIATE_TEST_SUITE_P(Problems, Verdict, testing::ValuesIn(kWrong));

TEST(Checker, WithoutAnEventAtHandThereIsNone) {
  CheckOptions none = options();
  none.event_streams.reset();
  EXPECT_EQ(checked("event.total", none).error().front().message,
            "there is no event at hand here; ask for last(kind.property)");
}

TEST(Checker, KindsThatDisagreeOnATypeLeaveItToEachEvent) {
  CheckOptions two = options();
  two.event_streams = {"odd_thing", "order_completed"};
  EXPECT_EQ(to_text(checked("event.total", two)->type()), "money");
  Catalogue other = catalogue();
  other.put("Odd Thing", {"total", P::text});
  auto both = check(parse("event.total").value(), other, two);
  EXPECT_EQ(to_text(both->type()), "undeclared");
}

TEST(Checker, WhatTurnsUpUndeclaredIsTakenOnceTheCatalogueKnows) {
  Catalogue other = catalogue();
  Query query = parse("sum(order_completed.tip) > 1").value();
  EXPECT_FALSE(check(query, other, options()));
  other.put("Order Completed", {"tip", P::text, true, false});
  EXPECT_TRUE(check(query, other, options()));
}

TEST(Checker, AConditionIsTrueOrFalse) {
  EXPECT_TRUE(check_condition(parse("exists(orders)").value(), catalogue()));
  EXPECT_TRUE(check_condition(parse("last(odd_thing.colour)").value(), catalogue()));
  EXPECT_FALSE(check_condition(parse("count(orders)").value(), catalogue()));
  EXPECT_FALSE(check_condition(parse("select(true)").value(), catalogue()));
}

using Names = std::set<std::string>;

TEST(Checker, KnowsWhatTheAnswerDependsOn) {
  Checked c = checked(
                  "sum(orders.total where channel = customer.country) > 5 EUR and segment(\"vip\") or "
                  "member.points > count(survey_answered where score > 5)")
                  .value();
  const Dependencies& d = c.dependencies;
  EXPECT_EQ(d.entities, (Names{"orders"}));
  EXPECT_EQ(d.segments, (Names{"vip"}));
  EXPECT_EQ(d.fields, (std::set<std::pair<std::string, std::string>>{{"orders", "channel"}, {"orders", "total"}}));
  EXPECT_EQ(d.properties, (std::set<std::pair<std::string, std::string>>{{"survey_answered", "score"}}));
  EXPECT_EQ(d.attributes,
            (std::set<std::pair<std::string, std::string>>{{"customer", "country"}, {"member", "points"}}));
  for (const char* stream :
       {"order_refunded", "order_completed", "customer_updated", "points_earned", "reward_redeemed", "survey_answered"})
    EXPECT_TRUE(d.streams.contains(stream)) << stream;
  EXPECT_FALSE(d.streams.contains("product_viewed"));
  EXPECT_FALSE(d.event || d.every_stream || c.depends_on_moment);
  EXPECT_TRUE(checked("customer.last_seen_at > 2026-01-01")->dependencies.every_stream);
  EXPECT_TRUE(checked("transitions()")->dependencies.every_stream);
  Checked event = checked("event.total > 5 EUR").value();
  EXPECT_TRUE(event.dependencies.event);
  EXPECT_TRUE(event.dependencies.streams.empty()) << "what is at hand is given, not read";
}

TEST(Checker, KnowsWhetherTimeAloneChangesTheAnswer) {
  struct Row {
    std::string_view text;
    bool moment, calendar;
  };
  for (Row row : {Row{"count(orders) > 1", false, false},
                  {"count(orders since 2026-01-01)", false, false},
                  {"count(orders where hour(placed_at) < 9)", false, false},
                  {"month_of(customer.birthday) = 3", false, false},
                  {"count(orders last 90 days)", true, false},
                  {"days_since(orders) > 90", true, false},
                  {"now() > 2026-01-01", true, false},
                  {"count(orders before now() - 1 day)", true, false},
                  {"count(orders today)", true, true},
                  {"count(orders this month)", true, true},
                  {"hour() < 9", true, true},
                  {"day_of_week() = 1", true, true},
                  {"month_of(now()) = 3", true, true},
                  {"days_to_anniversary(customer.birthday) < 7", true, true}}) {
    Checked c = checked(row.text).value();
    EXPECT_EQ(c.depends_on_moment, row.moment) << row.text;
    EXPECT_EQ(c.depends_on_calendar, row.calendar) << row.text;
  }
}

TEST(Checker, NodesHaveTargets) {
  Checked c = checked("count(orders.delivered_at where units is known)").value_or(Checked{});
  EXPECT_EQ(c.query.size(), 0u) << "orders have no units";
  c = checked("count(orders.delivered_at where channel = \"web\")").value();
  const Target& subject = c.targets[c.query.root()];
  EXPECT_EQ(subject.kind, TargetKind::field);
  EXPECT_TRUE(subject.entity && subject.step);
  c = checked("sum(order_completed.units)").value();
  EXPECT_TRUE(c.targets[c.query.root()].integer);
  EXPECT_EQ(c.targets[c.query.root()].kind, TargetKind::property);
}

TEST(Checker, StopsAtSoManyProblems) {
  std::string text = "a = 1";
  for (int i = 0; i < 100; ++i) text += " or a = 1";
  EXPECT_EQ(checked(text).error().size(), kMaxProblems);
}

}  // namespace
}  // namespace cairn::query

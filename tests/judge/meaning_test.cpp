// The section "Meaning" of docs/reference/query.md, sentence by sentence, on logs of a few rows.
#include <gtest/gtest.h>

#include "judge/random_query.h"
#include "judge/sample.h"

namespace cairn::judge {
namespace {

class Meaning : public testing::Test {
 protected:
  Meaning() {
    catalogue_.put("Order Completed", {"tip", query::PropertyType::text, true, false});
    brand_.catalogue = &catalogue_;
  }

  Row& on(std::string_view at, std::string stream, std::string_view properties = "{}") {
    return add(rows_, std::move(stream), at, properties);
  }
  std::string ask_at(std::string_view t, std::string_view text, bool as_known = false) {
    return to_text(evaluate(ask(text, brand_), rows_, brand_, {moment(t), as_known}).value);
  }
  std::string now(std::string_view text) { return ask_at("2026-06-01T12:00:00Z", text); }
  std::string until(std::string_view t, std::string_view text) {
    auto found = valid_until(ask(text, brand_), rows_, brand_, {moment(t)});
    return found ? to_rfc3339(*found) : "for ever";
  }

  query::Catalogue catalogue_ = shop_catalogue();
  Brand brand_ = sample_brand();
  std::vector<Row> rows_;
};

TEST_F(Meaning, OfTheMoment) {
  on("2026-01-01T06:00:00Z", "order_completed", R"({"order_id": "1", "total": 10})");
  on("2026-01-03", "order_cancelled", R"({"order_id": "1"})").known_at = moment("2026-01-05");
  on("2026-02-01", "order_completed", R"({"order_id": "2", "total": 10})");
  EXPECT_EQ(ask_at("2026-01-01T06:00:00Z", "count(orders)"), "1") << "what happens at t is seen";
  EXPECT_EQ(ask_at("2026-01-01T05:59:59.999999Z", "count(orders)"), "0");
  EXPECT_EQ(ask_at("2026-01-02", "last(orders.status)"), "\"placed\"") << "the state of then";
  EXPECT_EQ(ask_at("2026-01-04", "last(orders.status)"), "\"cancelled\"");
  EXPECT_EQ(ask_at("2026-01-04", "last(orders.status)", true), "\"placed\"") << "not known yet";
  EXPECT_EQ(ask_at("2026-01-05", "last(orders.status)", true), "\"cancelled\"");
  EXPECT_EQ(until("2026-01-02", "count(orders last 90 days) > 0"), "2026-05-02T00:00:00Z") << "order 2 keeps it";
  rows_.pop_back();
  EXPECT_EQ(until("2026-01-02", "count(orders last 90 days) > 0"), "2026-04-01T06:00:00Z");
}

TEST_F(Meaning, OfValidUntil) {
  on("2026-01-01T06:00:00Z", "order_completed", R"({"order_id": "1", "promised_at": "2026-01-10T18:00:00Z"})");
  on("2026-01-20", "order_completed", R"({"order_id": "2"})");
  on("2026-01-01", "customer_updated", R"({"birthday": "2000-03-10"})");
  EXPECT_EQ(until("2026-01-02", "count(orders) > 1"), "2026-01-20T00:00:00Z") << "it lies ahead in the log";
  EXPECT_EQ(until("2026-02-01", "count(orders) > 1"), "for ever");
  EXPECT_EQ(until("2026-02-01", "days_since(orders) > 90"), "2026-04-20T00:00:00.000001Z") << "above, not at";
  EXPECT_EQ(until("2026-02-01", "days_since(orders) >= 90"), "2026-04-20T00:00:00Z");
  EXPECT_EQ(until("2026-02-01", "days_since(orders) / 2 + 1 >= 46"), "2026-04-20T00:00:00Z");
  EXPECT_EQ(until("2026-01-02", "exists(orders where promised_at < now())"), "2026-01-10T18:00:00.000001Z");
  EXPECT_EQ(until("2026-02-01", "days_to_anniversary(customer.birthday) <= 7"), "2026-03-03T00:00:00Z");
  EXPECT_EQ(until("2026-03-03", "days_to_anniversary(customer.birthday) <= 7"), "2026-03-11T00:00:00Z");
  EXPECT_EQ(until("2026-02-01T10:00:00Z", "hour() < 12"), "2026-02-01T12:00:00Z");
  EXPECT_EQ(until("2026-01-20T10:00:00Z", "count(orders today)"), "2026-01-21T00:00:00Z");
  EXPECT_EQ(until("2026-01-20T10:00:00Z", "count(orders between now() - 30 days and now() - 10 days)"),
            "2026-01-30T00:00:00.000001Z")
      << "order 2 comes in just behind 10 days, for the window is open there";
  EXPECT_EQ(until("2026-02-01", "days_since(orders) > 20 and days_since(orders) < 21"), "2026-02-09T00:00:00.000001Z")
      << "true for a day only, and found";
  EXPECT_EQ(until("2026-02-01", "now() - last_time(orders)"), "2026-02-01T00:00:00.000001Z");
}

TEST_F(Meaning, OfUnknown) {
  on("2026-05-01", "survey_answered", R"({"score": null})");
  on("2026-05-02", "survey_answered", R"({"score": 7})");
  for (const char* comparison : {"= 5", "!= 5", "< 5", "<= 5", "> 5", ">= 5", "in (5, 6)"}) {
    EXPECT_EQ(now(fmt::format("member.points {}", comparison)), "false") << comparison;
    EXPECT_EQ(now(fmt::format("not member.points {}", comparison)), "true") << comparison;
  }
  EXPECT_EQ(now("member.tier contains \"a\""), "false");
  EXPECT_EQ(now("member.points = member.points"), "false");
  EXPECT_EQ(now("last(ticket_opened.complaint) or false"), "false");
  EXPECT_EQ(now("not last(ticket_opened.complaint)"), "true");
  EXPECT_EQ(now("if(last(ticket_opened.complaint), 1, 2)"), "2");
  EXPECT_EQ(now("member.points + 1"), "unknown");
  EXPECT_EQ(now("least(member.points, 1)"), "unknown");
  EXPECT_EQ(now("month_of(customer.birthday)"), "unknown");
  EXPECT_EQ(now("member.points is unknown and not member.points is known"), "true");
  // What aggregates pass over, and what they are of nothing.
  EXPECT_EQ(now("count(survey_answered)"), "2");
  EXPECT_EQ(now("count(survey_answered.score)"), "1");
  EXPECT_EQ(now("avg(survey_answered.score)"), "7");
  EXPECT_EQ(now("first(survey_answered.score)"), "7");
  EXPECT_EQ(now("first_time(survey_answered.score)"), "2026-05-02T00:00:00Z");
  EXPECT_EQ(now("sum(order_completed.total)"), "0 EUR");
  EXPECT_EQ(now("sum(order_completed.units)"), "0");
  EXPECT_EQ(now("exists(orders)"), "false");
  for (const char* word : {"avg", "min", "max", "first", "last", "days_since", "first_time", "last_time"})
    EXPECT_EQ(now(fmt::format("{}(order_completed.total)", word)), "unknown") << word;
  Answer sum = evaluate(ask("sum(survey_answered.score) + avg(survey_answered.score)", brand_), rows_, brand_,
                        {moment("2026-06-01")});
  EXPECT_EQ(sum.skipped, 2) << "one in each";
  EXPECT_EQ(evaluate(ask("count(survey_answered.score)", brand_), rows_, brand_, {moment("2026-06-01")}).skipped, 0);
}

TEST_F(Meaning, OfWhatIsUndeclared) {
  on("2026-05-01", "order_completed", R"({"tip": 2})");
  on("2026-05-02", "order_completed", R"({"tip": "large"})");
  on("2026-05-03", "order_completed", R"({"tip": true})");
  on("2026-05-04", "order_completed", R"({"tip": ""})");
  on("2026-05-05", "order_completed", R"({"tip": [1]})");
  EXPECT_EQ(now("count(order_completed.tip)"), "3");
  EXPECT_EQ(now("sum(order_completed.tip)"), "2");
  EXPECT_EQ(now("count(order_completed where tip > 1)"), "1") << "compared with another type it is false";
  EXPECT_EQ(now("count(order_completed where tip = \"large\")"), "1");
  EXPECT_EQ(now("count(order_completed where tip)"), "1");
  EXPECT_EQ(now("count(order_completed where tip + 1 is known)"), "1");
  EXPECT_EQ(now("last(order_completed.tip)"), "true");
  EXPECT_EQ(now("distinct(order_completed.tip)"), "3");
  EXPECT_EQ(now("if(true, last(order_completed.tip), 5)"), "unknown") << "a number is needed, it is a truth";
}

TEST_F(Meaning, OfWhatAnEventTells) {
  auto told = [&](std::string_view kind_property, std::string_view value) {
    rows_.clear();
    size_t point = kind_property.find('.');
    on("2026-05-01", std::string(kind_property.substr(0, point)),
       fmt::format("{{\"{}\": {}}}", kind_property.substr(point + 1), value));
    return now(fmt::format("last({})", kind_property));
  };
  EXPECT_EQ(told("order_completed.order_id", "\"a\""), "\"a\"");
  EXPECT_EQ(told("order_completed.order_id", "12"), "\"12\"");
  EXPECT_EQ(told("order_completed.order_id", "\"\""), "unknown");
  EXPECT_EQ(told("order_completed.order_id", "1.5"), "unknown");
  EXPECT_EQ(told("order_completed.order_id", "true"), "unknown");
  EXPECT_EQ(told("order_completed.order_id", "null"), "unknown");
  EXPECT_EQ(told("survey_answered.score", "1.5"), "1.5");
  EXPECT_EQ(told("survey_answered.score", "\" 1.5 \""), "1.5");
  EXPECT_EQ(told("survey_answered.score", "\"1.5x\""), "unknown");
  EXPECT_EQ(told("survey_answered.score", "\"inf\""), "unknown");
  EXPECT_EQ(told("order_completed.units", "2.0"), "2");
  EXPECT_EQ(told("order_completed.units", "2.5"), "unknown");
  EXPECT_EQ(told("order_completed.units", "9007199254740992"), "9.007199254740992e+15");
  EXPECT_EQ(told("order_completed.units", "9007199254740994"), "unknown");
  EXPECT_EQ(told("order_completed.total", "541.5"), "541.50 EUR");
  EXPECT_EQ(told("order_completed.total", "\"1,234.50\""), "1234.50 EUR");
  EXPECT_EQ(told("order_completed.total", "0.125"), "0.13 EUR");
  EXPECT_EQ(told("order_completed.total", "\"free\""), "unknown");
  EXPECT_EQ(told("order_completed.total", "5, \"currency\": \"eur\""), "5 EUR");
  EXPECT_EQ(told("order_completed.total", "5, \"currency\": \"USD\""), "unknown");
  EXPECT_EQ(told("ticket_opened.complaint", "false"), "false");
  EXPECT_EQ(told("ticket_opened.complaint", "1"), "true");
  EXPECT_EQ(told("ticket_opened.complaint", "\"No\""), "false");
  EXPECT_EQ(told("ticket_opened.complaint", "2"), "unknown");
  brand_.zone = Zone::find("Europe/Paris").value();
  EXPECT_EQ(told("survey_answered.asked_at", "\"2026-05-01 10:00\""), "2026-05-01T08:00:00Z");
  EXPECT_EQ(told("survey_answered.asked_at", "\"2026-05-01T10:00:00Z\""), "2026-05-01T10:00:00Z");
  EXPECT_EQ(told("survey_answered.asked_at", "\"0001-01-01\""), "unknown") << "in UTC it lies before year 1";
  EXPECT_EQ(told("order_completed.products", "[1, \"a\", {}, null, true]"), "(1, \"a\", true)");
  EXPECT_EQ(told("order_completed.products", "\"a\""), "unknown");
  rows_.clear();
  on("2026-05-01", "order_completed",
     R"({"products": [{"category": "tea", "price": 2}, {"price": "3.50"}, 5, {"category": ""}]})");
  EXPECT_EQ(now("last(order_completed.products.category)"), "(\"tea\")");
  EXPECT_EQ(now("last(order_completed.products.price)"), "(2 EUR, 3.50 EUR)");
  EXPECT_EQ(now("count(order_completed where products.price contains 3.50 EUR)"), "1");
  EXPECT_EQ(now("count(order_completed where products.category contains \"te\")"), "0") << "whole elements";
}

TEST_F(Meaning, OfArithmetic) {
  EXPECT_EQ(now("1 EUR / 8"), "0.13 EUR");
  EXPECT_EQ(now("-1 EUR / 8"), "-0.13 EUR") << "half away from zero";
  EXPECT_EQ(now("1 EUR / 8 EUR"), "0.125");
  EXPECT_EQ(now("1 / 0"), "unknown");
  EXPECT_EQ(now("1 EUR / 0"), "unknown");
  EXPECT_EQ(now("1 EUR / 0 EUR"), "unknown");
  EXPECT_EQ(now("0 * -5"), "0") << "no minus zero";
  EXPECT_EQ(now("round(-0.4)"), "0");
  EXPECT_EQ(now("round(-2.5)"), "-3");
  EXPECT_EQ(now("1e300 * 1e300"), "unknown");
  EXPECT_EQ(now("1e300 * 1e300 = 1e300 * 1e300"), "false");
  EXPECT_EQ(now("500000000000000 EUR * 1000"), "unknown") << "it leaves 64 bits";
  EXPECT_EQ(now("0.1 + 0.2"), "0.30000000000000004");
  EXPECT_EQ(now("9999-12-31 + 1 day"), "unknown");
  EXPECT_EQ(now("1 day / 7"), "12342.857143 seconds");
  EXPECT_EQ(now("1 day / 1 hour"), "24");
  EXPECT_EQ(now("1 hour * 1.5"), "90 minutes");
  EXPECT_EQ(now("\"a\" < \"b\" and \"Z\" < \"a\" and not \"é\" < \"z\""), "true") << "by bytes";
  EXPECT_EQ(now("abs(2026-01-01 - 2026-01-03)"), "2 days");
  on("2026-05-01", "survey_answered", R"({"score": 0.1})");
  on("2026-05-02", "survey_answered", R"({"score": 0.2})");
  on("2026-05-02", "survey_answered", R"({"score": 0.3})");
  EXPECT_EQ(now("sum(survey_answered.score) = 0.1 + 0.2 + 0.3"), "true") << "in the order of time, then of seq";
  EXPECT_EQ(now("sum(survey_answered.score) = 0.3 + 0.2 + 0.1"), "false");
  for (const char* total : {"0.01", "0.01", "-0.05"})
    on("2026-05-03", "order_completed", fmt::format(R"({{"total": {}, "units": 9007199254740991}})", total));
  EXPECT_EQ(now("avg(order_completed.total)"), "-0.01 EUR");
  EXPECT_EQ(now("sum(order_completed.units)"), "2.7021597764222972e+16") << "exact, then rounded once";
  EXPECT_EQ(ask_at("2026-05-04T06:00:00Z", "days_since(order_completed)"), "1.25");
}

TEST_F(Meaning, OfWindows) {
  on("2026-05-02T12:00:00Z", "order_completed");
  on("2026-06-01T12:00:00Z", "order_completed");
  EXPECT_EQ(now("count(order_completed last 30 days)"), "1") << "open at the old end, closed at the moment";
  EXPECT_EQ(now("count(order_completed since 2026-05-02T12:00:00Z)"), "2");
  EXPECT_EQ(now("count(order_completed between 2026-05-02T12:00:00Z and 2026-06-01T12:00:00Z)"), "1");
  EXPECT_EQ(now("count(order_completed before 2026-06-01T12:00:00Z)"), "1");
  EXPECT_EQ(now("count(order_completed before 2027-01-01)"), "2");
  EXPECT_EQ(now("count(order_completed between now() - 60 days and now() - 30 days)"), "0");
  EXPECT_EQ(now("count(order_completed between now() - 60 days and now() - 29 days)"), "1");
  EXPECT_EQ(now("count(order_completed since 9999-12-31 + 1 day)"), "0") << "an unknown end holds nothing";
}

TEST_F(Meaning, OfTheCalendar) {
  brand_.zone = Zone::find("Europe/Paris").value();
  on("2026-03-28T22:59:59Z", "order_completed");  // Saturday 23:59:59 there
  on("2026-03-28T23:00:00Z", "order_completed");  // Sunday 0:00, the night that the clocks are set forward
  EXPECT_EQ(ask_at("2026-03-29T21:59:00Z", "count(order_completed today)"), "1");
  EXPECT_EQ(ask_at("2026-03-29T22:00:00Z", "count(order_completed today)"), "0") << "after 23 hours";
  EXPECT_EQ(ask_at("2026-03-29T10:00:00Z", "count(order_completed this week)"), "2") << "since Monday";
  brand_.first_weekday = 7;
  EXPECT_EQ(ask_at("2026-03-29T10:00:00Z", "count(order_completed this week)"), "1") << "since Sunday";
  EXPECT_EQ(ask_at("2026-03-31T21:59:59Z", "count(order_completed this month)"), "2");
  EXPECT_EQ(ask_at("2026-03-31T22:00:00Z", "count(order_completed this month)"), "0");
  EXPECT_EQ(ask_at("2026-12-31T22:59:59Z", "count(order_completed this year)"), "2");
  EXPECT_EQ(ask_at("2026-12-31T23:00:00Z", "count(order_completed this year)"), "0");
  EXPECT_EQ(ask_at("2026-03-29T00:30:00Z", "hour()"), "1");
  EXPECT_EQ(ask_at("2026-03-29T01:00:00Z", "hour()"), "3") << "two o'clock is left out";
  EXPECT_EQ(ask_at("2026-03-29T10:00:00Z", "day_of_week()"), "7");
  EXPECT_EQ(ask_at("2026-06-01", "hour(2026-05-01)"), "0") << "a date is midnight in the brand's zone";
  EXPECT_EQ(ask_at("2026-06-01", "2026-05-01"), "2026-04-30T22:00:00Z");
  EXPECT_EQ(ask_at("2026-06-01", "month_of(2026-04-30T22:00:00Z)"), "5");
  // Set back on 25 October: 2:30 happens twice, and its first time is meant.
  EXPECT_EQ(ask_at("2026-11-01", "2026-10-25T02:30:00"), "2026-10-25T00:30:00Z");
  EXPECT_EQ(ask_at("2026-11-01", "2026-03-29T02:30:00"), "2026-03-29T01:00:00Z") << "it never happened";
  EXPECT_EQ(to_rfc3339(bucket_start(query::Bucket::hour, moment("2026-10-25T01:10:00Z"), brand_)),
            "2026-10-25T00:00:00Z")
      << "both readings of two o'clock are one";
  on("2026-01-01", "customer_updated", R"({"birthday": "2000-02-29"})");
  EXPECT_EQ(ask_at("2026-02-27T12:00:00Z", "days_to_anniversary(customer.birthday)"), "1");
  EXPECT_EQ(ask_at("2026-02-28T12:00:00Z", "days_to_anniversary(customer.birthday)"), "0");
  EXPECT_EQ(ask_at("2026-03-01T12:00:00Z", "days_to_anniversary(customer.birthday)"), "364");
  EXPECT_EQ(ask_at("2028-02-28T12:00:00Z", "days_to_anniversary(customer.birthday)"), "1");
}

TEST_F(Meaning, OfEventsAndEntities) {
  on("2026-05-01", "order_completed", R"({"order_id": 1, "total": 10, "channel": "web"})");
  Row& copy = on("2026-05-01T00:00:05Z", "order_completed", R"({"order_id": "1", "total": 12, "status": "Canceled "})");
  copy.source = 2;
  copy.precedence = 50;
  EXPECT_EQ(now("count(order_completed)"), "2") << "rows are rows";
  EXPECT_EQ(now("count(orders)"), "1");
  EXPECT_EQ(now("last(orders.total)"), "10 EUR") << "the higher precedence";
  EXPECT_EQ(now("last(orders.shop_status)"), "\"canceled \"") << "which the higher does not know";
  rows_[1].precedence = 100;
  rows_[1].known_at = moment("2026-05-02");
  EXPECT_EQ(now("last(orders.total)"), "12 EUR") << "the latest known";
  EXPECT_EQ(now("last(orders.channel)"), "\"web\"") << "unknown never replaces";
  EXPECT_EQ(now("last_time(orders)"), "2026-05-01T00:00:05Z");
  on("2026-05-20", "order_delivered", R"({"order_id": "1"})");
  on("2026-05-21", "order_delivered", R"({"order_id": "7"})");
  on("2026-05-22", "order_delivered");
  EXPECT_EQ(now("count(orders)"), "2") << "a delivery tells of an order too, but not without its id";
  EXPECT_EQ(now("count(orders last 15 days)"), "1") << "by creation: the first that was heard of order 7";
  EXPECT_EQ(now("count(orders.delivered_at last 15 days)"), "2");
  EXPECT_EQ(now("days_since(orders.delivered_at)"), "11.5");
  EXPECT_EQ(now("count(orders.shipped_at)"), "0") << "it did not happen";
  EXPECT_EQ(now("count(orders where delivered_at - placed_at > 10 days)"), "1");
  on("2026-05-23", "order_completed", R"({"total": 1})");
  on("2026-05-24", "order_completed", R"({"total": 2})");
  EXPECT_EQ(now("count(orders)"), "4") << "each without an id is one of its own";
  EXPECT_EQ(now("count(orders before 2026-05-10)"), "1");
}

TEST_F(Meaning, OfAnOrdersMoney) {
  auto order = [&](std::string_view field) { return now(fmt::format("last(orders.{})", field)); };
  on("2026-05-01", "order_completed", R"({"order_id": "1", "revenue": 10, "shipping": 2, "tax": 0.5})");
  EXPECT_EQ(order("paid"), "12.50 EUR");
  EXPECT_EQ(order("refunded"), "0 EUR");
  on("2026-05-02", "order_updated", R"({"order_id": "1", "total": 20})");
  EXPECT_EQ(order("paid"), "20 EUR");
  on("2026-05-03", "order_paid", R"({"order_id": "1", "payment_id": "p", "amount": 15})");
  on("2026-05-03", "order_paid", R"({"order_id": "1", "payment_id": "p", "amount": 15})");
  on("2026-05-04", "order_paid", R"({"order_id": "1", "payment_id": "q", "amount": 4})");
  EXPECT_EQ(order("paid"), "19 EUR") << "one payment told twice is one";
  EXPECT_EQ(order("payments"), "2");
  on("2026-05-05", "order_refunded",
     R"({"order_id": "1", "refund_id": "r", "products": [{"price": 2, "quantity": 3}, {"price": 1}]})");
  EXPECT_EQ(order("refunded"), "7 EUR") << "the price of what is listed";
  EXPECT_EQ(order("total"), "12 EUR");
  EXPECT_EQ(order("status"), "\"placed\"");
  on("2026-05-06", "order_refunded", R"({"order_id": "1", "refund_id": "s"})");
  EXPECT_EQ(order("refunded"), "19 EUR") << "everything, and never more than was paid";
  EXPECT_EQ(order("total"), "0 EUR");
  EXPECT_EQ(order("status"), "\"refunded\"");
  EXPECT_EQ(order("refunded_at"), "2026-05-06T00:00:00Z");
  on("2026-05-07", "order_cancelled", R"({"order_id": "1", "by": "Shop"})");
  EXPECT_EQ(order("status"), "\"cancelled\"");
  EXPECT_EQ(order("cancelled_by"), "\"shop\"");
}

TEST_F(Meaning, OfFactsWithoutAnId) {
  on("2026-05-01", "order_completed", R"({"order_id": "1"})");
  auto pay = [&](std::string_view properties, int source, int precedence) {
    Row& row = on("2026-05-02", "order_paid", properties);
    row.source = source;
    row.precedence = precedence;
  };
  pay(R"({"order_id": "1", "amount": 1})", 1, 50);
  pay(R"({"order_id": "1", "amount": 10})", 2, 100);
  pay(R"({"order_id": "1", "amount": 10})", 2, 100);
  EXPECT_EQ(now("last(orders.paid)"), "20 EUR") << "of one source alone, the higher";
  EXPECT_EQ(now("last(orders.payments)"), "2");
  pay(R"({"order_id": "1", "amount": 100, "payment_id": "p"})", 3, 10);
  EXPECT_EQ(now("last(orders.paid)"), "100 EUR") << "of none, when another source gave ids";
}

TEST_F(Meaning, OfTicketsAndCarts) {
  auto ticket = [&](std::string_view field) { return now(fmt::format("last(tickets.{})", field)); };
  on("2026-05-01", "ticket_opened", R"({"ticket_id": "1", "severity": "high"})");
  EXPECT_EQ(ticket("status"), "\"open\"");
  on("2026-05-02", "ticket_replied", R"({"ticket_id": "1", "by": "Automatic"})");
  on("2026-05-03", "ticket_replied", R"({"ticket_id": "1", "by": "agent"})");
  on("2026-05-04", "ticket_replied", R"({"ticket_id": "1", "by": "customer"})");
  EXPECT_EQ(ticket("first_reply_at"), "2026-05-03T00:00:00Z");
  EXPECT_EQ(ticket("replies"), "1");
  on("2026-05-05", "ticket_solved", R"({"ticket_id": "1"})");
  on("2026-05-07", "ticket_reopened", R"({"ticket_id": "1"})");
  EXPECT_EQ(ask_at("2026-05-06", "last(tickets.status)"), "\"solved\"");
  EXPECT_EQ(ticket("status"), "\"open\"");
  EXPECT_EQ(ticket("solved_at"), "unknown");
  EXPECT_EQ(ticket("first_solved_at"), "2026-05-05T00:00:00Z");
  EXPECT_EQ(ticket("reopened_at"), "2026-05-07T00:00:00Z");
  on("2026-05-09", "ticket_solved", R"({"ticket_id": "1"})");
  EXPECT_EQ(ticket("solved_at"), "2026-05-09T00:00:00Z");

  on("2026-05-10", "product_added", R"({"cart_id": "c"})");
  on("2026-05-11", "product_added");
  EXPECT_EQ(now("count(carts)"), "1") << "what has no id is no cart";
  EXPECT_EQ(now("last(carts.status)"), "\"open\"");
  on("2026-05-12", "checkout_started", R"({"cart_id": "c", "value": 5})");
  EXPECT_EQ(now("last(carts.status)"), "\"checkout\"");
  on("2026-05-13", "order_completed", R"({"cart_id": "c", "order_id": "1"})");
  on("2026-05-13", "order_completed", R"({"cart_id": "d", "order_id": "2"})");
  EXPECT_EQ(now("last(carts.status)"), "\"ordered\"");
  EXPECT_EQ(now("count(carts)"), "1") << "an order alone is no cart";
  EXPECT_EQ(now("last(carts.touched_at)"), "2026-05-12T00:00:00Z");
}

TEST_F(Meaning, OfAttributes) {
  on("2026-05-01", "member_enrolled", R"({"tier": "silver"})");
  on("2026-05-02", "member_enrolled", R"({"tier": null})");
  on("2026-05-03", "member_enrolled", R"({"tier": "gold"})");
  on("2026-05-04", "points_earned", R"({"points": 100})");
  on("2026-05-05", "reward_redeemed", R"({"points": 30})");
  EXPECT_EQ(ask_at("2026-05-02T12:00:00Z", "member.tier"), "\"silver\"") << "as it was then";
  EXPECT_EQ(now("member.tier"), "\"gold\"");
  EXPECT_EQ(ask_at("2026-05-03", "member.points"), "unknown");
  EXPECT_EQ(now("member.points"), "70");
  EXPECT_EQ(now("member.enrolled_at"), "2026-05-01T00:00:00Z");
  EXPECT_EQ(now("customer.last_seen_at - customer.first_seen_at"), "4 days");
  EXPECT_EQ(now("count(points_earned where points > member.points)"), "1");
}

TEST_F(Meaning, OfTheEventAtHand) {
  Row event = on("2026-05-01", "order_completed", R"({"total": 50, "channel": "web"})");
  on("2026-05-02", "order_completed", R"({"total": 20, "channel": "web"})");
  query::Checked checked = ask("event.total > 30 EUR and count(order_completed where channel = event.channel) = 2",
                               brand_, {"order_completed"});
  EXPECT_EQ(to_text(evaluate(checked, rows_, brand_, {moment("2026-06-01"), false, &event}).value), "true");
  EXPECT_EQ(to_text(evaluate(checked, rows_, brand_, {moment("2026-06-01"), false, &rows_[1]}).value), "false");
}

TEST_F(Meaning, OfSequences) {
  on("2026-05-01", "product_viewed");
  on("2026-05-02", "product_viewed");
  on("2026-05-03", "order_completed");
  on("2026-05-04", "order_completed");
  EXPECT_EQ(now("sequence(product_viewed then order_completed)"), "1") << "no overlap";
  EXPECT_EQ(now("sequence(product_viewed then order_completed).duration"), "2 days");
  EXPECT_EQ(now("sequence(product_viewed then order_completed within 1 day)"), "1") << "the later start fits";
  EXPECT_EQ(now("sequence(product_viewed then order_completed within 1 day).duration"), "1 day") << "its end included";
  EXPECT_EQ(now("sequence(product_viewed then order_completed within 23 hours)"), "0");
  EXPECT_EQ(now("sequence(product_viewed then order_completed within 23 hours).duration"), "unknown");
  EXPECT_EQ(now("sequence(product_viewed then product_viewed)"), "1") << "one event serves one step";
  EXPECT_EQ(now("sequence(order_completed then product_viewed)"), "0");
  EXPECT_EQ(now("sequence(product_viewed then order_completed since 2026-05-02)"), "1");
  EXPECT_EQ(now("sequence(product_viewed then order_completed since 2026-05-02).first_time"), "2026-05-03T00:00:00Z");
  on("2026-05-05", "product_viewed");
  on("2026-05-06T06:00:00Z", "order_completed");
  EXPECT_EQ(now("sequence(product_viewed then order_completed)"), "2");
  EXPECT_EQ(now("sequence(product_viewed then order_completed).duration"), "30 hours") << "of the latest";
  EXPECT_EQ(now("sequence(product_viewed then order_completed).first_time"), "2026-05-03T00:00:00Z");
  EXPECT_EQ(now("sequence(product_viewed then order_completed).last_time"), "2026-05-06T06:00:00Z");
}

TEST_F(Meaning, OfSequencesThatFollowOneThing) {
  on("2026-05-01", "order_completed", R"({"order_id": "1"})");
  on("2026-05-02", "order_completed", R"({"order_id": "2"})");
  on("2026-05-03", "order_delivered", R"({"order_id": "2"})");
  on("2026-05-05", "order_delivered", R"({"order_id": "1"})");
  on("2026-05-06", "order_completed");
  on("2026-05-07", "order_delivered");
  EXPECT_EQ(now("sequence(order_completed then order_delivered on order_id)"), "2") << "they may cross";
  EXPECT_EQ(now("sequence(order_completed then order_delivered on order_id).duration"), "4 days");
  EXPECT_EQ(now("sequence(order_completed then order_delivered within 2 days on order_id)"), "1");
  EXPECT_EQ(now("sequence(order_completed then order_delivered)"), "2") << "1 to its neighbour's, then the last two";
}

TEST_F(Meaning, OfTies) {
  on("2026-05-01", "survey_answered", R"({"score": 1})");
  on("2026-05-01", "survey_answered", R"({"score": 2})");
  EXPECT_EQ(now("last(survey_answered.score)"), "2");
  std::swap(rows_[0].seq, rows_[1].seq);
  EXPECT_EQ(now("last(survey_answered.score)"), "1") << "by seq";
}

}  // namespace
}  // namespace cairn::judge

#include "query/words.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/check.h"
#include "base/text.h"

namespace cairn::query {
namespace {

using enum Group;
using W = Word;

constexpr std::string_view kTwoOrdered = "O, O -> boolean";

constexpr std::array kOperators = {
    WordInfo{W::or_, operation, "or", "boolean, boolean… -> boolean", "a or b",
             "True when one is. An unknown condition counts as false.", "exists(orders) or exists(tickets)", "true"},
    WordInfo{W::and_, operation, "and", "boolean, boolean… -> boolean", "a and b",
             "True when all are. An unknown condition counts as false.",
             "count(orders) >= 2 and customer.country = \"FR\"", "true"},
    WordInfo{W::not_, operation, "not", "boolean -> boolean", "not a",
             "True when it is false or unknown: `not x > 5` reads 'not known to be above 5'.", "not member.points > 5",
             "true"},
    WordInfo{W::equal, operation, "=", "S, S -> boolean", "a = b", "Equal; text letter for letter.",
             "customer.country = \"FR\"", "true"},
    WordInfo{W::not_equal, operation, "!=", "S, S -> boolean", "a != b",
             "Both known and not equal. A comparison with unknown is false.", "member.tier != \"gold\"", "false"},
    WordInfo{W::less, operation, "<", kTwoOrdered, "a < b",
             "Below; text by its bytes, time earlier before later, money within one currency.", "count(orders) < 3",
             "false"},
    WordInfo{W::at_most, operation, "<=", kTwoOrdered, "a <= b", "Below or equal.", "count(orders) <= 3", "true"},
    WordInfo{W::more, operation, ">", kTwoOrdered, "a > b", "Above.", "sum(orders.total) > 100 EUR", "true"},
    WordInfo{W::at_least, operation, ">=", kTwoOrdered, "a >= b", "Above or equal.", "sum(orders.total) >= 116.50 EUR",
             "true"},
    WordInfo{W::in, operation, "in", "S, S… -> boolean", "a in (b, c)", "Equal to one of them.",
             "customer.country in (\"FR\", \"BE\")", "true"},
    WordInfo{W::contains, operation, "contains", "text, text -> boolean | list, element -> boolean", "a contains b",
             "The text has the other as a part, letter for letter; or the list has the value.",
             "exists(order_completed where products.category contains \"tea\")", "true"},
    WordInfo{W::is_known, operation, "is known", "any -> boolean", "a is known", "There is a value.",
             "customer.birthday is known", "true"},
    WordInfo{W::is_unknown, operation, "is unknown", "any -> boolean", "a is unknown", "There is none.",
             "member.tier is unknown", "true"},
    WordInfo{W::add, operation, "+",
             "number, number -> number | money, money -> money | duration, duration -> duration | time, duration -> "
             "time | duration, time -> time",
             "a + b", "Sum. Arithmetic with unknown is unknown, and so is money of two currencies.",
             "customer.birthday + 10 days", "1990-03-12T00:00:00Z"},
    WordInfo{W::subtract, operation, "-",
             "number, number -> number | money, money -> money | duration, duration -> duration | time, duration -> "
             "time | time, time -> duration",
             "a - b", "Difference; between two times it is a duration.", "last_time(orders) - first_time(orders)",
             "80 days"},
    WordInfo{W::multiply, operation, "*",
             "number, number -> number | money, number -> money | number, money -> money | duration, number -> "
             "duration | number, duration -> duration",
             "a * b", "Product; money and durations are rounded to whole minor units and microseconds.",
             "sum(orders.total) * 0.1", "11.65 EUR"},
    WordInfo{W::divide, operation, "/",
             "number, number -> number | money, number -> money | duration, number -> duration | money, money -> "
             "number | duration, duration -> number",
             "a / b", "Quotient; unknown when divided by zero.", "sum(orders.total) / count(orders)", "38.83 EUR"},
    WordInfo{W::negate, operation, "-", "Q -> Q", "-a", "The opposite.", "-count(orders)", "-3"},
};

constexpr std::array kFunctions = {
    WordInfo{W::if_, function, "if", "boolean, S, S -> S", "if(condition, a, b)",
             "The first where the condition is true, else the second.",
             "if(member.tier is known, member.tier, \"none\")", "\"none\""},
    WordInfo{W::round, function, "round", "number -> number", "round(a)",
             "To the nearest whole number, half away from zero.", "round(2.5)", "3"},
    WordInfo{W::floor, function, "floor", "number -> number", "floor(a)", "The whole number at or below.",
             "floor(days_since(orders))", "9"},
    WordInfo{W::ceil, function, "ceil", "number -> number", "ceil(a)", "The whole number at or above.",
             "ceil(days_since(orders))", "10"},
    WordInfo{W::abs, function, "abs", "Q -> Q", "abs(a)", "Without its sign.", "abs(-5 EUR)", "5 EUR"},
    WordInfo{W::least, function, "least", "O, O… -> O", "least(a, b, …)", "The smallest; unknown as soon as one is.",
             "least(count(orders), 2)", "2"},
    WordInfo{W::greatest, function, "greatest", "O, O… -> O", "greatest(a, b, …)",
             "The largest; unknown as soon as one is.", "greatest(count(orders), 2)", "3"},
    WordInfo{W::now, function, "now", "-> time", "now()", "The moment that the question is asked of.", "now()",
             "2026-03-31T12:00:00Z"},
    WordInfo{W::day_of_week, function, "day_of_week", "[time] -> number", "day_of_week([t])",
             "1 for Monday to 7 for Sunday, in the brand's time zone; without t, of the moment.", "day_of_week()", "2"},
    WordInfo{W::hour, function, "hour", "[time] -> number", "hour([t])",
             "0 to 23, in the brand's time zone; without t, of the moment.",
             "count(order_completed where hour(occurred_at) < 12)", "2"},
    WordInfo{W::month_of, function, "month_of", "time -> number", "month_of(t)", "1 to 12, in the brand's time zone.",
             "month_of(customer.birthday)", "3"},
    WordInfo{W::days_to_anniversary, function, "days_to_anniversary", "time -> number", "days_to_anniversary(t)",
             "Days from the moment's calendar day to the next anniversary of t's, 0 on the day itself; 29 February is "
             "kept on the 28th in other years.",
             "days_to_anniversary(customer.birthday)", "336"},
    WordInfo{W::segment, function, "segment", "text -> boolean", "segment(\"name\")",
             "Whether the customer is in the segment at the moment.", "segment(\"buyers\")", "true"},
};

constexpr std::array kAggregates = {
    WordInfo{W::count, aggregate, "count", "row -> number | any -> number", "count(kind[.property] …)",
             "How many events; with a property, how many that know it.", "count(orders where status != \"cancelled\")",
             "2"},
    WordInfo{W::sum, aggregate, "sum", "number -> number | money -> money", "sum(kind.property …)",
             "The sum of the known values; 0 of nothing.",
             "sum(orders.total where status != \"cancelled\" last 365 days)", "70 EUR"},
    WordInfo{W::avg, aggregate, "avg", "number -> number | money -> money", "avg(kind.property …)",
             "The sum of the known values through their number; unknown of nothing.", "avg(survey_answered.score)",
             "6.5"},
    WordInfo{W::min, aggregate, "min", "number -> number | money -> money | time -> time", "min(kind.property …)",
             "The smallest known value.", "min(survey_answered.score)", "4"},
    WordInfo{W::max, aggregate, "max", "number -> number | money -> money | time -> time", "max(kind.property …)",
             "The largest known value.", "max(orders.total)", "46.50 EUR"},
    WordInfo{W::first, aggregate, "first", "any -> any", "first(kind.property …)",
             "The value in the first event that knows it.", "first(survey_answered.score)", "9"},
    WordInfo{W::last, aggregate, "last", "any -> any", "last(kind.property …)",
             "The value in the last event that knows it.", "last(survey_answered.score where survey = \"nps\")", "4"},
    WordInfo{W::distinct, aggregate, "distinct", "S -> number", "distinct(kind.property …)",
             "How many different known values.", "distinct(order_completed.channel)", "2"},
    WordInfo{W::exists, aggregate, "exists", "row -> boolean | any -> boolean", "exists(kind[.property] …)",
             "Whether there is one.", "exists(tickets where status = \"open\")", "false"},
    WordInfo{W::days_since, aggregate, "days_since", "row -> number | any -> number", "days_since(kind[.property] …)",
             "Seconds from the last one to the moment, through 86,400: with its fraction; unknown without one.",
             "days_since(orders)", "9.25"},
    WordInfo{W::first_time, aggregate, "first_time", "row -> time | any -> time", "first_time(kind[.property] …)",
             "When the first one was.", "first_time(orders)", "2026-01-01T06:00:00Z"},
    WordInfo{W::last_time, aggregate, "last_time", "row -> time | any -> time", "last_time(kind[.property] …)",
             "When the last one was.", "last_time(orders.delivered_at)", "2026-02-12T09:00:00Z"},
};

constexpr std::array kSequences = {
    WordInfo{W::sequence, Group::sequence, "sequence", "-> number",
             "sequence(kind [where …] then kind … [within 7 days] [on property] [window])",
             "How often these events followed one another, in this order, within the time from the first to the last "
             "(its end included), all with the same known value of `on`.",
             "sequence(product_viewed then order_completed within 7 days)", "2"},
    WordInfo{W::duration, Group::sequence, "duration", "-> duration", "sequence(…).duration",
             "From the first to the last event of the latest time that it happened.",
             "sequence(product_viewed then order_completed within 7 days).duration", "6 hours"},
    WordInfo{W::sequence_first_time, Group::sequence, "first_time", "-> time", "sequence(…).first_time",
             "When its last event was, the first time that it happened.",
             "sequence(product_viewed then order_completed within 7 days).first_time", "2026-01-01T06:00:00Z"},
    WordInfo{W::sequence_last_time, Group::sequence, "last_time", "-> time", "sequence(…).last_time",
             "When its last event was, the latest time that it happened.",
             "sequence(order_completed then order_delivered on order_id).last_time", "2026-02-12T09:00:00Z"},
};

constexpr std::array kWindows = {
    WordInfo{W::last_for, window, "last", "", "last 90 days",
             "So much before the moment t: after t − 90 × 86,400 s, up to t.", "count(orders last 30 days)", "1"},
    WordInfo{W::since, window, "since", "", "since T", "From T on.", "count(orders since 2026-02-10)", "2"},
    WordInfo{W::between, window, "between", "", "between T and U", "From T on and before U.",
             "count(orders between 2026-01-01 and 2026-02-10)", "1"},
    WordInfo{W::before, window, "before", "", "before T", "Before T; T may be counted from the moment.",
             "count(orders before now() - 30 days)", "2"},
    WordInfo{W::today, window, "today", "", "today", "Since midnight in the brand's time zone.",
             "count(product_viewed today)", "1"},
    WordInfo{W::this_week, window, "this week", "", "this week", "Since midnight of the brand's first weekday.",
             "count(product_viewed this week)", "1"},
    WordInfo{W::this_month, window, "this month", "", "this month", "Since the first of the month.",
             "count(orders this month)", "1"},
    WordInfo{W::this_year, window, "this year", "", "this year", "Since the first of January.",
             "count(orders this year)", "3"},
};

constexpr std::array kSeries = {
    WordInfo{W::customers, Group::series, "customers", "row -> number | any -> number", "customers(kind[.property] …)",
             "How many different customers.", "series(customers(orders))", "1"},
    WordInfo{W::share, Group::series, "share", "row, boolean -> number", "share(kind, condition …)",
             "The part of the events for which the condition is true, 0 to 1; unknown of nothing.",
             "series(share(orders, status = \"cancelled\"))", "0.3333333333333333"},
    WordInfo{W::median, Group::series, "median", "number -> number | money -> money | time -> time",
             "median(kind.property …)", "The quantile of 0.5.", "series(median(orders.total))", "40 EUR"},
    WordInfo{W::quantile, Group::series, "quantile",
             "number, number -> number | money, number -> money | time, number -> time", "quantile(kind.property, q …)",
             "The exact quantile, interpolated between neighbours (Hyndman and Fan 1996, type 7); 0 ≤ q ≤ 1.",
             "series(quantile(orders.total, 0.9))", "45.20 EUR"},
    WordInfo{W::nps, Group::series, "nps", "number -> number", "nps(kind.property …)",
             "100 × (promoters 9–10 − detractors 0–6) / answers; whole numbers from 0 to 10 count, others are skipped.",
             "series(nps(survey_answered.score))", "0"},
};

constexpr std::array kQuestions = {
    WordInfo{W::select, question, "select", "", "select(condition)",
             "The customers for whom it is true, in order of their ids.",
             "select(exists(orders) and customer.country = \"FR\") as of 2026-03-01"},
    WordInfo{W::values, question, "values", "", "values(expression, …)",
             "The expressions for each customer: a column each.",
             "values(count(orders), days_since(orders)) for exists(orders)"},
    WordInfo{
        W::series, question, "series", "", "series(aggregate [by …])",
        "An aggregate over the events of all customers, broken down by calendar time (`hour day week month quarter "
        "year`), properties, attributes, segments. Its aggregates are `count sum avg min max distinct` and "
        "`customers share median quantile nps`.",
        "series(sum(orders.total where status != \"cancelled\") by month, channel) for segment(\"buyers\") last 365 "
        "days"},
    WordInfo{W::funnel, question, "funnel", "",
             "funnel(kind [where …] then kind … [within 7 days] [on property] [by …])",
             "How many customers reach each step, in order, and the time between the steps.",
             "funnel(product_viewed then product_added then order_completed within 7 days by channel) this month"},
    WordInfo{
        W::retention, question, "retention", "",
        "retention(kind [where …] then kind [where …] [every 30 days] [by month])",
        "Cohorts by first event, and how many came back in each period after it: calendar periods with `by`, periods "
        "counted from each customer's own start with `every`.",
        "retention(order_completed then order_completed by month) since 2026-01-01"},
    WordInfo{W::paths, question, "paths", "", "paths(from kind [where …] [depth 5] [within 1 day])",
             "What customers did after their first such event, or, with `to`, before their last: the most travelled "
             "ways, as nodes and links.",
             "paths(from product_viewed depth 3 within 1 day)"},
    WordInfo{W::transitions, question, "transitions", "", "transitions()",
             "From which kind to which, how often, and how long it took.", "transitions() last 30 days"},
};

std::vector<WordInfo> gather() {
  std::vector<WordInfo> all;
  auto take = [&](auto& table) { all.insert(all.end(), table.begin(), table.end()); };
  take(kOperators), take(kFunctions), take(kAggregates), take(kSequences);
  take(kWindows), take(kSeries), take(kQuestions);
  return all;
}

const std::vector<WordInfo>& table() {
  static const std::vector<WordInfo> all = gather();
  return all;
}

// The calendar's words only so that `by month` and by a property called month are told apart.
constexpr std::array<std::string_view, 18> kReserved = {"and",  "or",    "not",   "in",    "is",      "contains",
                                                        "true", "false", "where", "then",  "if",      "unknown",
                                                        "hour", "day",   "week",  "month", "quarter", "year"};

Overload::Parameter parameter_of(std::string_view text) {
  Overload::Parameter out;
  text = trim(text);
  out.optional = text.starts_with('[');
  if (out.optional) text = text.substr(1, text.size() - 2);
  constexpr std::string_view kRepeat = "…";
  out.repeated = text.ends_with(kRepeat);
  if (out.repeated) text.remove_suffix(kRepeat.size());
  out.type = text;
  return out;
}

std::vector<Overload> overloads_in(std::string_view signature) {
  std::vector<Overload> out;
  for (std::string_view one : split(signature, '|')) {
    size_t arrow = one.find("->");
    CHECK(arrow != one.npos, "signature '{}'", signature);
    Overload overload;
    overload.result = trim(one.substr(arrow + 2));
    std::string_view parameters = trim(one.substr(0, arrow));
    if (!parameters.empty())
      for (std::string_view p : split(parameters, ',')) overload.parameters.push_back(parameter_of(p));
    out.push_back(std::move(overload));
  }
  return out;
}

std::map<Word, std::vector<Overload>> all_overloads() {
  std::map<Word, std::vector<Overload>> out;
  for (const WordInfo& w : table())
    if (!w.signature.empty()) out.emplace(w.word, overloads_in(w.signature));
  return out;
}

bool is_plain(std::string_view name) {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !name.empty() && letter(name[0]) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || digit(c); });
}

}  // namespace

std::span<const WordInfo> all_words() { return table(); }

const WordInfo& info(Word word) {
  static const std::vector<const WordInfo*> by_word = [] {
    std::vector<const WordInfo*> out(static_cast<size_t>(Word::transitions) + 1);
    for (const WordInfo& w : table()) out[static_cast<size_t>(w.word)] = &w;
    return out;
  }();
  const WordInfo* found = by_word[static_cast<size_t>(word)];
  CHECK(found, "word {} is not in the table", static_cast<int>(word));
  return *found;
}

const WordInfo* find_word(Group group, std::string_view name) {
  for (const WordInfo& w : table())
    if (w.group == group && w.name == name) return &w;
  return nullptr;
}

std::vector<std::string_view> names_of(Group group) {
  std::vector<std::string_view> out;
  for (const WordInfo& w : table())
    if (w.group == group) out.push_back(w.name);
  return out;
}

bool is_reserved(std::string_view name) {
  return std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end();
}

std::string name_text(std::string_view name) {
  if (is_plain(name) && !is_reserved(name)) return std::string(name);
  std::string out = "`";
  for (char c : name) {
    if (c == '`') out += '`';
    out += c;
  }
  return out + '`';
}

const std::vector<Overload>& overloads(Word word) {
  static const std::map<Word, std::vector<Overload>> all = all_overloads();
  auto it = all.find(word);
  CHECK(it != all.end(), "{} has no signature", info(word).name);
  return it->second;
}

}  // namespace cairn::query

// The words of the language, in one table: the parser finds them here, the checker types them by their signature, the
// reference page prints them, and a test evaluates every example.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "query/value.h"

namespace cairn::query {

enum class Word : uint8_t {
  none,
  // Operators, loosest first.
  or_,
  and_,
  not_,
  equal,
  not_equal,
  less,
  at_most,
  more,
  at_least,
  in,
  contains,
  is_known,
  is_unknown,
  add,
  subtract,
  multiply,
  divide,
  negate,
  // Functions.
  if_,
  round,
  floor,
  ceil,
  abs,
  least,
  greatest,
  now,
  day_of_week,
  hour,
  month_of,
  days_to_anniversary,
  segment,
  // Aggregates over one customer's events.
  count,
  sum,
  avg,
  min,
  max,
  first,
  last,
  distinct,
  exists,
  days_since,
  first_time,
  last_time,
  // What a sequence gives: itself, and after a point.
  sequence,
  duration,
  sequence_first_time,
  sequence_last_time,
  // Windows.
  last_for,
  since,
  between,
  before,
  today,
  this_week,
  this_month,
  this_year,
  // Aggregates of `series` alone.
  customers,
  share,
  median,
  quantile,
  nps,
  // Questions.
  select,
  values,
  series,
  funnel,
  retention,
  paths,
  transitions,
};

enum class Group : uint8_t { operation, function, aggregate, sequence, window, series, question };

/// A signature is a list of overloads, `|` between them, each `parameters -> result`. A parameter is a type's name, or
/// - `S` any type but a list, the same wherever it stands; `O` one that has an order (number, money, text, time,
///   duration), the same everywhere; `Q` a quantity (number, money, duration), the same everywhere;
/// - `any` whatever; `element` what the list has;
/// - `row` an event or entity as such, without a property.
/// In `[ ]` it may be left out; with `…` it may be repeated.
struct WordInfo {
  Word word = Word::none;
  Group group = Group::function;
  std::string_view name;       ///< As it is written.
  std::string_view signature;  ///< Empty for windows and questions.
  std::string_view form;       ///< How it is written: `a + b`.
  std::string_view doc;
  /// Of the customer on the reference page (reference.h), as of its moment, with what it gives there.
  std::string_view example;
  std::string_view result;
};

/// In the order of the reference page.
std::span<const WordInfo> all_words();
/// REQUIRES: not `none`.
const WordInfo& info(Word word);
/// The word of that name in that group.
const WordInfo* find_word(Group group, std::string_view name);
/// Names of a group, for suggestions.
std::vector<std::string_view> names_of(Group group);

/// Words that cannot be the name of a property or kind unless it stands in backticks.
bool is_reserved(std::string_view name);
/// The name as a query writes it: in backticks where it must be.
std::string name_text(std::string_view name);

/// Spans of calendar time that answers are broken down by.
enum class Bucket : uint8_t { hour, day, week, month, quarter, year };
BOOST_DESCRIBE_ENUM(Bucket, hour, day, week, month, quarter, year)

/// One overload, read from a signature.
struct Overload {
  struct Parameter {
    std::string_view type;
    bool optional = false;
    bool repeated = false;
  };
  std::vector<Parameter> parameters;
  std::string_view result;
};
/// REQUIRES a word with a signature. The views live for ever.
const std::vector<Overload>& overloads(Word word);

}  // namespace cairn::query

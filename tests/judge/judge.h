// The judge: what a query means, evaluated row by row in the plainest way, one customer at a time. Written from
// docs/reference/query.md alone and shares no code with any engine, so that an engine can be held against it. Slow.
#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/zone.h"
#include "json/value.h"
#include "query/checker.h"

namespace cairn::judge {

using query::Value;

/// One event as the log tells it.
struct Row {
  Seq seq;
  CustomerId customer;
  std::string stream;  ///< `order_completed`
  Time occurred_at;
  Time known_at;
  int32_t source = 1;
  int32_t precedence = 100;
  json::Object properties;
};

/// What a brand is, and what its segments are.
struct Brand {
  const query::Catalogue* catalogue = nullptr;
  Zone zone;
  Currency currency;
  int first_weekday = 1;  ///< 1 Monday to 7 Sunday.
  std::map<std::string, query::Checked> segments;
};

/// From where one customer is looked at.
struct Look {
  Time t;
  bool as_known = false;       ///< Hides what was not known at t.
  const Row* event = nullptr;  ///< The event at hand.
};

struct Answer {
  Value value;
  /// Rows that sum, avg, min, max and distinct passed over because the value was unknown.
  int64_t skipped = 0;
  /// A digest of everything discrete on the way (comparisons, which rows were in, whole numbers). Between two moments
  /// with the same trace, nothing happened, as long as no event, midnight or hour lies between them.
  uint64_t trace = 0;
};

/// REQUIRES rows of one customer, in any order; a checked expression.
Answer evaluate(const query::Checked& query, std::span<const Row> rows, const Brand& brand, const Look& look);
/// One node of it, for holding `explain` against: REQUIRES a node that stands outside of any `where`.
Answer evaluate(const query::Checked& query, query::NodeId node, std::span<const Row> rows, const Brand& brand,
                const Look& look);
/// The first moment after look.t, and up to `horizon`, at which the value is another one, were the log to stay as it is
/// (rows that lie ahead of t come to be). Exact to the microsecond for what grows or falls steadily between events and
/// the calendar's boundaries; a product of two such may hide a change that is taken back at once.
std::optional<Time> valid_until(const query::Checked& query, std::span<const Row> rows, const Brand& brand,
                                const Look& look, Duration horizon = days(400));

/// Whether the value is the truth; unknown is not.
bool is_true(const Value& value);
/// An order over all values: unknown, false, true, numbers, money, text, times, durations, lists.
bool comes_before(const Value& a, const Value& b);

/// A property's JSON as the declared type reads it (docs/reference/query.md, "What an event tells").
Value read(const json::Object& properties, const query::Property& property, const Brand& brand);
/// The named property of a row, or the list of that item of it. Unknown when the kind does not have it.
Value read(const Row& row, std::string_view property, std::string_view item, const Brand& brand);

/// An entity as the rows make it; `rows` views the span that was folded.
struct Thing {
  std::vector<const Row*> rows;  ///< By (occurred_at, seq), with the linked ones.
  Time time;                     ///< Its creation.
  Seq seq;                       ///< Of its earliest row.
};
/// REQUIRES rows by (occurred_at, seq). Things by (time, seq).
std::vector<Thing> fold(const query::Entity& entity, const std::vector<const Row*>& rows, const Brand& brand);
/// With `item`, the list of that item of a list of objects.
Value field_of(const Thing& thing, const query::Entity& entity, const query::Field& field, const Brand& brand,
               std::string_view item = {});

/// The moment at which a span of calendar time that holds `t` began, and the n-th after it, in the brand's zone.
Time bucket_start(query::Bucket bucket, Time t, const Brand& brand, int n = 0);

}  // namespace cairn::judge

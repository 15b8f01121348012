// What an answer looks like, whatever was asked: a few facts and some tables. JSON (form.h), CSV (csv.h) and the
// terminal are drawn from this alone. docs/reference/query-api.md lists the facts and columns of each question.
#pragma once
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/zone.h"
#include "query/checker.h"

namespace cairn::questions {

/// What the numbers of a column or fact are.
enum class Unit { none, count, share, customer };
BOOST_DESCRIBE_ENUM(Unit, none, count, share, customer)

struct Column {
  std::string name;
  query::BaseType type = query::BaseType::number;
  Unit unit = Unit::none;
  std::optional<query::Bucket> bucket = {};  ///< The value is the moment at which such a span begins.
};

/// Cells are values of the columns; unknown ones are allowed everywhere.
struct Table {
  std::string name;
  std::vector<Column> columns;
  /// When the first column is customers: one a row. Then the rows' cells are of the columns behind it.
  std::vector<CustomerId> customers;
  std::vector<std::vector<query::Value>> rows;  ///< May be empty when there are no columns but the customers.

  size_t size() const { return customers.empty() ? rows.size() : customers.size(); }
  bool tells_customers() const { return !columns.empty() && columns[0].unit == Unit::customer; }
};

struct Fact {
  Column column;
  query::Value value;
};

struct Answer {
  std::string text;  ///< Canonical.
  std::string form;  ///< select, values, … transitions; condition or expression when it was no question.
  query::Type type;  ///< Of a condition or an expression.
  Time as_of;
  bool as_known = false;
  Seq last;  ///< Every row of the log up to this was looked at.
  Zone zone;
  std::vector<Fact> facts;
  std::vector<Table> tables;  ///< The first is the answer.

  const Table* find(std::string_view table) const;
  /// Values in its tables, and customers.
  uint64_t cells() const;
  const query::Value* fact(std::string_view name) const;
};

/// `2026-01`, `2026-Q1`, `2026-01-05` (day, week), `2026-01-05 13:00`, `2026`: as the zone's calendar has it.
std::string bucket_text(query::Bucket bucket, Time begins_at, const Zone& zone);

/// What of a checked query tells who somebody is: `customer.email`, `ticket_opened.text`. Undeclared properties count.
std::set<std::string> personal_names(const query::Checked& checked, const query::Catalogue& catalogue);
/// Personal properties are for those who see customers: else they would be read letter by letter, from counts alone.
/// Error forbidden, which names them.
Result<void> check_personal(const query::Checked& checked, const query::Catalogue& catalogue, bool sees_customers);

}  // namespace cairn::questions

// A checked query made ready: names are columns by number, sub-expressions that are the same are one, segments stand in
// their place. A plan never changes; any number of threads may use it. It is right for every version whose schema grew
// from the one that it was made with.
//
// Invariants:
// 1. A node's children come before it.
// 2. Nodes outside of `where` depend on the customer and the moment alone: evaluated once.
#pragma once
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "engine/calendar.h"
#include "engine/cell.h"
#include "query/checker.h"
#include "timeline/schema.h"

namespace cairn::engine {

using NodeIndex = int32_t;
inline constexpr NodeIndex kNone = -1;

/// What a plan needs besides the timeline's schema, which has the brand's currency and calendar.
struct Setting {
  /// The segments that may be named; a segment that is not here has nobody in it.
  std::map<std::string, query::Checked> segments = {};
};

enum class Op : uint8_t {
  literal,
  attribute,  ///< `index` in Schema::attributes().
  row_time,   ///< The time of the row at hand.
  row_value,  ///< `index` of the column of the row at hand; `item` of its list.
  event_time,
  event_value,  ///< Of the event at hand: `name`, `item`, by_kind.
  apply,
  aggregate,  ///< `index` in Plan::aggregates.
  sequence,   ///< `index` in Plan::sequences; `word` says what is read of it.
};

struct Node {
  Op op = Op::literal;
  query::Word word = query::Word::none;
  query::BaseType base = query::BaseType::any;
  bool moves = false;      ///< Follows now() from microsecond to microsecond, itself or below.
  bool varies = false;     ///< Another value at another moment, though no event came and no calendar day or hour began.
  bool is_of_row = false;  ///< Reads the row at hand.
  int index = 0;
  Cell literal;
  std::string item;
  std::vector<NodeIndex> children;
  std::vector<std::pair<timeline::KindIndex, timeline::ColumnIndex>> by_kind;
  query::NodeId origin = query::kNoNode;  ///< In the query; of a segment's none.
};

/// Which rows an aggregate or a step is over.
struct Subject {
  bool is_entity = false;
  bool exists = true;  ///< False: the kind is in no version, so there is no row.
  int index = 0;       ///< KindIndex; of an entity its place.
  int step = -1;       ///< Of an entity: the field whose time is the row's.
  NodeIndex where = kNone;
  bool operator==(const Subject&) const = default;
};

struct Window {
  query::Word word = query::Word::none;  ///< none: all time.
  int64_t span = 0;                      ///< Of `last`.
  NodeIndex from = kNone, to = kNone;    ///< Of since, between, before.
  bool is_odd = false;                   ///< A bound follows now() otherwise than at its pace.
  bool from_moves = false, to_moves = false;
};

/// What an aggregate reads of its rows.
enum class Reads : uint8_t { row, time, column };

struct Aggregate {
  query::Word word = query::Word::none;
  query::BaseType base = query::BaseType::any;
  bool is_integer = false;
  Reads reads = Reads::row;
  int column = 0;
  std::string item;
  Subject subject;
  Window window;
  NodeIndex share = kNone;  ///< The condition of `share`.
  double q = 0;             ///< Of `quantile`.
};

struct Sequence {
  std::vector<Subject> steps;
  std::vector<int> on;  ///< The column of `on` by step; empty: not asked for. −1: no row has it.
  int64_t within = 0;
  Window window;
};

struct Dimension {
  std::optional<query::Bucket> bucket;
  NodeIndex value = kNone;
};

/// As query::Question, planned. Which members count is said there.
struct Question {
  query::Word word = query::Word::none;
  std::vector<NodeIndex> columns;  ///< Of select and values.
  Aggregate aggregate;             ///< Of series.
  Sequence steps;                  ///< Of funnel, retention, paths, with `within`.
  std::vector<Dimension> by;
  int64_t every = 0;
  bool backwards = false;
  int depth = 0;
  NodeIndex condition = kNone;
  Window period;
  NodeIndex as_of = kNone;
  bool as_known = false;
};

struct Plan {
  std::vector<Node> nodes;
  std::vector<Aggregate> aggregates;
  std::vector<Sequence> sequences;
  NodeIndex root = kNone;  ///< Of an expression.
  std::optional<Question> question;

  /// Aggregates that count what they passed over, with how often they stand in the expression.
  std::vector<std::pair<NodeIndex, int>> skips;
  /// By query::NodeId, for explain; kNone for nodes within `where`, windows, steps.
  std::vector<NodeIndex> by_origin;

  // What it reads.
  std::map<timeline::KindIndex, std::set<timeline::ColumnIndex>> streams;
  std::map<size_t, std::set<size_t>> entities;  ///< With fields.
  std::set<size_t> attributes;
  bool reads_order = false;
  /// Kinds of which an event can change the value, those that feed entities and attributes included.
  std::set<timeline::KindIndex> depends_on;
  bool depends_on_every_kind = false;
  bool follows_days = false, follows_hours = false;
  /// The expression follows now() from microsecond to microsecond, outside of windows and `where`.
  bool moves = false;
  /// Something follows now() in a way that valid-until gives up on.
  bool is_odd = false;

  std::shared_ptr<const timeline::Schema> schema;
  Calendar calendar;
  Currency currency;
  size_t first_seen = 0;  ///< The attribute customer.first_seen_at.
  std::shared_ptr<const query::Checked> checked;
  std::deque<std::string> texts;
};

/// Errors: unavailable when a property has no column yet (Timeline::add_column makes it; the message names it);
/// invalid when segments go round in a circle.
Result<std::shared_ptr<const Plan>> make_plan(query::Checked checked, std::shared_ptr<const timeline::Schema> schema,
                                              const Setting& setting);

}  // namespace cairn::engine

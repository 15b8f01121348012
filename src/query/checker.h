// A parsed query held against the catalogue: what every name means, the type of every node, what the answer depends on.
#pragma once
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "query/catalogue.h"
#include "query/expression.h"
#include "query/problem.h"

namespace cairn::query {

struct CheckOptions {
  /// The brand's. An amount in another currency is a problem; while it is not set none is.
  Currency currency;
  /// The event at hand, by its stream (`order_completed`), or one of several; absent: there is none, and `event.x` is
  /// a problem.
  std::optional<std::vector<std::string>> event_streams;
  /// The segments that exist; absent: any name is taken.
  std::optional<std::vector<std::string>> segments;
};

enum class TargetKind : uint8_t {
  none,
  row,             ///< An event or entity as such: `count(orders)`.
  occurred_at,     ///< Within `where`: the event's own time. Also `event.occurred_at`, with owner `event`.
  property,        ///< Of the stream `owner`.
  field,           ///< Of the entity `owner`.
  attribute,       ///< `owner` is customer or member.
  event_property,  ///< Of the event at hand.
};

/// What a name, or the subject of an aggregate or a step, stands for.
struct Target {
  TargetKind kind = TargetKind::none;
  std::string owner;
  std::string name;
  std::string item;  ///< `category` of `products.category`.
  Type type;
  bool integer = false;  ///< Declared as whole: its sum is made in whole numbers.
  bool entity = false;   ///< `owner` is an entity.
  bool step = false;     ///< The field is a step of the entity: its time is the row's.
};

/// What an answer depends on. Pairs are (owner, name).
struct Dependencies {
  /// Every stream of which a new event can change the answer, those that feed entities and attributes included.
  std::set<std::string> streams;
  bool every_stream = false;
  std::set<std::pair<std::string, std::string>> properties;
  std::set<std::string> entities;
  std::set<std::pair<std::string, std::string>> fields;
  std::set<std::pair<std::string, std::string>> attributes;
  std::set<std::string> segments;
  bool event = false;  ///< The event at hand.
};

struct Checked {
  Query query;
  std::vector<Type> types;      ///< By NodeId; of a window and a step it says nothing.
  std::vector<Target> targets;  ///< By NodeId; for names, aggregates, steps.
  Dependencies dependencies;
  /// The answer can change with no new event, because time passes.
  bool depends_on_moment = false;
  /// It can change at midnight or at a full hour in the brand's zone.
  bool depends_on_calendar = false;

  /// Of an expression.
  Type type() const { return types[query.root()]; }
};

using CheckResult = tl::expected<Checked, Problems>;

/// Problems: at most kMaxProblems, in the order of the text.
CheckResult check(Query query, const Catalogue& catalogue, const CheckOptions& options = {});
/// The same, and a problem unless it is a condition (true or false): a segment, a rule.
CheckResult check_condition(Query query, const Catalogue& catalogue, const CheckOptions& options = {});

/// The type that values of the property have.
Type type_of(const Property& property);
Type type_of(PropertyType type);

}  // namespace cairn::query

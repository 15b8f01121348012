// Which columns there are: the kinds, their properties, the entities and attributes, by number, so that a part finds a
// column without comparing names. Grows only at its ends: what has a number keeps it.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/money.h"
#include "base/zone.h"
#include "query/catalogue.h"

namespace cairn::timeline {

using KindIndex = uint16_t;
using ColumnIndex = uint16_t;

/// What is needed to read amounts and times. Another currency or zone means other columns: build anew.
struct Reading {
  Currency currency;
  Zone zone;
  int first_weekday = 1;  ///< 1 Monday to 7 Sunday.
};

/// Whether a column is filled.
enum class Fill : uint8_t {
  ready,
  asked,   ///< Only rows since it was asked for; Timeline::add_column fills the others.
  absent,  ///< Declared, but only made when somebody asks (Timeline::add_column): personal text, which is long.
};

struct ColumnSchema {
  query::Property property;
  Fill fill = Fill::ready;
};

/// What is made of an event's properties together when it is read, because folds and measures need it and no property
/// tells it alone. No event has properties of these names, except to spite us.
inline constexpr std::string_view kRefundColumn = "\001refund";         ///< Money: what a refund gives back …
inline constexpr std::string_view kRefundAllColumn = "\001refund_all";  ///< … or true: all that was paid.
inline constexpr std::string_view kUnitsColumn = "\001units";           ///< Integer: units in `products`, when any.
inline constexpr std::string_view kLinesColumn = "\001lines";           ///< Money: their price times quantity.
inline constexpr std::string_view kElsewhereColumn = "\001elsewhere";   ///< True: an amount in another currency.
inline constexpr std::string_view kCommentColumn = "\001comment";       ///< True: `comment` says something.

enum class Derived : uint8_t { refund, refund_all, units, lines, elsewhere, comment };

struct KindSchema {
  std::string name;    ///< `Order Completed`
  std::string stream;  ///< `order_completed`
  std::vector<ColumnSchema> columns;
  /// Feeds an entity or an attribute, so each row keeps its source and its precedence.
  bool is_told = false;

  /// By the property's name.
  std::optional<ColumnIndex> find(std::string_view property) const;
  /// Names to numbers of `columns`.
  std::map<std::string, ColumnIndex, std::less<>> by_name = {};
  /// Those of `columns` that are derived.
  std::vector<std::pair<Derived, ColumnIndex>> derived = {};
};

struct Rules;

class Schema {
 public:
  /// From what is declared. Properties of type object are no columns; personal texts are when somebody asks, except
  /// those that an attribute is read from.
  Schema(const query::Catalogue& catalogue, Reading reading);

  const Reading& reading() const { return reading_; }
  const std::vector<KindSchema>& kinds() const { return kinds_; }
  /// By `order_completed`.
  std::optional<KindIndex> find_stream(std::string_view stream) const;
  /// By `Order Completed`.
  std::optional<KindIndex> find_kind(std::string_view name) const;

  const std::vector<query::Entity>& entities() const { return query::declared_entities(); }
  std::optional<size_t> find_entity(std::string_view name) const;
  const std::vector<query::Attribute>& attributes() const { return attributes_; }
  std::optional<size_t> find_attribute(std::string_view scope, std::string_view name) const;

  /// How entities and attributes are read from these columns (telling.h).
  const Rules& rules() const { return *rules_; }

  /// 64 bits over all that was declared and decides what is in a column: currency, zone, kinds, properties, entities,
  /// attributes. A snapshot of another fingerprint is of no use. What turned up later is not in it.
  uint64_t fingerprint() const { return fingerprint_; }

  // Growing, before it is shared.

  /// An undeclared kind, when it is not there. At most 65,535; beyond that nothing.
  std::optional<KindIndex> ensure_kind(std::string_view name);
  /// An undeclared property, or a declared one that was absent.
  ColumnIndex ensure_column(KindIndex kind, const query::Property& property);
  void set_fill(KindIndex kind, ColumnIndex column, Fill fill) { kinds_[kind].columns[column].fill = fill; }

 private:
  bool feeds_attribute(std::string_view stream) const;
  KindSchema declare(const query::Kind& kind) const;
  void add(KindSchema kind);
  Reading reading_;
  std::vector<KindSchema> kinds_;
  std::map<std::string, KindIndex, std::less<>> by_name_, by_stream_;
  std::vector<query::Attribute> attributes_;
  uint64_t fingerprint_ = 0;
  std::shared_ptr<const Rules> rules_;
};

}  // namespace cairn::timeline

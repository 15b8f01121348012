// What the rows of one entity tell, field by field. docs/reference/query.md, "Events and entities".
#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "query/entities.h"
#include "timeline/column_builder.h"
#include "timeline/schema.h"
#include "timeline/stream.h"

namespace cairn::timeline {

/// One row that tells of an entity.
struct TellingRow {
  int64_t at = 0, known_at = 0, seq = 0;
  int64_t precedence = 0, source = 0;
  const Stream* stream = nullptr;
  uint32_t row = 0;
  uint32_t feed = 0;  ///< Place in Entity::feeds.
};
/// By (at, seq).
using TellingRows = std::vector<const TellingRow*>;

/// Where a property is in each stream that feeds an entity.
class Told {
 public:
  Told() = default;
  Told(const Schema& schema, const query::Entity& entity, std::string_view property);

  /// The column where the row's value is, or null when it is unknown.
  const Column* of(const TellingRow& row) const {
    int32_t index = columns_[row.feed];
    const Column* column = index < 0 ? nullptr : row.stream->column(static_cast<size_t>(index));
    return column && column->is_known(row.row) ? column : nullptr;
  }
  std::optional<int64_t> integer(const TellingRow& row) const;
  std::string_view text(const TellingRow& row) const;
  /// Whose value counts: of the rows that know it, the one with the highest precedence, then the latest known, then
  /// the highest seq. Null when none knows it.
  const TellingRow* best(const TellingRows& rows) const;

 private:
  std::vector<int32_t> columns_;  ///< By feed; -1: the kind has no such column.
};

/// Of the rows, the one of the highest rank. REQUIRES one.
const TellingRow& highest(const TellingRows& rows);

/// The rows of each fact: those with the same id of their own are one; those without are taken from one source, and
/// from none when another source gave ids. `ids` null: nobody has any.
std::vector<TellingRows> facts(const TellingRows& rows, const Told* ids);

/// Fills the fields of one entity.
class FieldReader {
 public:
  FieldReader(const Schema& schema, const query::Entity& entity);
  const query::Entity& entity() const { return *entity_; }
  /// By feed; nothing where there is no such kind.
  const std::vector<std::optional<KindIndex>>& feeds() const { return kinds_; }
  /// As what the columns of the fields are built.
  const std::vector<query::Property>& properties() const { return properties_; }
  /// Adds one row with the field's value. REQUIRES rows of one entity.
  void add(size_t field, const TellingRows& rows, ColumnBuilder& out) const;
  /// When the entity was created. REQUIRES a row that is no link.
  int64_t created(const TellingRows& rows) const;
  std::string_view key(const TellingRow& row) const { return key_.text(row); }

 private:
  struct Plan {
    uint32_t feeds = 0;  ///< A bit for each feed that the field reads.
    Told told;
  };
  uint32_t feeds_of(std::string_view streams) const;
  TellingRows of(const TellingRows& rows, uint32_t feeds) const;
  std::vector<int64_t> times(const TellingRows& rows) const;
  std::optional<int64_t> time_field(const Plan& plan, const query::Field& field, const TellingRows& rows) const;
  void add_told(const Plan& plan, const query::Field& field, const TellingRows& rows, ColumnBuilder& out) const;
  std::optional<int64_t> total_in(const TellingRow& row) const;
  std::optional<int64_t> paid(const TellingRows& rows) const;
  std::optional<int64_t> refunded(const TellingRows& rows) const;
  std::optional<int64_t> money_field(query::FieldRule rule, const TellingRows& rows) const;
  std::string_view order_status(const TellingRows& rows) const;
  std::string_view status_field(query::FieldRule rule, const TellingRows& rows) const;
  TellingRows replies_of_people(const TellingRows& rows) const;
  std::optional<int64_t> solved_at(const TellingRows& rows) const;
  std::optional<int64_t> reopened_at(const TellingRows& rows) const;

  const query::Entity* entity_;
  bool has_currency_;
  std::vector<std::optional<KindIndex>> kinds_;
  std::vector<query::Property> properties_;
  std::vector<Plan> plans_;  ///< By field.
  Told key_, payment_id_, amount_, refund_id_, refund_, refund_all_, total_, revenue_, shipping_, tax_, by_, status_;
  // Feeds that have a part in rules, a bit each.
  uint32_t creating_ = 0, paying_ = 0, pricing_ = 0, refunding_ = 0, cancelling_ = 0, delivering_ = 0;
  uint32_t shipping_out_ = 0, ordering_ = 0, checking_out_ = 0, replying_ = 0, solving_ = 0, reopening_ = 0;
};

/// Where an attribute is read from.
struct AttributeRules {
  query::AttributeRule rule;
  std::optional<KindIndex> plus, minus;
  std::optional<ColumnIndex> plus_column, minus_column;
  query::Property property;  ///< As what its column is built.
  size_t deciders;           ///< The same number for attributes of the same two streams.
};

/// All of a schema.
struct Rules {
  explicit Rules(const Schema& schema);
  std::vector<FieldReader> entities;
  std::vector<std::optional<AttributeRules>> attributes;  ///< Nothing for those that Order says.
  size_t deciders = 0;

  /// Entities and deciders as bits of one word; those for which there is no bit left share the last.
  using Bits = uint64_t;
  static Bits bit_of_entity(size_t entity) { return Bits{1} << std::min<size_t>(entity, 63); }
  Bits bit_of_deciders(size_t which) const { return Bits{1} << std::min<size_t>(entities.size() + which, 63); }
  /// What rows of a kind have a part in.
  Bits told_by(KindIndex kind) const { return kind < tells_.size() ? tells_[kind] : 0; }

 private:
  std::vector<Bits> tells_;  ///< By kind.
};

}  // namespace cairn::timeline

// What the rows of one entity tell, field by field. docs/reference/query.md, "Events and entities".
#pragma once
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
  uint32_t row = 0;
  uint32_t feed = 0;  ///< Place in Entity::feeds.
};
/// By (at, seq).
using TellingRows = std::vector<const TellingRow*>;

/// A property in each stream that feeds an entity.
class Told {
 public:
  Told() = default;
  /// `streams`: by feed, null where there is none; the kind's number beside it.
  struct FeedStream {
    const Stream* stream = nullptr;
    KindIndex kind = 0;
  };
  Told(const Schema& schema, const std::vector<FeedStream>& streams, std::string_view property);

  /// The column where the row's value is, or null when it is unknown.
  const Column* of(const TellingRow& row) const {
    const Column* column = columns_[row.feed];
    return column && column->is_known(row.row) ? column : nullptr;
  }
  std::optional<int64_t> integer(const TellingRow& row) const;
  std::string_view text(const TellingRow& row) const;
  /// Whose value counts: of the rows that know it, the one with the highest precedence, then the latest known, then the
  /// highest seq. Null when none knows it.
  const TellingRow* best(const TellingRows& rows) const;

 private:
  std::vector<const Column*> columns_;
};

/// Of the rows, the one of the highest rank. REQUIRES one.
const TellingRow& highest(const TellingRows& rows);

/// The rows of each fact: those with the same id of their own are one; those without are taken from one source, and
/// from none when another source gave ids. `ids` null: nobody has any.
std::vector<TellingRows> facts(const TellingRows& rows, const Told* ids);

/// As what the columns of an entity's fields are built.
std::vector<query::Property> entity_properties(const Schema& schema, const query::Entity& entity);

/// Fills the fields of one entity. Made for one part.
class FieldReader {
 public:
  FieldReader(const Schema& schema, const query::Entity& entity, std::vector<Told::FeedStream> streams);
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

  const Schema& schema_;
  const query::Entity& entity_;
  std::vector<Told::FeedStream> streams_;
  std::vector<Plan> plans_;  ///< By field.
  Told key_, payment_id_, amount_, refund_id_, refund_, refund_all_, total_, revenue_, shipping_, tax_, by_, status_;
  // Feeds that have a part in rules, a bit each.
  uint32_t creating_ = 0, paying_ = 0, pricing_ = 0, refunding_ = 0, cancelling_ = 0, delivering_ = 0;
  uint32_t shipping_out_ = 0, ordering_ = 0, checking_out_ = 0, replying_ = 0, solving_ = 0, reopening_ = 0;
};

}  // namespace cairn::timeline

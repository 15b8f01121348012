// Rows as they come, on their way into a part: typed, unsorted.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/plain.h"
#include "timeline/column_builder.h"
#include "timeline/row.h"
#include "timeline/schema.h"

namespace cairn::json {
class Reader;
}

namespace cairn::timeline {

/// One row without its properties.
struct RowHead {
  CustomerId customer;  ///< To whom it belongs.
  CustomerId origin;    ///< In the log.
  Seq seq;
  Time occurred_at;
  Time known_at;
  int32_t source = 1;
  int32_t precedence = 100;
};

/// The rows of one kind. Columns may be shorter than the heads: what is behind their end is unknown.
struct KindBatch {
  std::vector<RowHead> heads;
  std::vector<std::unique_ptr<ColumnBuilder>> columns;  ///< By ColumnIndex; null: nothing known yet.
  /// The members of the latest plain event, each once, and where they go: the next has the same ones, mostly.
  struct Member {
    std::string key;
    std::optional<ColumnIndex> column;
  };
  std::vector<Member> shape;
  ColumnBuilder& column(const ColumnSchema& schema, ColumnIndex index);
};

class Batch {
 public:
  explicit Batch(std::shared_ptr<const Schema> schema);
  ~Batch();
  Batch(Batch&&) noexcept;
  Batch& operator=(Batch&&) noexcept;
  const Schema& schema() const { return *schema_; }
  /// REQUIRES one that grew from the present one.
  void set_schema(std::shared_ptr<const Schema> schema);

  /// Adds a row and reads its properties. REQUIRES a kind of the schema.
  void add(KindIndex kind, const RowHead& head, std::string_view properties);
  /// Adds a row without properties; the caller then puts values into column(). Returns its place among its kind's.
  uint32_t add(KindIndex kind, const RowHead& head);
  /// Where values of the latest row go: skip_to(row) and one value.
  ColumnBuilder& column(KindIndex kind, ColumnIndex column);

  size_t rows() const { return rows_; }
  KindBatch* kind(KindIndex kind) { return kind < kinds_.size() ? kinds_[kind].get() : nullptr; }
  size_t kinds() const { return kinds_.size(); }

 private:
  KindBatch& ensure(KindIndex kind);
  bool add_plain(KindIndex kind, uint32_t row);
  static bool learn_shape(const KindSchema& schema, const std::vector<json::PlainMember>& members, KindBatch& batch);
  std::shared_ptr<const Schema> schema_;
  std::vector<std::unique_ptr<KindBatch>> kinds_;
  std::unique_ptr<json::Reader> reader_;
  std::vector<json::PlainMember> plain_;
  size_t rows_ = 0;
};

/// Reads one property's JSON into a column, as docs/reference/query.md says ("What an event tells"). `event`: the whole
/// object, for its currency.
void read_property(const json::Value& value, const query::Property& property, const json::Object& event,
                   const Reading& reading, ColumnBuilder& out);

/// What one refund gives back: an amount, everything, or nobody knows.
struct Refund {
  std::optional<int64_t> minor;
  bool all = false;
};
Refund refund_in(const json::Object& event, const Reading& reading);

/// The units that `products` lists, and what they cost together: unknown as soon as one price is, or without any.
struct ProductLines {
  int64_t units = 0;
  std::optional<int64_t> minor;
};
/// Nothing when the event lists none.
std::optional<ProductLines> lines_in(const json::Object& event, const Reading& reading);

/// Whether an amount that measures count was told in another currency than the brand's.
bool is_elsewhere(const json::Object& event, const Reading& reading);

/// One derived column's value of an event, unknown where there is none.
void read_derived(Derived what, const json::Object& event, const Reading& reading, ColumnBuilder& out);

}  // namespace cairn::timeline

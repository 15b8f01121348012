// The rows of one kind, or of one entity, customer after customer.
#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "timeline/column.h"
#include "timeline/schema.h"

namespace cairn::timeline {

/// Which rows belong to which customer. Where few customers have any, only those cost more than a bit.
class Offsets {
 public:
  Offsets() = default;
  /// REQUIRES customers + 1 numbers, ascending from 0.
  static Offsets pack(const std::vector<uint32_t>& offsets);
  /// Of a snapshot. Dense when `has` is empty.
  Offsets(uint32_t customers, Bits has, Array<uint32_t> starts);

  uint32_t customers() const { return customers_; }
  uint32_t begin(uint32_t customer) const { return is_dense_ ? starts_[customer] : starts_[has_.rank(customer)]; }
  uint32_t end(uint32_t customer) const { return is_dense_ ? starts_[customer + 1] : starts_[has_.rank(customer + 1)]; }
  /// count + 1 numbers: rows of customer first + i are [out[i], out[i + 1]).
  void read(uint32_t first, uint32_t count, uint32_t* out) const;
  /// customers() + 1 numbers; null when they are not stored like that.
  const uint32_t* dense() const { return is_dense_ ? starts_.data() : nullptr; }
  /// Where each customer from this one on begins who has rows, ascending; then the number of all rows. Of who has none
  /// nothing is there, or where the next one begins. REQUIRES customer < customers().
  const uint32_t* starts_from(uint32_t customer) const {
    return starts_.data() + (is_dense_ ? customer : has_.rank(customer));
  }
  /// Calls visit(customer, begin, end) for each customer in [first, last) that has rows, ascending. The fastest way.
  template <class F>
  void each(uint32_t first, uint32_t last, F visit) const {
    if (is_dense_) {
      for (uint32_t c = first; c < last; ++c)
        if (starts_[c] != starts_[c + 1]) visit(c, starts_[c], starts_[c + 1]);
      return;
    }
    uint32_t at = has_.rank(first);
    has_.each(first, last, [&](size_t c) {
      visit(static_cast<uint32_t>(c), starts_[at], starts_[at + 1]);
      ++at;
    });
  }

  const Bits& has() const { return has_; }
  const Array<uint32_t>& starts() const { return starts_; }
  Result<void> touch(Range customers = {}) const;
  size_t bytes() const { return has_.bytes() + starts_.bytes(); }
  bool is_mapped() const { return starts_.is_mapped(); }

 private:
  uint32_t customers_ = 0;
  bool is_dense_ = true;
  Bits has_;                ///< Sparse: which customers have rows.
  Array<uint32_t> starts_;  ///< Of each customer, or of each of those; and the end.
};

/// Rows sorted by (customer, occurred_at, seq).
class Stream {
 public:
  uint32_t rows() const { return static_cast<uint32_t>(occurred_at_.size()); }
  const Offsets& offsets() const { return offsets_; }
  /// Microseconds. Of an entity: its creation.
  const Integers& occurred_at() const { return occurred_at_; }
  /// known_at − occurred_at, microseconds. Empty when it is 0 everywhere, and for entities.
  const Integers& lag() const { return lag_; }
  int64_t known_at(uint32_t row) const { return occurred_at_[row] + (lag_.size() ? lag_[row] : 0); }
  /// Of an entity: of its earliest row.
  const Integers& seq() const { return seq_; }

  /// By the number that the schema gives the property, or the place of the field in its entity. Null when no row of
  /// this part knows it. Touch it before reading.
  const Column* column(size_t index) const { return index < columns_.size() ? columns_[index].get() : nullptr; }
  size_t columns() const { return columns_.size(); }

  /// The source and its precedence; empty unless KindSchema::is_told.
  const Integers& source() const { return source_; }
  const Integers& precedence() const { return precedence_; }
  /// The customer's id in the log, where it is another than the one that the row now belongs to. Null: nowhere.
  const Column* origin() const { return origin_.get(); }

  /// Offsets, clocks and seq of these customers; not the columns, of which each is touched by rows.
  Result<void> touch(Range customers = {}) const;
  /// The same with every column.
  Result<void> touch_all(Range customers) const;

 private:
  friend class PartBuilder;
  friend class BackfillPart;
  friend class EntityBuilder;
  friend struct PartFile;
  Offsets offsets_;
  Integers occurred_at_, lag_, seq_, source_, precedence_;
  std::shared_ptr<const Column> origin_;
  std::vector<std::shared_ptr<const Column>> columns_;
};

/// Things folded by business key from all rows of the part's customers, whenever they occurred. rows() has the columns
/// of query::Entity::fields, in their order; its occurred_at is the entity's time.
///
/// As of t, with or without what was known later, row i is
///   not there               when begins_at[i] > t
///   as it stands here       when changed_at[i] <= t (and, as known at t, known_by[i] <= t)
///   another, or not there   otherwise: ask refold (fold.h) for this customer's rows instead of these.
/// changed_at().max() <= t says so for all at once.
class EntityStream {
 public:
  const Stream& rows() const { return rows_; }
  const Integers& begins_at() const { return begins_at_; }    ///< Its earliest row that is no link.
  const Integers& changed_at() const { return changed_at_; }  ///< occurred_at of its latest row.
  const Integers& known_by() const { return known_by_; }      ///< The latest known_at of its rows.
  /// As Stream::touch.
  Result<void> touch(Range customers = {}) const;

 private:
  friend class EntityBuilder;
  friend struct PartFile;
  Stream rows_;
  Integers begins_at_, changed_at_, known_by_;
};

/// All events of a customer in the order (occurred_at, seq), kinds mixed. An event's row in its stream is the number of
/// events of its kind before it in the whole part: so a scan that counts as it goes knows it, and Stream::offsets gives
/// the count to begin with at any customer.
class Order {
 public:
  uint32_t events() const { return static_cast<uint32_t>(occurred_at_.size()); }
  const Offsets& offsets() const { return offsets_; }
  const Integers& occurred_at() const { return occurred_at_; }
  /// What each event is: an index into kinds(). 1 byte an event, 2 when a part has more than 256 kinds.
  const Integers& codes() const { return codes_; }
  const std::vector<KindIndex>& kinds() const { return kinds_; }
  Result<void> touch(Range customers = {}) const;

 private:
  friend class PartBuilder;
  friend struct PartFile;
  Offsets offsets_;
  Integers occurred_at_, codes_;
  std::vector<KindIndex> kinds_;
};

}  // namespace cairn::timeline

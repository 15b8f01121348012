// Some customers of one shard with everything about them. A version of a shard is a few parts, the base and what came
// since; every customer is in exactly one of them (version.h).
#pragma once
#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "timeline/stream.h"

namespace cairn::timeline {

/// From where one looks: events after t are not seen; as_known, what was learnt after t is not either.
struct AsOf {
  Time t;
  bool as_known = false;
};

/// Until when rows decided something, one row a customer. Without any row it is some moment no later than the others.
struct Settled {
  Integers at;        ///< The latest occurred_at.
  Integers known_by;  ///< The latest known_at.
};

/// An attribute as it stands when all rows of the part count: one row a customer. As of t it is right for a customer
/// when settled->at[customer] <= t (and, as known at t, settled->known_by[customer] <= t); else ask attribute_at
/// (fold.h). settled->at.max() <= t says so for all. first_seen and last_seen have no column: Order has them.
struct AttributeColumn {
  std::shared_ptr<const Column> now;       ///< Null: nobody has it. A balance is a number.
  std::shared_ptr<const Settled> settled;  ///< Shared by the attributes of the same streams.
};

class Part {
 public:
  int shard() const { return shard_; }
  /// Customers, ascending by id; each has at least one event. A customer's index is its place here.
  uint32_t size() const { return static_cast<uint32_t>(customers_.size()); }
  CustomerId customer(uint32_t index) const { return {customers_[index]}; }
  const Integers& customers() const { return customers_; }
  std::optional<uint32_t> find(CustomerId customer) const;
  /// Customers of older parts who have no event any more, ascending.
  std::span<const CustomerId> gone() const { return gone_; }

  /// Null when no customer here has such an event.
  const Stream* stream(KindIndex kind) const { return kind < streams_.size() ? streams_[kind].get() : nullptr; }
  size_t streams() const { return streams_.size(); }
  const Order& order() const { return order_; }
  /// By its place in declared_entities(). Null when there is none.
  const EntityStream* entity(size_t entity) const {
    return entity < entities_.size() ? entities_[entity].get() : nullptr;
  }
  /// By its place in Schema::attributes(). Null when nobody has it.
  const AttributeColumn* attribute(size_t attribute) const {
    return attribute < attributes_.size() ? attributes_[attribute].get() : nullptr;
  }
  uint32_t events() const { return order_.events(); }

  /// Everything of these customers: before they are evaluated one by one, or copied. A scan touches the streams, the
  /// columns and the order that it reads instead. customers() is right from the start.
  Result<void> touch(Range customers) const;
  bool is_mapped() const { return is_mapped_; }

 private:
  friend class PartBuilder;
  friend class BackfillPart;
  friend struct PartFile;
  int shard_ = 0;
  bool is_mapped_ = false;
  Integers customers_;
  std::vector<CustomerId> gone_;
  std::vector<std::shared_ptr<const Stream>> streams_;
  Order order_;
  std::vector<std::shared_ptr<const EntityStream>> entities_;
  std::vector<std::shared_ptr<const AttributeColumn>> attributes_;
};

}  // namespace cairn::timeline

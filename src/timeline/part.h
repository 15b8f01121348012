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

/// An attribute as it stands when all rows of the part count: one row a customer. As of t it is right for a customer
/// when settled_at[customer] <= t (and, as known at t, known_by[customer] <= t); else ask attribute_at (fold.h).
/// settled_at.max() <= t says so for all. first_seen and last_seen have no column: they are read from Order.
struct AttributeColumn {
  std::shared_ptr<const Column> now;  ///< Null: nobody has it. A balance is a number.
  Integers settled_at;                ///< The latest occurred_at of rows that decide it; INT64_MIN without any.
  Integers known_by;                  ///< Likewise known_at.
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

  /// Customers and order.
  Result<void> touch() const;

 private:
  friend class PartBuilder;
  friend class Backfill;
  friend struct PartFile;
  int shard_ = 0;
  Integers customers_;
  std::vector<CustomerId> gone_;
  std::vector<std::shared_ptr<const Stream>> streams_;
  Order order_;
  std::vector<std::shared_ptr<const EntityStream>> entities_;
  std::vector<std::shared_ptr<const AttributeColumn>> attributes_;
};

}  // namespace cairn::timeline

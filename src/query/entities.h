// What lives on over several events (an order, a ticket), and what is true of a customer at a moment (attributes): both
// as tables, so that the checker, the reference page and every evaluator read the same. docs/reference/query.md says
// what each rule means.
//
// As of t, only events that are visible at t are folded: an entity has the state that it had then.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "query/property_type.h"

namespace cairn::query {

/// Where a field's value comes from. *Told* is: of the known values, the one of the source with the highest precedence,
/// among those the latest known, then the highest seq. *Facts* of streams are their events, where those with the same
/// id of their own (payment_id) are one; those without are taken from one source, the one with the highest precedence
/// (among equals the lowest source), and from none when a different source gave ids.
enum class FieldRule : uint8_t {
  key,             ///< The business key.
  created,         ///< Told time of the creating streams, else that of its earliest event.
  told,            ///< Property `property` of any of `streams`.
  told_lower,      ///< The same in lower case (ASCII).
  happened,        ///< Told time of `streams`.
  first_at,        ///< Earliest time of the facts of `streams`.
  last_at,         ///< Latest time of the facts of `streams`.
  count,           ///< How many facts of `streams`.
  order_paid,      ///< Sum of the known payments; without any payment the told total, or revenue + shipping + tax.
  order_refunded,  ///< Sum of the refunds, at most order_paid; one without amount and products is all of it.
  order_total,     ///< order_paid less order_refunded.
  order_status,    ///< cancelled, refunded, delivered, shipped or placed.
  cart_status,     ///< ordered, checkout or open.
  ticket_status,   ///< solved or open.
  first_reply_at,  ///< first_at, of replies whose `by` is neither automatic nor customer.
  replies,         ///< count of the same.
  solved_at,       ///< last_at of solutions; unknown while the last reopening is later.
  reopened_at,     ///< The first reopening after the first solution.
};

struct Field {
  std::string_view name;
  PropertyType type = PropertyType::text;
  FieldRule rule = FieldRule::told;
  std::string_view streams;   ///< Separated by spaces; empty: all that feed the entity.
  std::string_view property;  ///< Of `told`.
  /// A moment in the entity's life: `orders.delivered_at` named as a subject makes it the entity's time.
  bool is_step = false;
  std::string_view doc;
};

/// How a stream's events with the business key take part.
enum class FeedRole : uint8_t {
  creates,  ///< Its time is the entity's; where the entity allows it, an event without key is an entity of its own.
  tells,    ///< Tells of it, and begins it when nothing did before.
  links,    ///< Adds to it only where another event told of it.
};
struct Feed {
  std::string_view stream;
  FeedRole role = FeedRole::tells;
};

struct Entity {
  std::string_view name;  ///< `orders`
  std::string_view key;   ///< `order_id`; an event whose key is unknown or empty tells of none.
  bool without_key;       ///< Whether a creating event without key is an entity of its own.
  std::string_view doc;
  std::vector<Feed> feeds;
  std::vector<Field> fields;

  const Field* find(std::string_view field) const;
  const Feed* feed(std::string_view stream) const;
  /// The field with the rule `created`.
  const Field& creation() const;
};

const std::vector<Entity>& declared_entities();

enum class AttributeRule : uint8_t {
  last_known,  ///< `property` of the latest event of `stream` that knows it, by (occurred_at, seq).
  first_at,    ///< Time of the first event of `stream`.
  balance,     ///< Sum of `property` of `stream` less that of `minus_stream`; unknown before the first of either.
  first_seen,  ///< Time of the first event of any kind.
  last_seen,   ///< Time of the last one.
};

/// `customer.country`, `member.tier`.
struct Attribute {
  std::string scope;  ///< `customer` or `member`
  std::string name;
  PropertyType type = PropertyType::text;
  AttributeRule rule = AttributeRule::last_known;
  std::string stream;
  std::string property;
  std::string minus_stream;
  bool declared = true;
};

const std::vector<Attribute>& declared_attributes();

}  // namespace cairn::query

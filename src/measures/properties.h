// What an event tells, property by property: out of its JSON text, or out of the columns of a timeline. Both mean the
// same (docs/reference/query.md, "What an event tells"): only what the kind declares, as the type that it declares;
// what is missing or of another type is unknown, never an error.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/money.h"
#include "base/time.h"
#include "base/zone.h"
#include "json/describe.h"
#include "measures/customer_events.h"
#include "timeline/column.h"

namespace cairn::measures {

/// How JSON is read: the brand's zone for times without offset, its currency for amounts. Without a currency every
/// amount is unknown.
struct Reading {
  Zone zone;
  Currency currency;
};

/// Properties that measures read. Those at the end are made of several (timeline/schema.h, "derived").
enum class Name : uint8_t {
  order_id,
  status,
  promised_at,
  channel,
  total,
  revenue,
  shipping,
  tax,
  payment_id,
  amount,
  by,
  reason,
  refund_id,
  return_id,
  quantity,
  value,
  ticket_id,
  cause,
  complaint,
  survey,
  score,
  score_max,
  response_id,
  product_id,
  search_id,
  results,
  helpful,
  conversation_id,
  gesture_id,
  review_id,
  role,
  idea_id,
  cart_id,
  checkout_id,
  placement,
  automation_id,
  automation,
  holdout,
  refund,      ///< Money: what a refund gives back.
  refund_all,  ///< Whether that is all that was paid.
  units,       ///< Of `products`, when any.
  lines,       ///< Money: what these units cost together.
  elsewhere,   ///< Whether an amount was told in another currency.
  comment,     ///< Whether something was written.
};
BOOST_DESCRIBE_ENUM(Name, order_id, status, promised_at, channel, total, revenue, shipping, tax, payment_id, amount, by,
                    reason, refund_id, return_id, quantity, value, ticket_id, cause, complaint, survey, score,
                    score_max, response_id, product_id, search_id, results, helpful, conversation_id, gesture_id,
                    review_id, role, idea_id, cart_id, checkout_id, placement, automation_id, automation, holdout,
                    refund, refund_all, units, lines, elsewhere, comment)

inline constexpr size_t kNames = static_cast<size_t>(Name::comment) + 1;

/// As the columns of a timeline are named.
std::string_view column_name(Name name);

/// The columns of one kind in one part of a timeline, by Name; null where no row knows it. What they are made of lives
/// as long as the part.
struct Columns {
  std::array<const timeline::Column*, kNames> by_name{};
  const timeline::Column* operator[](Name name) const { return by_name[static_cast<size_t>(name)]; }
};

class Properties {
 public:
  /// JSON is parsed here, once; text that is no JSON object reads as one without members.
  Properties(const Event& event, const Reading& reading);
  ~Properties();
  Properties(const Properties&) = delete;

  /// Empty when unknown. Lives as long as this does.
  std::string_view text(Name name) const {
    if (!columns_) return text_in_json(name);
    const timeline::Column* column = (*columns_)[name];
    return column ? column->text(row_) : std::string_view();
  }
  std::optional<double> number(Name name) const;
  /// Integers; amounts in minor units of the brand's currency.
  std::optional<int64_t> whole(Name name) const;
  std::optional<bool> truth(Name name) const;
  std::optional<Time> time(Name name) const;

 private:
  struct Json;
  /// Null when unknown.
  const timeline::Column* known(Name name) const {
    const timeline::Column* column = (*columns_)[name];
    return column && column->is_known(row_) ? column : nullptr;
  }
  std::string_view text_in_json(Name name) const;

  const Columns* columns_;
  uint32_t row_;
  std::unique_ptr<Json> json_;
};

}  // namespace cairn::measures

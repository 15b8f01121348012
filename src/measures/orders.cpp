#include "measures/orders.h"

#include <algorithm>
#include <cstdint>

#include "base/text.h"

namespace cairn::measures {
namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}
bool says_cancelled(std::string_view status) { return is_one_of(status, {"cancelled", "canceled", "voided"}); }
bool says_unavailable(std::string_view word) { return is_one_of(word, {"unavailable", "out_of_stock"}); }
bool says_delivered(std::string_view status) { return is_one_of(status, {"delivered", "fulfilled_delivered"}); }

std::optional<std::string> known_text(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional(std::string(text));
}
std::optional<std::string> known_word(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional(to_lower(text));
}

std::optional<int64_t> total_of(const Properties& p) {
  if (auto total = p.whole(Name::total)) return total;
  auto revenue = p.whole(Name::revenue);
  if (!revenue) return std::nullopt;
  return *revenue + p.whole(Name::shipping).value_or(0) + p.whole(Name::tax).value_or(0);
}

bool is_overdue(const Order& order, Time until) {
  return order.promised_at ? until - *order.promised_at > days(kOverdueDays)
                           : until - order.placed_at > days(kOverdueDaysWithoutPromise);
}

}  // namespace

struct OrderFold::Building {
  Order order;
  Time first_at;
  Told<Time> placed, promised, shipped, delivered, cancelled;
  Told<std::string> status, cancelled_by, reason, channel;
  Told<int64_t> total, units;
  Copies<int64_t> payments;
  Copies<int64_t> refunds;  // kWholeRefund: all that was paid
  Copies<Return> returns;
};

// A refund that names no amount gives everything back; how much that is, is known at the end.
static constexpr int64_t kWholeRefund = INT64_MAX;

OrderFold::OrderFold() = default;
OrderFold::~OrderFold() = default;

Fate Order::fate(const AsOf& as_of) const {
  if (!stands()) return is_delivered || cancelled_by == "customer" ? Fate::given_up : Fate::never_delivered;
  if (delivered_at && promised_at)
    return as_of.zone.day(*delivered_at) <= as_of.zone.day(*promised_at) ? Fate::on_time : Fate::late;
  if (is_delivered || is_handed_over()) return Fate::delivered;
  return as_of.tells_deliveries && is_overdue(*this, as_of.until) ? Fate::never_delivered : Fate::open;
}

OrderFold::Building& OrderFold::building(const Event& event, const Properties& p) {
  std::string_view id = p.text(Name::order_id);
  auto it = id.empty() ? by_id_.end() : by_id_.find(id);
  if (it != by_id_.end()) return orders_[it->second];
  if (!id.empty()) by_id_.emplace(id, orders_.size());
  Building& b = orders_.emplace_back();
  b.order.id = id;
  b.first_at = event.occurred_at;
  return b;
}

void OrderFold::add_completed(Building& b, const Event& event, const Properties& p) {
  b.placed.offer(event.occurred_at, event);
  b.channel.offer(known_text(p.text(Name::channel)), event);
}

void OrderFold::add_refund(Building& b, const Event& event, const Properties& p) {
  bool is_whole = p.truth(Name::refund_all).value_or(false);
  b.refunds.add(p.text(Name::refund_id), is_whole ? std::optional(kWholeRefund) : p.whole(Name::refund), event);
}

void OrderFold::add_return(Building& b, const Event& event, const Properties& p) {
  Return back;
  back.units = p.whole(Name::quantity).value_or(p.whole(Name::units).value_or(0));
  back.minor = p.whole(Name::value);
  if (!back.minor) back.minor = p.whole(Name::lines);
  back.whole = back.units <= 0 && !back.minor;
  b.returns.add(p.text(Name::return_id), back, event);
}

void OrderFold::add(const Event& event, const Properties& p) {
  if (event.kind != KindRef::order_completed && p.text(Name::order_id).empty()) return;
  Building& b = building(event, p);
  b.status.offer(known_word(p.text(Name::status)), event);
  b.promised.offer(p.time(Name::promised_at), event);
  switch (event.kind) {
    case KindRef::order_completed: add_completed(b, event, p); [[fallthrough]];
    case KindRef::order_updated:
      b.total.offer(total_of(p), event);
      b.units.offer(p.whole(Name::units), event);
      break;
    case KindRef::order_paid: b.payments.add(p.text(Name::payment_id), p.whole(Name::amount), event); break;
    case KindRef::order_shipped: return b.shipped.offer(event.occurred_at, event);
    case KindRef::order_delivered: return b.delivered.offer(event.occurred_at, event);
    case KindRef::order_cancelled:
      b.cancelled.offer(event.occurred_at, event);
      b.cancelled_by.offer(known_word(p.text(Name::by)), event);
      return b.reason.offer(known_word(p.text(Name::reason)), event);
    case KindRef::order_refunded: add_refund(b, event, p); break;
    case KindRef::return_requested: add_return(b, event, p); break;
    default: return;
  }
  if (p.truth(Name::elsewhere).value_or(false)) ++in_other_currency_;
}

Order OrderFold::finish(const Building& b) {
  Order o = b.order;
  o.placed_at = b.placed.value().value_or(b.first_at);
  o.status = b.status.value().value_or("");
  o.channel = b.channel.value().value_or("");
  o.promised_at = b.promised.value();
  o.shipped_at = b.shipped.value();
  o.delivered_at = b.delivered.value();
  o.cancelled_at = b.cancelled.value();
  o.is_unavailable = says_unavailable(o.status) || says_unavailable(b.reason.value().value_or(""));
  o.is_cancelled = o.cancelled_at || says_cancelled(o.status);
  o.is_delivered = o.delivered_at || says_delivered(o.status);
  if (!o.stands()) o.cancelled_by = b.cancelled_by.value().value_or(o.is_unavailable ? "shop" : "unknown");
  o.total_minor = b.total.value();
  o.paid_minor = o.total_minor;
  if (!b.payments.empty()) {
    o.paid_minor = 0;
    b.payments.each([&](int64_t minor) { *o.paid_minor += minor; });
    if (!o.total_minor) o.total_minor = o.paid_minor;
  }
  int64_t most = std::max<int64_t>(0, o.paid_minor.value_or(0));
  b.refunds.each([&](int64_t minor) {
    o.refunded_minor = minor >= most - o.refunded_minor ? most : o.refunded_minor + std::max<int64_t>(0, minor);
  });
  o.units = b.units.value().value_or(0);
  o.is_returned = b.returns.each([&](const Return& back) {
    o.returned_units += back.whole ? o.units : std::max<int64_t>(0, back.units);
    o.returned_minor += back.whole ? o.total_minor.value_or(0) : std::max<int64_t>(0, back.minor.value_or(0));
  }) > 0;
  o.returned_units = std::min(o.returned_units, o.units);
  o.returned_minor = std::min(o.returned_minor, o.total_minor.value_or(0));
  return o;
}

std::vector<Order> OrderFold::take() {
  std::vector<Order> out;
  out.reserve(orders_.size());
  for (const Building& b : orders_) out.push_back(finish(b));
  std::stable_sort(out.begin(), out.end(), [](const Order& a, const Order& b) { return a.placed_at < b.placed_at; });
  return out;
}

}  // namespace cairn::measures

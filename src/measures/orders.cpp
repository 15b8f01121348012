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

std::optional<std::string> known_text(std::string text) {
  return text.empty() ? std::nullopt : std::optional(std::move(text));
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
  std::string id = p.text("order_id");
  auto it = id.empty() ? by_id_.end() : by_id_.find(id);
  if (it != by_id_.end()) return orders_[it->second];
  if (!id.empty()) by_id_.emplace(id, orders_.size());
  Building& b = orders_.emplace_back();
  b.order.id = std::move(id);
  b.first_at = event.occurred_at;
  return b;
}

std::optional<int64_t> OrderFold::amount(const Properties& p, std::string_view key) {
  Amount a = p.money(key);
  if (a.other_currency && !event_counted_) {
    event_counted_ = true;
    ++in_other_currency_;
  }
  return a.minor;
}

std::optional<int64_t> OrderFold::total_of(const Properties& p) {
  if (auto total = amount(p, "total")) return total;
  auto revenue = amount(p, "revenue");
  if (!revenue) return std::nullopt;
  return *revenue + amount(p, "shipping").value_or(0) + amount(p, "tax").value_or(0);
}

/// Units and value of `products`; the value is unknown as soon as one price is.
OrderFold::Line OrderFold::lines_of(const Properties& p) {
  Line out;
  const json::Array* products = p.list("products");
  if (!products) return out;
  out.minor = 0;
  for (const json::Value& product : *products) {
    if (!product.is_object()) continue;
    const json::Object& line = product.get_object();
    int64_t quantity = json::int_at(line, "quantity").value_or(1);
    quantity = std::clamp<int64_t>(quantity, 0, 1'000'000);
    out.units += quantity;
    const json::Value* price = json::find(line, "price");
    std::optional<int64_t> minor = price ? p.money_of(*price).minor : std::nullopt;
    if (minor && out.minor) *out.minor += *minor * quantity;
    else out.minor.reset();
  }
  if (products->empty()) out.minor.reset();
  return out;
}

void OrderFold::add_completed(Building& b, const Event& event, const Properties& p) {
  b.placed.offer(event.occurred_at, event);
  b.channel.offer(known_text(p.text("channel")), event);
}

void OrderFold::add_refund(Building& b, const Event& event, const Properties& p) {
  bool has_total = p.number("total").has_value();
  bool has_lines = p.list("products") != nullptr;
  std::optional<int64_t> minor = amount(p, "total");
  if (!has_total && has_lines) minor = lines_of(p).minor;
  if (!has_total && !has_lines) minor = kWholeRefund;
  b.refunds.add(p.text("refund_id"), minor, event);
}

void OrderFold::add_return(Building& b, const Event& event, const Properties& p) {
  Line lines = lines_of(p);
  Return back;
  back.units = p.whole("quantity").value_or(lines.units);
  back.minor = amount(p, "value");
  if (!back.minor) back.minor = lines.minor;
  back.whole = back.units <= 0 && !back.minor;
  b.returns.add(p.text("return_id"), back, event);
}

void OrderFold::add(const Event& event, const Properties& p) {
  if (event.kind != KindRef::order_completed && p.text("order_id").empty()) return;
  event_counted_ = false;
  Building& b = building(event, p);
  auto status = known_text(to_lower(p.text("status")));
  b.status.offer(status, event);
  b.promised.offer(p.time("promised_at"), event);
  switch (event.kind) {
    case KindRef::order_completed: add_completed(b, event, p); [[fallthrough]];
    case KindRef::order_updated: {
      b.total.offer(total_of(p), event);
      if (int64_t units = lines_of(p).units) b.units.offer(units, event);
      break;
    }
    case KindRef::order_paid: b.payments.add(p.text("payment_id"), amount(p, "amount"), event); break;
    case KindRef::order_shipped: b.shipped.offer(event.occurred_at, event); break;
    case KindRef::order_delivered: b.delivered.offer(event.occurred_at, event); break;
    case KindRef::order_cancelled:
      b.cancelled.offer(event.occurred_at, event);
      b.cancelled_by.offer(known_text(to_lower(p.text("by"))), event);
      b.reason.offer(known_text(to_lower(p.text("reason"))), event);
      break;
    case KindRef::order_refunded: add_refund(b, event, p); break;
    case KindRef::return_requested: add_return(b, event, p); break;
    default: break;
  }
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

// Orders: what an order's events add up to. Pure.
//
// Events are folded by order_id. An Order Completed without an id is an order of its own; other events without an id
// tell of no order and are passed over. Amounts are minor units of the brand's currency.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "measures/merge.h"
#include "measures/properties.h"

namespace cairn::measures {

/// How an order ended, as of a moment.
enum class Fate {
  open,             ///< Neither delivered nor given up, and not overdue.
  on_time,          ///< Delivered on or before the promised calendar day.
  late,             ///< Delivered after it.
  delivered,        ///< Delivered, without a promise or without a date to hold against it.
  never_delivered,  ///< Cancelled by the shop or by nobody knows whom, unavailable, or overdue.
  given_up,         ///< Cancelled by the customer, or cancelled though it was delivered.
};

/// Days after the promise, or after placing when nothing was promised, from which an order counts as never delivered.
inline constexpr int kOverdueDays = 30;
inline constexpr int kOverdueDaysWithoutPromise = 60;

/// From where an order is looked at.
struct AsOf {
  Time until;
  Zone zone;
  /// False for a brand whose log has no delivery at all: then no order is overdue, for nobody would have told.
  bool tells_deliveries = true;
};

struct Order {
  std::string id;
  Time placed_at;            ///< Of Order Completed; else of the order's first event.
  std::string status;        ///< As the shop calls it, in lower case; empty when never told.
  std::string cancelled_by;  ///< shop, customer, unknown; empty when not cancelled.
  bool is_cancelled = false;
  bool is_unavailable = false;
  bool is_delivered = false;
  std::optional<Time> promised_at, shipped_at, delivered_at, cancelled_at;
  std::optional<int64_t> paid_minor;  ///< Sum of its payments, else its total, else revenue + shipping + tax.
  std::optional<int64_t> total_minor;
  int64_t refunded_minor = 0;  ///< At most what was paid.
  int64_t units = 0;           ///< Of all its lines; 0 when the order told none.
  bool is_returned = false;
  int64_t returned_units = 0;  ///< At most units.
  int64_t returned_minor = 0;  ///< At most total_minor.
  std::string channel;

  /// Bought over the counter, with the goods in hand: nothing is to be delivered.
  bool is_handed_over() const { return channel == "store" && !promised_at && !shipped_at; }
  /// Neither cancelled nor unavailable.
  bool stands() const { return !is_cancelled && !is_unavailable; }
  /// Paid, less refunds; 0 when it does not stand.
  int64_t revenue_minor() const { return stands() ? paid_minor.value_or(0) - refunded_minor : 0; }
  /// What became of it.
  Fate fate(const AsOf& as_of) const;
};

/// Takes a customer's order events in time order.
class OrderFold {
 public:
  OrderFold();
  ~OrderFold();
  OrderFold(const OrderFold&) = delete;
  /// REQUIRES: an order's or a return's kind.
  void add(const Event& event, const Properties& properties);
  /// By (placed_at, first told).
  std::vector<Order> take();
  /// Events whose amount is in another currency than the brand's.
  int64_t in_other_currency() const { return in_other_currency_; }

 private:
  struct Building;
  struct Return {
    bool whole = false;
    int64_t units = 0;
    std::optional<int64_t> minor;
  };
  Building& building(const Event& event, const Properties& p);
  void add_completed(Building& b, const Event& event, const Properties& p);
  void add_refund(Building& b, const Event& event, const Properties& p);
  void add_return(Building& b, const Event& event, const Properties& p);
  static Order finish(const Building& b);

  std::vector<Building> orders_;
  std::map<std::string, size_t, std::less<>> by_id_;
  int64_t in_other_currency_ = 0;
};

}  // namespace cairn::measures

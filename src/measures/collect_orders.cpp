#include <algorithm>
#include <cmath>

#include "measures/collect.h"
#include "stats/sample.h"

namespace cairn::measures {

bool any_in(const std::vector<Time>& times, Time from, Time to) {
  auto it = std::lower_bound(times.begin(), times.end(), from);
  return it != times.end() && *it < to;
}

int64_t count_in(const std::vector<Time>& times, Time from, Time to) {
  return std::lower_bound(times.begin(), times.end(), to) - std::lower_bound(times.begin(), times.end(), from);
}

namespace {

void collect_outcome(const Order& o, const AsOf& as_of, Sheet& sheet) {
  Fate fate = o.fate(as_of);
  if (fate != Fate::open) sheet.trial(Key::orders_without_goods, o.placed_at, fate == Fate::never_delivered);
  if (fate == Fate::on_time || fate == Fate::late) sheet.trial(Key::on_time, *o.delivered_at, fate == Fate::on_time);
  if (o.stands() && o.delivered_at) sheet.add(Key::reviews_per_100_deliveries, *o.delivered_at, {0, 1});
}

void collect_money(const Order& o, Sheet& sheet) {
  double revenue = static_cast<double>(o.revenue_minor());
  sheet.add(Key::revenue, o.placed_at, {revenue, 1});
  if (o.stands() && o.paid_minor) sheet.add(Key::aov, o.placed_at, {revenue, 1, 1});
}

void collect_returns(const Order& o, Sheet& sheet) {
  if (!o.stands()) return;
  sheet.trial(Key::return_rate_orders, o.placed_at, o.is_returned);
  auto sums = [](int64_t back, int64_t of) { return Sums{static_cast<double>(back), static_cast<double>(of), 1}; };
  if (o.units > 0) sheet.add(Key::return_rate_units, o.placed_at, sums(o.returned_units, o.units));
  if (o.total_minor.value_or(0) > 0)
    sheet.add(Key::return_rate_value, o.placed_at, sums(o.returned_minor, *o.total_minor));
}

/// Carts whose day is not over yet are left out: nobody knows.
void collect_starts(Key key, const std::vector<Time>& starts, const std::vector<Time>& placed, const AsOf& as_of,
                    Sheet& sheet) {
  for (Time start : starts)
    if (start + kCartToOrder <= as_of.until)
      sheet.trial(key, start, !any_in(placed, start, start + kCartToOrder + microseconds(1)));
}

}  // namespace

void collect_orders(const Facts& facts, const AsOf& as_of, Sheet& sheet) {
  std::vector<Time> placed;
  for (const Order& o : facts.orders) {
    placed.push_back(o.placed_at);
    sheet.add(Key::orders, o.placed_at, {1, 1});
    sheet.add(Key::contacts_per_100_orders, o.placed_at, {0, 1});
    sheet.add(Key::complaints_per_1000_orders, o.placed_at, {0, 1});
    collect_outcome(o, as_of, sheet);
    collect_money(o, sheet);
    collect_returns(o, sheet);
  }
  collect_starts(Key::cart_abandonment, facts.carts, placed, as_of, sheet);
  collect_starts(Key::checkout_abandonment, facts.checkouts, placed, as_of, sheet);
}

void collect_purchases(const Facts& facts, const AsOf&, Sheet& sheet) {
  const std::vector<Time>& purchases = facts.purchases;
  if (purchases.empty()) return;
  Time first = purchases.front();
  sheet.add(Key::new_customers, first, {1, 1});
  bool referred = facts.referred_at && *facts.referred_at <= first + kReferralWindow;
  sheet.trial(Key::referral_new_customers, first, referred);
  for (size_t i = 1; i < purchases.size(); ++i)
    sheet.sample(Key::days_between_orders, purchases[i], (purchases[i] - purchases[i - 1]).seconds() / 86400);
  at_each_end(sheet, [&](int month, Time end) {
    int64_t in_year = count_in(purchases, end - kYear, end);
    if (in_year > 0) sheet.state(Key::repeat_purchase_rate, month, in_year > 1);
    Time from = month == Sheet::kWhole ? sheet.scope().since.value_or(Time{INT64_MIN})
                                       : sheet.months().start(static_cast<size_t>(month));
    int64_t in_span = count_in(purchases, from, end);
    if (in_span > 0) sheet.add_state(Key::orders_per_customer, month, {static_cast<double>(in_span), 1, 1});
  });
}

void Retention::add(int bucket, std::vector<Time> purchases, int64_t value_minor) {
  if (!purchases.empty()) buyers_.push_back({bucket, value_minor, std::move(purchases)});
}

void Retention::add_gaps(std::vector<double>& gaps) const {
  for (const Buyer& b : buyers_)
    for (size_t i = 1; i < b.purchases.size(); ++i)
      gaps.push_back((b.purchases[i] - b.purchases[i - 1]).seconds() / 86400);
}

int cycle_of(const std::vector<double>& gaps) {
  if (gaps.empty()) return 365;
  return std::clamp(static_cast<int>(std::lround(2 * stats::median(gaps))), 30, 365);
}

void Retention::collect(int cycle_days, Sheet& sheet) const {
  Duration cycle = days(cycle_days);
  for (const Buyer& b : buyers_) {
    sheet.begin_customer(b.bucket);
    at_each_end(sheet, [&](int month, Time end) {
      if (!any_in(b.purchases, end - cycle - cycle, end - cycle)) return;
      bool stayed = any_in(b.purchases, end - cycle, end);
      sheet.state(Key::retention, month, stayed);
      sheet.state(Key::churn, month, !stayed);
    });
    sheet.end_customer(b.value_minor);
  }
}

}  // namespace cairn::measures

// What a customer's facts add to each measure. One function a family; all pure but for the sheet they write to.
// The windows named here are part of the definitions that people read.
#pragma once
#include "measures/facts.h"
#include "measures/sheet.h"

namespace cairn::measures {

/// A year, wherever a measure looks back '12 months'.
inline constexpr Duration kYear = days(365);
/// Help found without a person: no contact for so long.
inline constexpr Duration kSelfServiceWindow = hours(72);
/// A search without an id led to an article opened within so long.
inline constexpr Duration kSearchWindow = minutes(30);
/// A cart or checkout led to an order placed within so long.
inline constexpr Duration kCartToOrder = hours(24);
/// A second complaint of the same cause.
inline constexpr Duration kRecurrenceWindow = days(90);
/// What an automation or a recommendation is credited with.
inline constexpr Duration kConversionWindow = days(7);
/// A referral counts for a new customer until so long after the first order.
inline constexpr Duration kReferralWindow = days(30);

/// REQUIRES sheet.begin_customer(facts.bucket) was called; every fact is before as_of.until.
void collect_orders(const Facts& facts, const AsOf& as_of, Sheet& sheet);
void collect_purchases(const Facts& facts, const AsOf& as_of, Sheet& sheet);
void collect_help(const Facts& facts, const AsOf& as_of, Sheet& sheet);
void collect_tickets(const Facts& facts, const AsOf& as_of, Sheet& sheet);
void collect_feedback(const Facts& facts, const AsOf& as_of, Sheet& sheet);
void collect_anticipation(const Facts& facts, const AsOf& as_of, Sheet& sheet);
void collect_contributions(const Facts& facts, const AsOf& as_of, Sheet& sheet);

/// True when one of the ascending times is in [from, to).
bool any_in(const std::vector<Time>& times, Time from, Time to);
/// How many are.
int64_t count_in(const std::vector<Time>& times, Time from, Time to);

/// Calls use(month, moment) for the end of every month of the trend, then for the end of the scope.
template <class F>
void at_each_end(const Sheet& sheet, F use) {
  for (size_t m = 0; m < sheet.months().size(); ++m) use(static_cast<int>(m), sheet.months().end(m));
  use(Sheet::kWhole, sheet.scope().until);
}

/// Retention over the purchase cycle: known only when every customer was seen, because the cycle is everybody's.
class Retention {
 public:
  /// REQUIRES purchases ascending.
  void add(int bucket, std::vector<Time> purchases, int64_t value_minor);
  /// Adds the days between a customer's orders, of all of them.
  void add_gaps(std::vector<double>& gaps) const;
  /// Customers who bought in the cycle before the last one, and of these who bought again in the last one, for
  /// retention and churn, as of the end of the scope and of every month.
  void collect(int cycle_days, Sheet& sheet) const;

 private:
  struct Buyer {
    int bucket;
    int64_t value_minor;
    std::vector<Time> purchases;
  };
  std::vector<Buyer> buyers_;
};

/// Twice the median gap between a customer's orders, in whole days, at least 30 and at most 365; 365 without a gap.
int cycle_of(const std::vector<double>& gaps);

}  // namespace cairn::measures

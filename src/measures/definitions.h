// The one table of measures: what each is called, how it is estimated, where it stands in the pyramid.
//
// Names and the sentences that define them are words, `measures.<key>.name` and `measures.<key>.definition`.
// Floors, targets and weights are our choice where no benchmark is named; what a brand changes comes later.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "json/describe.h"
#include "measures/vocabulary.h"

namespace cairn::measures {

/// Every measure, in the order in which they are shown: by level, then what belongs to none.
enum class Key : uint8_t {
  self_service,
  search_success,
  zero_result_share,
  article_helpful,
  contacts_per_100_orders,
  ticket_csat,
  first_reply_hours,
  resolution_hours,
  first_contact_resolution,
  reopened,
  sla_met,
  complaints_per_1000_orders,
  complaint_recurrence,
  orders_without_goods,
  order_csat,
  on_time,
  return_rate_orders,
  need_met,
  gesture_csat,
  repeat_purchase_rate,
  retention,
  automation_uplift,
  recommendation_uplift,
  optouts_per_1000_messages,
  participation,
  active_members,
  reviews_per_100_deliveries,
  nps,
  referral_new_customers,
  contributors,
  ideas_realised,
  orders,
  new_customers,
  revenue,
  aov,
  orders_per_customer,
  days_between_orders,
  churn,
  cart_abandonment,
  checkout_abandonment,
  return_rate_units,
  return_rate_value,
  ces,
  ces_easy_share,
  useful,
  usable,
  enjoyable,
  first_reply_hours_p90,
  first_reply_calendar_hours,
  first_reply_calendar_hours_p90,
  resolution_hours_p90,
  resolution_calendar_hours,
  resolution_calendar_hours_p90,
  spam_marks_per_1000_messages,
  end_of_measures,
};
inline constexpr size_t kMeasures = static_cast<size_t>(Key::end_of_measures);

/// Shares are fractions of 1. `score` is points of the measure's own scale, `money` major units, `ratio` a bare
/// number.
enum class Unit { share, score, money, hours, days, count, per_100, per_1000, ratio };
BOOST_DESCRIBE_ENUM(Unit, share, score, money, hours, days, count, per_100, per_1000, ratio)

/// Which way is better.
enum class Direction { up, down, none };
BOOST_DESCRIBE_ENUM(Direction, up, down, none)

/// How a figure and its 95 % interval come from what was collected (estimate.h). Where it says bootstrap, a month
/// of the trend takes the closed form instead: jackknife for ratios, order statistics for durations.
enum class Form {
  share,   ///< Hits of trials; Wilson.
  rate,    ///< Events per exposure; Garwood's exact Poisson.
  nps,     ///< Promoters less detractors; adjusted Wald.
  mean,    ///< Mean of scores; Student's t.
  ratio,   ///< Sum over sum; bootstrap over the 256 groups of customers.
  median,  ///< Of durations; bootstrap.
  p90,     ///< The 90th percentile of durations; bootstrap.
  uplift,  ///< Difference of two shares, treated less holdout, in strata; Newcombe.
  count,   ///< A number of things; no interval.
  money,   ///< A sum of minor units; no interval.
};

struct Definition {
  Key key;
  std::string_view name;  ///< The key as text.
  Unit unit;
  Direction direction;
  Form form;
  double scale;   ///< A share or rate times this is in the unit.
  int level;      ///< 1–6, or 0: shown, but no part of the pyramid.
  double weight;  ///< Within the level.
  double floor;   ///< 0 points, in the unit.
  double target;  ///< 100 points.
  int64_t min_n;  ///< Below it the measure says 'not enough yet'.
  /// Where a count of nothing could mean that nobody told: at least one of these kinds must be in the log, or the
  /// measure has no data. Empty: its own sample says it.
  std::array<KindRef, 4> needs;

  bool has_level() const { return level > 0; }
};

/// In the order of Key.
std::span<const Definition> definitions();
const Definition& definition(Key key);

/// What a month of a trend needs to show its value.
inline constexpr int64_t kTrendMin = 10;

inline constexpr int kLevels = 6;

}  // namespace cairn::measures

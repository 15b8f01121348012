// Recency, frequency and value of buyers, in fifths of all buyers: for presets, and for one customer's classes.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "timeline/version.h"

namespace cairn::segments {

/// What buyers are told apart by, as texts of the language.
inline constexpr std::string_view kRecency = "days_since(orders)";
inline constexpr std::string_view kFrequency = "count(orders where status != \"cancelled\")";
inline constexpr std::string_view kSpent = "sum(orders.total where status != \"cancelled\")";

/// The four cuts between the five classes of each, 1 to 5, 5 the best. Buyers have an order that is not cancelled.
///
/// Ties: who stands on the same figure is in the same class, so a cut belongs to the class below it (of recency: to the
/// one above). Where most buyers ordered once, fifths of them would leave classes without anybody, so the classes of
/// frequency are then 1, 2, 3, 4, and 5 or more orders (`has_fixed`).
///
/// Example: of 100 buyers 60 ordered once, 25 twice, 15 more often. The cuts between fifths are 1, 1, 1, 2 orders; two
/// are equal, so frequency is fixed: who ordered twice is in class 2.
struct Fifths {
  std::array<double, 4> days{}, orders{};
  std::array<int64_t, 4> spent{};
  double often = 2;        ///< The most frequent fifth has at least so many orders, and at least two.
  bool has_fixed = false;  ///< The classes of frequency are fixed.
  int64_t buyers = 0;

  Fifths() = default;
  /// Sorts what it is given.
  Fifths(std::vector<double>& all_days, std::vector<double>& all_orders, std::vector<int64_t>& all_spent);

  int recency(double days_since) const;
  int frequency(double count) const;
  int value(int64_t spent_minor) const;
};

/// Of everybody in a version, by one pass over the buyers on this thread: 24 bytes of memory a buyer. `goes_on` is
/// asked now and then. Errors: corrupt; conflict when it said no.
Result<Fifths> fifths_of(const timeline::Version& version, Time now, const std::function<bool()>& goes_on);

}  // namespace cairn::segments

// What somebody mostly does, from what they did. Pure; each definition is in docs/reference/customer-360.md with an
// example.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/zone.h"
#include "profile/model.h"

namespace cairn::profile {

/// Fewer orders, or units, tell of no habit.
inline constexpr size_t kLeastHabit = 3;

/// Counts what comes; of equals the one that came last wins.
class Tally {
 public:
  /// In the order of time.
  void add(std::string_view value, int64_t times = 1);
  /// Nothing without any.
  std::optional<Favourite> favourite() const;

 private:
  struct Count {
    int64_t times = 0;
    int64_t last = 0;
  };
  std::map<std::string, Count, std::less<>> counts_;
  int64_t all_ = 0, at_ = 0;
};

/// The hour in whose span of three hours (the one before, itself, the one after, round the clock) most of the moments
/// are; of equals the one with most in itself, then the earliest. Nothing below kLeastHabit.
std::optional<int64_t> usual_hour(const std::vector<Time>& moments, const Zone& zone);

/// The middle half of what units cost: the quarter and three-quarter quantiles (Hyndman and Fan 1996, type 7), rounded
/// half up. `prices`: minor units and how many. Nothing below kLeastHabit units.
std::optional<PriceBand> price_band(std::vector<std::pair<int64_t, int64_t>> prices, Currency currency);

/// The median of the days between neighbours. REQUIRES ascending. Nothing below kLeastHabit moments.
std::optional<Cycle> cycle_of(const std::vector<Time>& orders, Time now);

}  // namespace cairn::profile

// From collected statistics to a figure with its interval.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "measures/sheet.h"
#include "stats/interval.h"

namespace cairn::measures {

struct MonthFigure {
  std::string month;  ///< `2018-08`.
  int64_t n = 0;
  std::optional<double> value, low, high;  ///< Absent below kTrendMin.
};

/// One measure, measured. Values are in the measure's unit (money in major units).
struct Figure {
  Key key{};
  int64_t n = 0;
  bool is_enough = false;
  std::optional<double> value, low, high;  ///< Absent below min_n.
  std::optional<double> score;             ///< 0–100, of measures with a level and enough data.
  std::vector<MonthFigure> trend;
  std::map<std::string, double> parts;
  int64_t stake_customers = 0;
  int64_t stake_minor = 0;
};

/// A holdout smaller than this says nothing; its stratum is left out.
inline constexpr int64_t kHoldoutMin = 30;

/// `currency_digits`: of the brand's currency, to turn minor units into major ones. Deterministic: the bootstrap draws
/// from a seed of the measure's own.
Figure estimate(const Definition& definition, const Record& record, const Months& months, int currency_digits);

/// The value with each group of customers left out, in the order of the buckets, exact for every form; NaN where
/// nothing is left.
std::vector<double> leave_out(const Definition& definition, const Record& record);

}  // namespace cairn::measures

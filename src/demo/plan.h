// What a demo is asked to be, and what follows from that before anybody lives in it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "demo/calendar.h"

namespace cairn::demo {

struct Options {
  int customers = 2000;  ///< 1 to 5,000,000, with Amélie and her sister among them; at least those two come.
  int months = 18;       ///< 1 to 60, ending at `until`.
  uint64_t seed = 1;
  std::string directory;      ///< The data directory; `truth.json` is written there.
  std::optional<Time> until;  ///< The shop's life ends with the day before this moment's; absent: today.
};

/// The week in which a browser's checkout broke: [from, to).
struct Incident {
  Time from, to;
};

struct Plan {
  uint64_t seed;
  int customers;
  int months;
  Calendar calendar;
  std::optional<Incident> incident;  ///< Absent when no whole ISO week 37 lies in the shop's life.
  /// Parcels come later than usual in [slump_from, slump_to); empty in a life shorter than a year.
  Time slump_from, slump_to;
};

/// Errors, one line each: customers or months out of range.
Result<Plan> make_plan(const Options& options, const Zone& zone, Time now);

}  // namespace cairn::demo

// For tests: a small log written by hand, and the picture of it.
#pragma once
#include <cmath>
#include <string>
#include <utility>

#include "base/check.h"
#include "measures/computer.h"

namespace cairn::measures {

/// Midday UTC of the n-th day of 2026 (0 is 1 January, a Thursday), plus hours.
inline Time on_day(int n, int hour = 12) {
  return Time{(int64_t{day_of({2026, 1, 1}).days + n} * 24 + hour) * hours(1).micros};
}

class LogByHand {
 public:
  LogByHand() {
    question_.now = on_day(400);
    question_.until = on_day(365, 0);
    question_.brand.currency = Currency::parse("EUR").value();
    question_.brand.zone_name = "UTC";
  }
  /// Properties with ' instead of ".
  LogByHand& add(int64_t customer, std::string kind, Time at, std::string properties = "{}", int source = 1,
                 int precedence = 100) {
    for (char& c : properties)
      if (c == '\'') c = '"';
    timelines_.add({customer, std::move(kind), at, std::move(properties), source, precedence, {}});
    return *this;
  }
  Question& question() { return question_; }
  MemoryTimelines& timelines() { return timelines_; }

  Picture picture() {
    auto result = compute(timelines_, question_, system_executor());
    CHECK(result, "{}", result.error().message);
    return *result;
  }
  Figure figure(Key key) { return picture().figures[static_cast<size_t>(key)]; }

  /// Raw hits (or sum) and n of a measure, though it has too few for a value: the last month with data, or the whole.
  int64_t n(Key key) { return figure(key).n; }

 private:
  MemoryTimelines timelines_;
  Question question_;
};

}  // namespace cairn::measures

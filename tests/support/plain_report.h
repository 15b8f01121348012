// The report as the plain pass over the log gives it: what the report over the timelines is held against.
#pragma once
#include "base/check.h"
#include "base/executor.h"
#include "events/log.h"
#include "measures/computer.h"
#include "report/report.h"

namespace cairn::test {

/// `canonical`: who an id in the log is by merges.
inline report::Report plain_report(events::Log& log, const events::Brand& brand, const report::Options& options,
                                   Time now, std::function<CustomerId(CustomerId)> canonical = {}) {
  measures::LogTimelines timelines(log, {.canonical = std::move(canonical)});
  auto picture = measures::compute(timelines, {options.since, options.until, now, brand, {}}, system_executor());
  CHECK(picture, "{}", picture.error().message);
  return report::compose(*picture, brand, options.language);
}

}  // namespace cairn::test

// The one way to ask for measures: every customer's events are read once, shard after shard on all cores, whichever
// place they come from (source.h, version_timelines.h).
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/executor.h"
#include "base/result.h"
#include "events/brand.h"
#include "measures/estimate.h"
#include "measures/lateness.h"
#include "measures/levels.h"
#include "measures/source.h"

namespace cairn::measures {

/// What is asked. The period is [since, until): facts of before are seen (a promise made, a first order), facts of
/// after are not.
struct Question {
  std::optional<Time> since;  ///< Absent: from the first event on.
  std::optional<Time> until;  ///< Absent: `now`, or the newest event when that is over kStale old.
  Time now;
  events::Brand brand;
  std::optional<Time> as_known_at;  ///< Hides what was learnt at or after this moment.
};

/// A log whose newest event is older than this ends there, not today.
inline constexpr Duration kStale = days(30);

enum class UntilIs { asked, now, newest_event };
BOOST_DESCRIBE_ENUM(UntilIs, asked, now, newest_event)

struct Period {
  std::optional<Time> since;
  Time until;  ///< For newest_event: the next whole second, so that the event is inside.
  UntilIs until_is = UntilIs::now;
  std::optional<Time> first_event, newest_event;  ///< Of the whole log.
};

/// Minor units of the brand's currency, of orders placed in the period: revenue = paid − cancelled − refunded.
struct MoneyFigures {
  int64_t paid_minor = 0;
  int64_t cancelled_minor = 0;  ///< Paid for orders that were cancelled or unavailable.
  int64_t refunded_minor = 0;   ///< Of the others.
  int64_t revenue_minor = 0;
  int64_t in_other_currency = 0;  ///< Order events whose amount is unknown because it is in another currency.
  MoneyFigures& operator+=(const MoneyFigures& other);
};

struct Group {
  int64_t customers = 0;
  int64_t value_minor = 0;
  Group& operator+=(const Group& o) { return customers += o.customers, value_minor += o.value_minor, *this; }
};

struct Picture {
  Period period;
  std::map<std::string, int64_t> counts;
  MoneyFigures money;
  std::vector<Figure> figures;  ///< Every measure, in table order.
  Pyramid pyramid;
  Group fragile, away, unplaced;
  Lateness lateness;
  int retention_cycle_days = 0;
};

/// The same timelines and question give the same picture to the bit, on any number of cores.
/// Errors: invalid, field since, for an empty period; what the timelines say.
Result<Picture> compute(Timelines& timelines, const Question& question, Executor& executor);

/// The period of a question, given what the log holds. Pure.
Period period_of(const Question& question, const Census& census);

}  // namespace cairn::measures

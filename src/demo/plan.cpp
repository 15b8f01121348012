#include "demo/plan.h"

#include "demo/parameters.h"

namespace cairn::demo {
namespace {

constexpr int kMostCustomers = 5'000'000;
constexpr int kMostMonths = 60;

/// The same day so many months ago; the last of its month when that is shorter.
Day months_before(Day day, int months) {
  CivilDate date = civil_of(day);
  int at = date.year * 12 + date.month - 1 - months;
  date.year = at / 12;
  date.month = at % 12 + 1;
  while (!is_valid(date)) --date.day;
  return day_of(date);
}

/// The last ISO week 37 that lies wholly in the shop's life.
std::optional<Incident> find_incident(Day first, Day end, const Zone& zone) {
  for (int year = civil_of(end).year; year >= civil_of(first).year; --year) {
    Day monday = monday_of_week(year, kIncidentWeek);
    Day next{monday.days + 7};
    if (next > end) continue;
    if (monday < first) return std::nullopt;
    return Incident{zone.start_of(monday), zone.start_of(next)};
  }
  return std::nullopt;
}

}  // namespace

Result<Plan> make_plan(const Options& options, const Zone& zone, Time now) {
  if (options.customers < 1 || options.customers > kMostCustomers)
    return fail_at("customers", "--customers must be from 1 to {}, not {}", kMostCustomers, options.customers);
  if (options.months < 1 || options.months > kMostMonths)
    return fail_at("months", "--months must be from 1 to {}, not {}", kMostMonths, options.months);
  Day end = zone.day(options.until.value_or(now));
  Day first = months_before(end, options.months);
  Plan plan{options.seed,
            options.customers,
            options.months,
            Calendar(zone, first, end),
            find_incident(first, end, zone),
            {},
            {}};
  if (options.months >= 12) {
    plan.slump_from = zone.start_of(months_before(end, kSlumpFromMonths));
    plan.slump_to = zone.start_of(months_before(end, kSlumpToMonths));
  }
  return plan;
}

}  // namespace cairn::demo

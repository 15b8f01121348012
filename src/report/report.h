// The report: a picture of measures in words and figures that a person or a page reads. docs/reference/report.md has
// the shape of the JSON, which these structs are, field by field.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/world.h"
#include "db/store.h"
#include "history/history.h"
#include "i18n/language.h"
#include "measures/computer.h"

namespace cairn::report {

struct Options {
  std::optional<Time> since;  ///< Absent: from the first event on.
  std::optional<Time> until;  ///< Absent: now, or the newest event when that is over 30 days old.
  i18n::Language language = i18n::Language::en;
};

struct BrandPart {
  std::string name;
  std::string currency;  ///< Empty in a fresh directory.
  std::string zone;
};
BOOST_DESCRIBE_STRUCT(BrandPart, (), (name, currency, zone))

struct PeriodPart {
  std::optional<Time> since;
  Time until;
  measures::UntilIs until_is = measures::UntilIs::now;
  std::optional<Time> first_event, newest_event;
  std::string sentence;
};
BOOST_DESCRIBE_STRUCT(PeriodPart, (), (since, until, until_is, first_event, newest_event, sentence))

/// Amounts in major units for reading, in minor units for reckoning.
struct MoneyPart {
  std::string currency;
  double paid = 0, cancelled = 0, refunded = 0, revenue = 0;
  int64_t paid_minor = 0, cancelled_minor = 0, refunded_minor = 0, revenue_minor = 0;
  int64_t unknown_currency = 0;
};
BOOST_DESCRIBE_STRUCT(MoneyPart, (),
                      (currency, paid, cancelled, refunded, revenue, paid_minor, cancelled_minor, refunded_minor,
                       revenue_minor, unknown_currency))

struct MonthPart {
  std::string month;
  int64_t n = 0;
  std::optional<double> value, low, high;
};
BOOST_DESCRIBE_STRUCT(MonthPart, (), (month, value, n, low, high))

struct MeasurePart {
  std::string key, name, definition;
  measures::Unit unit{};
  measures::Direction direction{};
  std::optional<double> value;
  int64_t n = 0, min_n = 0;
  bool enough = false;
  std::optional<double> low, high;
  std::optional<int64_t> level;
  std::optional<double> weight, floor, target, score;
  std::vector<MonthPart> trend;
  std::map<std::string, double> parts;
};
BOOST_DESCRIBE_STRUCT(MeasurePart, (),
                      (key, name, definition, unit, direction, value, n, min_n, enough, low, high, level, weight, floor,
                       target, score, trend, parts))

struct LevelPart {
  int64_t level = 1;
  std::string name, promise;
  std::optional<double> score;
  double weight_measured = 0;
  std::vector<std::string> measures;
  int64_t customers = 0;
  double value = 0;
};
BOOST_DESCRIBE_STRUCT(LevelPart, (), (level, name, promise, score, weight_measured, measures, customers, value))

struct GroupPart {
  int64_t customers = 0;
  double value = 0;
};
BOOST_DESCRIBE_STRUCT(GroupPart, (), (customers, value))

enum class Do { improve, connect };
BOOST_DESCRIBE_ENUM(Do, improve, connect)

struct StepPart {
  Do do_ = Do::improve;
  int64_t level = 1;
  std::optional<std::string> measure;
  std::string name, text;
  std::optional<double> from, to, gain;
  std::optional<int64_t> customers;
  std::optional<double> value;
};

struct PyramidPart {
  double altitude = 0;
  std::optional<double> low, high;
  int64_t measured = 0;
  std::vector<LevelPart> levels;
  GroupPart fragile, away, unplaced;
  std::string sentence;
  std::vector<StepPart> next;
};
BOOST_DESCRIBE_STRUCT(PyramidPart, (), (altitude, low, high, measured, levels, fragile, away, unplaced, sentence, next))

struct LatenessPart {
  std::string group, name;
  int64_t orders = 0, answers = 0;
  std::optional<double> csat, low, high, mean;
};
BOOST_DESCRIBE_STRUCT(LatenessPart, (), (group, name, orders, answers, csat, low, high, mean))

struct LatenessSection {
  std::vector<LatenessPart> groups;
  LatenessPart before_delivery;
  std::string sentence;
};
BOOST_DESCRIBE_STRUCT(LatenessSection, (), (groups, before_delivery, sentence))

struct Report {
  BrandPart brand;
  PeriodPart period;
  std::map<std::string, int64_t> counts;
  MoneyPart money;
  PyramidPart pyramid;
  std::vector<MeasurePart> measures;  ///< In table order; an object by key on the wire, in the same order.
  LatenessSection lateness;

  const MeasurePart* find(std::string_view key) const;
};

/// Of every event that is committed now: the timelines catch up with the log first, and tell `progress` when that takes
/// long (history.h). Errors: invalid for an empty period; what the store says.
Result<Report> make(World& world, db::Store& store, history::History& history, const Options& options,
                    const std::function<bool(uint64_t, uint64_t)>& progress = {});

/// The picture over the timelines as they are. Errors: as make; unavailable when they were made for another brand's
/// currency or time zone, or are damaged (then they are mended in the background): come again.
Result<measures::Picture> measure(World& world, db::Store& store, history::History& history,
                                  std::shared_ptr<const timeline::Version> version, const measures::Question& question);

/// The words around a picture. Pure.
Report compose(const measures::Picture& picture, const events::Brand& brand, i18n::Language language);

/// The wire form, compact; and the same for people.
std::string to_json(const Report& report);
std::string to_pretty_json(const Report& report);

}  // namespace cairn::report

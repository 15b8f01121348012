// What one pass over the customers keeps of each measure: sufficient statistics, for the whole, for each of the 256
// groups of customers (so that leaving a group out is a subtraction), and for each month.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "base/zone.h"
#include "measures/definitions.h"
#include "measures/facts.h"

namespace cairn::measures {

/// [since, until); without since, everything before until.
struct Scope {
  std::optional<Time> since;
  Time until;
  bool contains(Time at) const { return at < until && (!since || at >= *since); }
};

/// The calendar months, in the brand's zone, that a scope touches: at most the last kMonthsMax, and none before the
/// first event.
class Months {
 public:
  static constexpr int kMonthsMax = 120;
  Months() = default;
  Months(const Scope& scope, std::optional<Time> first_event, const Zone& zone);
  size_t size() const { return starts_.empty() ? 0 : starts_.size() - 1; }
  /// Which month a moment is in, or -1.
  int index(Time at) const;
  Time start(size_t month) const { return starts_[month]; }
  /// The first moment after the month, or the end of the scope where that comes first.
  Time end(size_t month) const { return std::min(starts_[month + 1], until_); }
  /// `2018-08`.
  const std::string& name(size_t month) const { return names_[month]; }

 private:
  std::vector<Time> starts_;
  std::vector<std::string> names_;
  Time until_;
};

/// Additive statistics; what each stands for depends on the form:
///   share   hits, trials                     mean    sum, sum of squares, n
///   rate    events, exposure                 ratio   numerator, denominator, n
///   nps     promoters, detractors, n         uplift  treated hits, treated, holdout hits, holdout
///   count, money   the sum, and n
using Sums = std::array<double, 4>;

struct Sample {
  double value = 0;
  int16_t month = -1;
  uint8_t bucket = 0;
};

/// One set of groups; `months` holds the whole's statistics by month.
struct Groups {
  Sums total{};
  std::vector<Sums> buckets;  ///< Of the sheet's.
  std::vector<Sums> months;
  std::vector<std::vector<Sums>> month_buckets;  ///< Only for ratios, whose interval is resampled from groups.
};

struct Record {
  Groups groups;
  std::map<std::string, Groups> strata;  ///< Of uplifts: one an automation or place.
  std::vector<Sample> samples;           ///< Of medians and p90.
  std::map<std::string, int64_t> parts;  ///< A histogram, where one is shown.
  int64_t stake_customers = 0;           ///< For whom it went wrong at least once.
  int64_t stake_minor = 0;               ///< What they brought so far.
};

/// Buckets [first, first + count).
struct Buckets {
  int first = 0;
  int count = kBuckets;
};

/// Additive: the sheet of a whole is that of its parts, added up in a fixed order (which decides the order of samples).
class Sheet {
 public:
  Sheet(Scope scope, Months months, Buckets buckets = {});

  /// Adds what another sheet of the same scope collected of customers whom this one has not seen. REQUIRES its buckets
  /// within these.
  void add(const Sheet& part);

  const Scope& scope() const { return scope_; }
  const Months& months() const { return months_; }
  const Record& record(Key key) const { return records_[static_cast<size_t>(key)]; }

  /// REQUIRES a bucket of the sheet's.
  void begin_customer(int bucket);
  /// `value_minor`: what the customer brought, which is at stake where something went wrong.
  void end_customer(int64_t value_minor);

  /// A fact of a moment; nothing when it is outside the scope.
  void add(Key key, Time at, const Sums& sums);
  /// A trial of a share, which marks the customer when it went wrong.
  void trial(Key key, Time at, bool hit);
  /// A duration, in the measure's unit; marks the customer when it is worse than the target.
  void sample(Key key, Time at, double value);
  /// One treated (or held out) customer of an uplift.
  void treatment(Key key, const std::string& stratum, Time at, bool is_holdout, bool hit);
  /// What holds at a moment rather than happens at one: `month` kWhole is the end of the scope, else the end of a
  /// month.
  static constexpr int kWhole = -1;
  void add_state(Key key, int month, const Sums& sums);
  /// The same for one trial of a share; marks the customer when it went wrong by the end of the scope.
  void state(Key key, int month, bool hit);
  void part(Key key, Time at, const std::string& name);
  /// Something of this measure went wrong for the customer.
  void mark(Key key) { marked_[static_cast<size_t>(key)] = true; }
  /// Forgets what was collected: the log cannot tell this measure.
  void clear(Key key);

 private:
  Record& record_of(Key key) { return records_[static_cast<size_t>(key)]; }
  Groups new_groups(const Definition& definition) const;
  void add_to(Groups& groups, Time at, const Sums& sums, bool keeps_month_buckets);

  Scope scope_;
  Months months_;
  Buckets range_;
  std::vector<Record> records_;
  std::array<bool, kMeasures> marked_{};
  size_t bucket_ = 0;  ///< From the first of range_ on.
};

}  // namespace cairn::measures

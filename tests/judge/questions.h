// The judge's answers to questions about many customers. See judge.h.
#pragma once
#include <map>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "judge/judge.h"

namespace cairn::judge {

/// The rows of everybody, in any order, and the moment that `now()` means unless the question says `as of`.
struct Log {
  std::span<const Row> rows;
  Time now;
};

/// The ids, ascending.
std::vector<CustomerId> select(const query::Checked& question, const Log& log, const Brand& brand);

struct Line {
  CustomerId customer;
  std::vector<Value> values;
};
/// Ascending ids; customers who have an event by then and meet the condition.
std::vector<Line> values(const query::Checked& question, const Log& log, const Brand& brand);

/// What an answer is broken down by, in the order of `by`; a bucket is the moment at which it begins.
using Key = std::vector<Value>;
struct KeyOrder {
  bool operator()(const Key& a, const Key& b) const;
};

struct SeriesCell {
  Value value;
  int64_t rows = 0;     ///< That were used.
  int64_t skipped = 0;  ///< Whose value is unknown.
};
std::map<Key, SeriesCell, KeyOrder> series(const query::Checked& question, const Log& log, const Brand& brand);

struct FunnelStep {
  int64_t customers = 0;
  std::vector<int64_t> delays;  ///< Microseconds from the step before, ascending; of the first step none.
};
std::map<Key, std::vector<FunnelStep>, KeyOrder> funnel(const query::Checked& question, const Log& log,
                                                        const Brand& brand);

struct RetentionCell {
  int64_t eligible = 0;
  int64_t returned = 0;
};
/// By cohort (unknown: the one that there is). The period 0 comes first; periods that nobody is eligible for end it.
std::map<Key, std::vector<RetentionCell>, KeyOrder> retention(const query::Checked& question, const Log& log,
                                                              const Brand& brand);

struct Paths {
  /// Streams from the anchor on, in the direction of the walk.
  std::map<std::vector<std::string>, int64_t> ways;
  std::map<std::tuple<size_t, std::string>, int64_t> nodes;  ///< Steps from the anchor.
  std::map<std::tuple<size_t, std::string, std::string>, int64_t> links;
};
Paths paths(const query::Checked& question, const Log& log, const Brand& brand);

struct Transition {
  int64_t count = 0;
  __int128 total_micros = 0;
  int64_t min_micros = 0;
  int64_t max_micros = 0;
  bool operator==(const Transition&) const = default;
};
std::map<std::pair<std::string, std::string>, Transition> transitions(const query::Checked& question, const Log& log,
                                                                      const Brand& brand);

}  // namespace cairn::judge

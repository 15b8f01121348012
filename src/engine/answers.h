// What questions about many customers give.
#pragma once
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "base/id.h"
#include "query/value.h"

namespace cairn::engine {

/// Who is meant, by shard, ascending within it.
struct Selected {
  std::vector<std::vector<CustomerId>> shards;
  uint64_t count() const;
  /// All, ascending.
  std::vector<CustomerId> ids() const;
};

struct Line {
  CustomerId customer;
  std::vector<query::Value> values;
};

/// What an answer is broken down by, in the order of `by`; a bucket is the moment at which it begins.
using Key = std::vector<query::Value>;
/// An order over all values: unknown, false, true, numbers, money, text, times, durations, lists.
bool comes_before(const query::Value& a, const query::Value& b);
struct KeyOrder {
  bool operator()(const Key& a, const Key& b) const;
};

struct SeriesCell {
  query::Value value;
  int64_t rows = 0;     ///< That were used.
  int64_t skipped = 0;  ///< Whose value is unknown.
};
using Series = std::map<Key, SeriesCell, KeyOrder>;

struct FunnelStep {
  int64_t customers = 0;
  std::vector<int64_t> delays;  ///< Microseconds from the step before, in no order; of the first step none.
};
using Funnel = std::map<Key, std::vector<FunnelStep>, KeyOrder>;

struct RetentionCell {
  int64_t eligible = 0;
  int64_t returned = 0;
};
/// By cohort (unknown: the one that there is). The period 0 comes first; periods that nobody is eligible for end it.
using Retention = std::map<Key, std::vector<RetentionCell>, KeyOrder>;

struct Paths {
  /// Streams from the anchor on, in the direction of the walk.
  std::map<std::vector<std::string>, int64_t> ways;
  std::map<std::tuple<size_t, std::string>, int64_t> nodes;  ///< Steps from the anchor.
  std::map<std::tuple<size_t, std::string, std::string>, int64_t> links;
};

/// Delays in microseconds.
struct Transition {
  int64_t count = 0;
  __int128 total_micros = 0;  ///< Of many customers more than 64 bits hold.
  int64_t min_micros = 0;
  int64_t max_micros = 0;
  bool operator==(const Transition&) const = default;
};
using Transitions = std::map<std::pair<std::string, std::string>, Transition>;

}  // namespace cairn::engine

#include <algorithm>
#include <set>

#include "judge/judge.h"

namespace cairn::judge {
namespace {

using query::Bucket;
using query::Word;

/// Finds the first moment at which the value differs from that at the beginning. Between two moments of the same
/// trace nothing discrete happened, so only stretches whose ends differ are halved.
class Search {
 public:
  Search(const query::Checked& query, std::span<const Row> rows, const Brand& brand, const Look& look)
      : query_(query), rows_(rows), brand_(brand), look_(look), before_(at(look.t).value) {}

  std::optional<Time> between(Time low, Time high) { return between(low, at(low), high, at(high)); }

 private:
  Answer at(Time t) {
    Look look = look_;
    look.t = t;
    return evaluate(query_, rows_, brand_, look);
  }

  std::optional<Time> between(Time low, const Answer& a, Time high, const Answer& b) {
    if (a.trace == b.trace && a.value == b.value) return std::nullopt;
    if (high - low <= microseconds(1)) return b.value == before_ ? std::nullopt : std::optional(high);
    Time middle{low.micros + (high - low).micros / 2};
    Answer m = at(middle);
    if (auto found = between(low, a, middle, m)) return found;
    return between(middle, m, high, b);
  }

  const query::Checked& query_;
  std::span<const Row> rows_;
  const Brand& brand_;
  Look look_;
  Value before_;
};

bool reads_hours(const query::Checked& query, const Brand& brand) {
  bool found = false;
  query::each_node(query.query, query.query.root(), [&](query::NodeId id) {
    const query::Node& n = query.query.at(id);
    found = found || n.word == Word::hour;
    if (n.kind != query::NodeKind::segment) return;
    auto segment = brand.segments.find(n.value.as<std::string>());
    found = found || (segment != brand.segments.end() && reads_hours(segment->second, brand));
  });
  return found;
}

}  // namespace

std::optional<Time> valid_until(const query::Checked& query, std::span<const Row> rows, const Brand& brand,
                                const Look& look, Duration horizon) {
  Time end = look.t + horizon;
  std::set<Time> stops = {end};
  for (const Row& row : rows) stops.insert({row.occurred_at, row.known_at});
  // A segment that is named may follow the calendar though this query does not.
  Bucket step = reads_hours(query, brand) ? Bucket::hour : Bucket::day;
  for (Time t = look.t; t < end; t = bucket_start(step, t + microseconds(1), brand, 1)) stops.insert(t);
  Search search(query, rows, brand, look);
  Time from = look.t;
  for (Time stop : stops) {
    if (stop <= look.t || stop > end) continue;
    // Just before a stop, and the stop itself: what happens at it happens at once.
    if (Time just_before = stop - microseconds(1); just_before > from) {
      if (auto found = search.between(from, just_before)) return found;
      from = just_before;
    }
    if (auto found = search.between(from, stop)) return found;
    from = stop;
  }
  return std::nullopt;
}

}  // namespace cairn::judge

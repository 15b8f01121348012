// Sequences: docs/reference/query.md, "Sequences".
#include <algorithm>
#include <map>

#include "engine/arithmetic.h"
#include "engine/customer.h"

namespace cairn::engine {

using query::Word;

namespace {

/// An event that can serve a step.
struct Served {
  int64_t time = 0, seq = 0;
  uint32_t steps = 0;  ///< A bit a step.
  Cell key;
  bool operator<(const Served& other) const { return time != other.time ? time < other.time : seq < other.seq; }
};

bool by_key(const Served& a, const Served& b) {
  if (comes_before(a.key, b.key)) return true;
  return !comes_before(b.key, a.key) && a < b;
}

/// The chains of events [first, last) with one key, counted greedily.
void chains(const Served* first, const Served* last, size_t steps, int64_t within,
            std::vector<Customer::Occurrence>& out) {
  auto n = static_cast<size_t>(last - first);
  // next[step][i]: the first event at or after i that serves the step.
  std::vector<std::vector<uint32_t>> next(steps, std::vector<uint32_t>(n + 1, static_cast<uint32_t>(n)));
  for (size_t step = 0; step < steps; ++step)
    for (size_t i = n; i-- > 0;)
      next[step][i] = first[i].steps >> step & 1 ? static_cast<uint32_t>(i) : next[step][i + 1];
  for (size_t i = next[0][0]; i < n;) {
    Customer::Occurrence found;
    size_t at = i;
    found.seqs.push_back(first[at].seq);
    for (size_t step = 1; step < steps && at < n; ++step) {
      at = next[step][at + 1];
      if (at < n) found.seqs.push_back(first[at].seq);
    }
    if (at >= n) return;  // no later start gets further
    found.start = first[i].time;
    found.end = first[at].time;
    found.end_seq = first[at].seq;
    bool fits = within == 0 || found.end - found.start <= within;
    if (fits) out.push_back(std::move(found));
    i = next[0][fits ? at + 1 : i + 1];
  }
}

}  // namespace

std::vector<Customer::Occurrence> Customer::occurrences(const Sequence& s, Span span) {
  std::vector<Served> events;
  Items items;
  for (size_t step = 0; step < s.steps.size(); ++step) {
    find(s.steps[step], span, items);
    for (size_t i = 0; i < items.rows.size(); ++i) {
      Served event{items.rows[i].time, items.seq(i), uint32_t{1} << step, {}};
      if (!s.on.empty()) {
        event.key = read_column(*items.stream, s.on[step], {}, items.rows[i].row);
        // A list is never equal to another, so no chain goes on from it.
        if (!event.key.is_known() || event.key.is(CellKind::list)) continue;
      }
      events.push_back(event);
    }
  }
  std::sort(events.begin(), events.end());
  size_t kept = 0;  // one event that serves several steps is one
  for (size_t i = 0; i < events.size(); ++i) {
    if (kept > 0 && events[kept - 1].seq == events[i].seq) events[kept - 1].steps |= events[i].steps;
    else events[kept++] = events[i];
  }
  events.resize(kept);
  std::vector<Occurrence> out;
  if (events.empty()) return out;
  if (!s.on.empty()) std::sort(events.begin(), events.end(), by_key);
  const Served *first = events.data(), *end = first + events.size();
  while (first != end) {
    const Served* last =
        s.on.empty() ? end : std::find_if(first, end, [&](const Served& e) { return comes_before(first->key, e.key); });
    chains(first, last, s.steps.size(), s.within, out);
    first = last;
  }
  return out;
}

Cell Customer::sequence(Word word, const std::vector<Occurrence>& found) const {
  if (word == Word::sequence) return Cell::of(static_cast<double>(found.size()));
  if (found.empty()) return {};
  auto by_end = [](const Occurrence& a, const Occurrence& b) {
    return a.end != b.end ? a.end < b.end : a.end_seq < b.end_seq;
  };
  if (word == Word::sequence_first_time)
    return Cell::of(Time{std::min_element(found.begin(), found.end(), by_end)->end});
  const Occurrence& last = *std::max_element(found.begin(), found.end(), by_end);
  return word == Word::sequence_last_time ? Cell::of(Time{last.end}) : Cell::of(Duration{last.end - last.start});
}

}  // namespace cairn::engine

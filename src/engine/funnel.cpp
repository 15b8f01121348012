#include <algorithm>

#include "engine/arithmetic.h"
#include "engine/scan.h"

namespace cairn::engine {
namespace {

/// An event of a step, in the order (key, time, seq).
struct Stop {
  int64_t time = 0, seq = 0;
  uint32_t row = 0;
  Cell key;
  bool is_before(const Stop& other) const {
    if (comes_before(key, other.key)) return true;
    if (comes_before(other.key, key)) return false;
    return time != other.time ? time < other.time : seq < other.seq;
  }
};
using Stops = std::vector<Stop>;

struct Partial {
  Funnel cells;
  std::vector<Stops> steps;
  Items items, starts;
  std::vector<const Stop*> chain, best;
  Key key;
};

/// What is between `first` and the end is a step's events; with `on` only those that know it.
void fill(Partial& p, Customer& customer, size_t step) {
  const Sequence& s = customer.plan().question->steps;
  Items& items = step == 0 ? p.starts : p.items;
  customer.find(s.steps[step], {}, items);
  Stops& out = p.steps[step];
  out.clear();
  for (size_t i = 0; i < items.rows.size(); ++i) {
    Stop stop{items.rows[i].time, items.seq(i), items.rows[i].row, {}};
    if (!s.on.empty()) {
      stop.key = customer.read_column(*items.stream, s.on[step], {}, stop.row);
      if (!stop.key.is_known()) continue;
    }
    out.push_back(stop);
  }
  if (!s.on.empty()) std::sort(out.begin(), out.end(), [](const Stop& a, const Stop& b) { return a.is_before(b); });
}

/// From a start as far as it goes, every step by the earliest event after the one before.
void follow(Partial& p, const Sequence& s, const Stop& start) {
  p.chain.assign(1, &start);
  for (size_t step = 1; step < p.steps.size(); ++step) {
    const Stops& stops = p.steps[step];
    auto next = std::upper_bound(stops.begin(), stops.end(), *p.chain.back(),
                                 [](const Stop& a, const Stop& b) { return a.is_before(b); });
    if (next == stops.end() || (!s.on.empty() && !equal(next->key, start.key))) return;
    if (s.within > 0 && next->time - start.time > s.within) return;
    p.chain.push_back(&*next);
  }
}

void gather(Partial& p, Customer& customer, Span period) {
  const Question& q = *customer.plan().question;
  p.steps.resize(q.steps.steps.size());
  fill(p, customer, 0);
  bool any = std::any_of(p.steps[0].begin(), p.steps[0].end(), [&](const Stop& s) { return period.holds(s.time); });
  if (!any) return;
  for (size_t step = 1; step < p.steps.size(); ++step) fill(p, customer, step);
  p.best.clear();
  for (const Stop& start : p.steps[0]) {
    if (!period.holds(start.time)) continue;
    follow(p, q.steps, start);
    auto is_earlier = [](const Stop& a, const Stop& b) { return a.time != b.time ? a.time < b.time : a.seq < b.seq; };
    if (p.chain.size() > p.best.size() || (p.chain.size() == p.best.size() && is_earlier(start, *p.best[0])))
      p.best = p.chain;
  }
  key_of(q.by, customer, *p.starts.stream, {p.best[0]->time, p.best[0]->row}, p.key);
  std::vector<FunnelStep>& cell = p.cells[p.key];
  cell.resize(p.steps.size());
  for (size_t i = 0; i < p.best.size(); ++i) {
    ++cell[i].customers;
    if (i > 0) cell[i].delays.push_back(p.best[i]->time - p.best[i - 1]->time);
  }
}

}  // namespace

Result<Funnel> funnel(const Plan& plan, const Ask& ask) {
  Look look = look_of(plan, ask.now);
  Customer nobody(plan);
  nobody.look_at_nobody(look);
  Span period = nobody.span_of(plan.question->period, look.t);
  auto shards = TRY(each_customer<Partial>(
      plan, ask, [&](Partial& partial, Customer& customer) { gather(partial, customer, period); }));
  Funnel out;
  for (Partial& partial : shards)
    for (auto& [key, steps] : partial.cells) {
      std::vector<FunnelStep>& cell = out[key];
      cell.resize(steps.size());
      for (size_t i = 0; i < steps.size(); ++i) {
        cell[i].customers += steps[i].customers;
        cell[i].delays.insert(cell[i].delays.end(), steps[i].delays.begin(), steps[i].delays.end());
      }
    }
  for (auto& [key, steps] : out)
    for (FunnelStep& step : steps) std::sort(step.delays.begin(), step.delays.end());
  return out;
}

}  // namespace cairn::engine

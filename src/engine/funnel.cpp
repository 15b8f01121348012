#include <algorithm>

#include "engine/arithmetic.h"
#include "engine/scan.h"
#include "engine/step_rows.h"

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

/// Over columns: as starts come in their order, the earliest event after each never lies further back, so every row is
/// looked at once.
struct Fast {
  Funnel cells;
  std::vector<StepRows> steps;
  std::vector<StepRows::Rows> at;
  std::vector<uint32_t> chain, best;
  std::unique_ptr<Customer> customer;
  std::vector<FunnelStep>* whole = nullptr;  ///< The one cell, when nothing breaks the answer down.
  Key key;
};

/// From a start as far as it goes. False: no later start gets further.
bool follow(Fast& f, uint32_t start, int64_t within) {
  f.chain.assign(1, start);
  for (size_t step = 1; step < f.steps.size(); ++step) {
    const StepRows &before = f.steps[step - 1], &rows = f.steps[step];
    StepRows::Rows& at = f.at[step];
    while (at.begin < at.end && !(rows.holds(at.begin) && comes_after(rows, at.begin, before, f.chain.back())))
      ++at.begin;
    if (at.begin == at.end) return false;
    if (within > 0 && rows.time(at.begin) - f.steps[0].time(start) > within) return true;
    f.chain.push_back(at.begin);
  }
  return true;
}

void count(Fast& f, std::vector<FunnelStep>& cell) {
  cell.resize(f.steps.size());
  for (size_t i = 0; i < f.best.size(); ++i) {
    ++cell[i].customers;
    if (i > 0) cell[i].delays.push_back(f.steps[i].time(f.best[i]) - f.steps[i - 1].time(f.best[i - 1]));
  }
}

void find_best(Fast& f, uint32_t index, int64_t within, Span period) {
  f.best.clear();
  StepRows::Rows starts = f.steps[0].of(index);
  for (size_t step = 1; step < f.steps.size(); ++step) f.at[step] = f.steps[step].of(index);
  for (uint32_t start = starts.begin; start < starts.end && f.best.size() < f.steps.size(); ++start) {
    if (!f.steps[0].holds(start) || !period.holds(f.steps[0].time(start))) continue;
    bool goes_on = follow(f, start, within);
    if (f.chain.size() > f.best.size()) f.best = f.chain;
    if (!goes_on) return;
  }
}

void gather(Fast& f, const Plan& plan, const Look& look, const timeline::Part& part, Block& block,
            const std::vector<uint8_t>& who, Span period) {
  const Question& q = *plan.question;
  f.steps.resize(q.steps.steps.size());
  f.at.resize(f.steps.size());
  for (size_t step = 0; step < f.steps.size(); ++step) f.steps[step].read(q.steps.steps[step], part, block, look.t);
  if (!f.steps[0].stream()) return;
  for (uint32_t i = 0; i < block.size(); ++i) {
    if (!who[i]) continue;
    find_best(f, i, q.steps.within, period);
    if (f.best.empty()) continue;
    if (q.by.empty()) {
      if (!f.whole) f.whole = &f.cells[{}];
      count(f, *f.whole);
      continue;
    }
    if (!f.customer) f.customer = std::make_unique<Customer>(plan);
    f.customer->look(part, block.first() + i, look);
    Item start{f.steps[0].time(f.best[0]), f.steps[0].row(f.best[0])};
    key_of(q.by, *f.customer, *f.steps[0].stream(), start, f.key);
    count(f, f.cells[f.key]);
  }
}

Result<std::vector<Funnel>> partials(const Plan& plan, const Ask& ask) {
  Look look = look_of(plan, ask.now);
  Customer nobody(plan);
  nobody.look_at_nobody(look);
  Span period = nobody.span_of(plan.question->period, look.t);
  std::vector<Funnel> out;
  if (are_fast(plan.question->steps, RowFilter(plan), look)) {
    auto shards = TRY(each_kept<Fast>(
        plan, ask, [&](Fast& f, const timeline::Part& part, Block& block, const std::vector<uint8_t>& who) {
          gather(f, plan, look, part, block, who, period);
        }));
    for (Fast& f : shards) out.push_back(std::move(f.cells));
    return out;
  }
  auto shards = TRY(each_customer<Partial>(
      plan, ask, [&](Partial& partial, Customer& customer) { gather(partial, customer, period); }));
  for (Partial& partial : shards) out.push_back(std::move(partial.cells));
  return out;
}

}  // namespace

Result<Funnel> funnel(const Plan& plan, const Ask& ask) {
  auto shards = TRY(partials(plan, ask));
  Funnel out;
  for (Funnel& partial : shards)
    for (auto& [key, steps] : partial) {
      std::vector<FunnelStep>& cell = out[key];
      cell.resize(steps.size());
      for (size_t i = 0; i < steps.size(); ++i) {
        cell[i].customers += steps[i].customers;
        cell[i].delays.insert(cell[i].delays.end(), steps[i].delays.begin(), steps[i].delays.end());
      }
    }
  return out;
}

}  // namespace cairn::engine

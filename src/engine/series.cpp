#include <algorithm>
#include <set>

#include "engine/aggregate.h"
#include "engine/scan.h"

namespace cairn::engine {
namespace {

using query::Value;
using query::Word;

struct ValueOrder {
  bool operator()(const Value& a, const Value& b) const { return comes_before(a, b); }
};

/// What a cell gathers, row after row of one shard, shards in their order.
struct Gathered {
  Sum sum;
  std::vector<double> addends;  ///< Of sums of doubles, which are added in one order at the end.
  std::vector<Cell> cells;      ///< For quantiles.
  std::set<Value, ValueOrder> different;
  Cell least, most;
  int64_t rows = 0, skipped = 0, truths = 0, customers = 0, promoters = 0, detractors = 0;
  CustomerId last_customer;

  void take(const Aggregate& a, const Cell& cell, const Currency& currency) {
    switch (a.word) {
      case Word::sum:
      case Word::avg:
        sum.add(a, cell);
        if (cell.is(CellKind::number) && !a.is_integer) addends.push_back(cell.number);
        break;
      case Word::min:
        if (!least.is_known() || comes_before(cell, least)) least = cell;
        break;
      case Word::max:
        if (!most.is_known() || comes_before(most, cell)) most = cell;
        break;
      case Word::median:
      case Word::quantile: cells.push_back(cell); break;
      case Word::distinct: different.insert(to_value(cell, currency)); break;
      case Word::nps:
        promoters += cell.number >= 9;
        detractors += cell.number <= 6;
        break;
      default: break;
    }
  }

  /// REQUIRES that the other is of a later shard.
  void merge(const Aggregate& a, Gathered& other) {
    sum.exact += other.sum.exact;
    sum.count += other.sum.count;
    addends.insert(addends.end(), other.addends.begin(), other.addends.end());
    cells.insert(cells.end(), other.cells.begin(), other.cells.end());
    different.merge(other.different);
    if (other.least.is_known()) take({.word = a.word, .base = a.base}, other.least, {});
    if (other.most.is_known()) take({.word = a.word, .base = a.base}, other.most, {});
    rows += other.rows;
    skipped += other.skipped;
    truths += other.truths;
    customers += other.customers;
    promoters += other.promoters;
    detractors += other.detractors;
  }
};

double ratio(int64_t a, int64_t b) { return static_cast<double>(a) / static_cast<double>(b); }

/// Exact, interpolated between neighbours: type 7 of Hyndman and Fan (1996).
Cell quantile(std::vector<Cell>& cells, double q) {
  if (cells.empty()) return {};
  double h = static_cast<double>(cells.size() - 1) * q;
  auto below = static_cast<size_t>(std::floor(h));
  double part = h - static_cast<double>(below);
  auto at = cells.begin() + static_cast<std::ptrdiff_t>(below);
  std::nth_element(cells.begin(), at, cells.end(), [](const Cell& a, const Cell& b) { return comes_before(a, b); });
  Cell low = *at;
  if (part == 0) return low;
  Cell high = *std::min_element(at + 1, cells.end(), [](const Cell& a, const Cell& b) { return comes_before(a, b); });
  if (equal(low, high)) return low;
  if (low.is(CellKind::number)) return Cell::of(low.number + part * (high.number - low.number));
  // Of money and times the step between the neighbours is rounded.
  return arithmetic(Word::add, low, scaled(arithmetic(Word::subtract, high, low), part, false));
}

Cell conclude(Gathered& g, const Aggregate& a, const Currency& currency) {
  if (a.base != query::BaseType::money && !a.is_integer) {
    g.sum.running = 0;
    for (double addend : g.addends) g.sum.running += addend;
  }
  switch (a.word) {
    case Word::count: return Cell::of(static_cast<double>(g.rows));
    case Word::customers: return Cell::of(static_cast<double>(g.customers));
    case Word::share: return g.rows == 0 ? Cell() : Cell::of(ratio(g.truths, g.rows));
    case Word::sum: return g.sum.sum(a, currency);
    case Word::avg: return g.sum.average(a, currency);
    case Word::min: return g.least;
    case Word::max: return g.most;
    case Word::median: return quantile(g.cells, 0.5);
    case Word::quantile: return quantile(g.cells, a.q);
    case Word::nps:
      if (g.rows == 0) return {};
      return Cell::of(100.0 * static_cast<double>(g.promoters - g.detractors) / static_cast<double>(g.rows));
    default: return Cell::of(static_cast<double>(g.different.size()));
  }
}

using Cells = std::map<Key, Gathered, KeyOrder>;

struct Partial {
  Cells cells;
  Items items;
  Key key;
};

void gather(Partial& out, Customer& customer, Span period) {
  const Plan& plan = customer.plan();
  const Question& q = *plan.question;
  const Aggregate& a = q.aggregate;
  customer.find(a.subject, period, out.items);
  CustomerId id = customer.part().customer(customer.index());
  for (const Item& item : out.items.rows) {
    key_of(q.by, customer, *out.items.stream, item, out.key);
    Gathered& cell = out.cells[out.key];
    Cell value = customer.read(a, *out.items.stream, item);
    if (!counts(a, value)) {
      ++cell.skipped;
      continue;
    }
    ++cell.rows;
    if (cell.last_customer != id) ++cell.customers;
    cell.last_customer = id;
    cell.take(a, value, plan.currency);
    if (a.share != kNone) cell.truths += customer.holds(a.share, *out.items.stream, item);
  }
}

}  // namespace

Result<Series> series(const Plan& plan, const Ask& ask) {
  const Aggregate& a = plan.question->aggregate;
  Look look = look_of(plan, ask.now);
  Customer nobody(plan);
  nobody.look_at_nobody(look);
  Span period = nobody.span_of(plan.question->period, look.t);
  auto shards = TRY(each_customer<Partial>(
      plan, ask, [&](Partial& partial, Customer& customer) { gather(partial, customer, period); }));
  Cells cells;
  for (Partial& partial : shards)
    for (auto& [key, gathered] : partial.cells) cells[key].merge(a, gathered);
  Series out;
  for (auto& [key, g] : cells) out[key] = {to_value(conclude(g, a, plan.currency), plan.currency), g.rows, g.skipped};
  return out;
}

}  // namespace cairn::engine

// Aggregates over one customer's rows.
#include <algorithm>

#include "base/check.h"
#include "engine/aggregate.h"

namespace cairn::engine {

using query::BaseType;
using query::Word;

namespace {

bool is_numeric(Word word) {
  return word == Word::sum || word == Word::avg || word == Word::min || word == Word::max || word == Word::median ||
         word == Word::quantile;
}

}  // namespace

bool counts(const Aggregate& a, const Cell& cell) {
  if (a.word == Word::nps)
    return cell.is(CellKind::number) && cell.number >= 0 && cell.number <= 10 && std::floor(cell.number) == cell.number;
  // A sum adds numbers: an undeclared property that tells something else there is unknown.
  if (a.base == BaseType::any && is_numeric(a.word)) return cell.is(CellKind::number);
  return cell.is_known();
}

void Sum::add(const Aggregate& a, const Cell& cell) {
  ++count;
  if (cell.is(CellKind::number)) {
    running += cell.number;
    if (a.is_integer) exact += static_cast<int64_t>(cell.number);
  } else {
    exact += cell.whole;
  }
}

Cell Sum::sum(const Aggregate& a, const Currency& currency) const {
  if (a.base == BaseType::money) return money_of(exact, currency);
  return Cell::of(a.is_integer ? static_cast<double>(exact) : running);
}

Cell Sum::average(const Aggregate& a, const Currency& currency) const {
  if (count == 0) return {};
  if (a.base == BaseType::money) {
    __int128 n = count, size = exact < 0 ? -exact : exact, rounded = (2 * size + n) / (2 * n);
    return money_of(exact < 0 ? -rounded : rounded, currency);
  }
  Cell total = sum(a, currency);
  return total.is_known() ? Cell::of(total.number / static_cast<double>(count)) : Cell();
}

const Customer::Gathered& Customer::gathered(int index) {
  Gathered& g = gathered_[static_cast<size_t>(index)];
  if (g.is_fresh) return g;
  const Aggregate& a = plan_.aggregates[static_cast<size_t>(index)];
  g.is_fresh = true;
  g.span = span_of(a.window, look_.t);
  Span wide = g.span;
  if (a.window.to_moves && wide.from < INT64_MAX) wide.to = INT64_MAX;
  find(a.subject, wide, g.items);
  return g;
}

namespace {

struct Slice {
  const Item* first;
  const Item* last;
};

Slice slice(const Items& items, Span span) {
  const Item *begin = items.rows.data(), *end = begin + items.rows.size();
  auto before = [](const Item& item, int64_t time) { return item.time < time; };
  if (span.from >= span.to) return {begin, begin};
  const Item* first = span.from == INT64_MIN ? begin : std::lower_bound(begin, end, span.from, before);
  return {first, span.to == INT64_MAX ? end : std::lower_bound(first, end, span.to, before)};
}

double days_between(Time t, int64_t last) { return static_cast<double>(t.micros - last) / 86'400'000'000.0; }

Cell distinct(std::vector<Cell>& cells) {
  std::sort(cells.begin(), cells.end(), comes_before);
  auto end = std::unique(cells.begin(), cells.end(), [](const Cell& a, const Cell& b) { return !comes_before(a, b); });
  return Cell::of(static_cast<double>(end - cells.begin()));
}

}  // namespace

Cell Customer::reduce(const Aggregate& a, const Items& items, Span span, Time t, int64_t* skipped) {
  auto [first, last] = slice(items, span);
  auto known = [&](const Item& item) { return a.reads != Reads::column || read(a, *items.stream, item).is_known(); };
  switch (a.word) {
    case Word::count: return Cell::of(static_cast<double>(std::count_if(first, last, known)));
    case Word::exists: return Cell::of(std::any_of(first, last, known));
    case Word::first:
    case Word::first_time: {
      const Item* item = std::find_if(first, last, known);
      if (item == last) return {};
      return a.word == Word::first ? read(a, *items.stream, *item) : Cell::of(Time{item->time});
    }
    case Word::last:
    case Word::last_time:
    case Word::days_since: {
      const Item* item = last;
      while (item != first && !known(item[-1])) --item;
      if (item == first) return {};
      --item;
      if (a.word == Word::last) return read(a, *items.stream, *item);
      return a.word == Word::last_time ? Cell::of(Time{item->time}) : Cell::of(days_between(t, item->time));
    }
    default: break;
  }
  Sum sum;
  scratch_.clear();
  int64_t passed_over = 0;
  bool keeps = a.word != Word::sum && a.word != Word::avg;
  for (; first != last; ++first) {
    Cell cell = read(a, *items.stream, *first);
    if (!counts(a, cell)) ++passed_over;
    else if (keeps) scratch_.push_back(cell);
    else sum.add(a, cell);
  }
  if (skipped) *skipped = passed_over;
  switch (a.word) {
    case Word::sum: return sum.sum(a, plan_.currency);
    case Word::avg: return sum.average(a, plan_.currency);
    case Word::distinct: return distinct(scratch_);
    default: return scratch_.empty() ? Cell() : extreme(a.word, scratch_);
  }
}

}  // namespace cairn::engine

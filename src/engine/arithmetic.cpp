#include "engine/arithmetic.h"

#include "engine/calendar.h"

namespace cairn::engine {

using query::Word;

namespace {

template <class T>
int sign(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

bool fits(__int128 x) { return x <= INT64_MAX && x >= INT64_MIN; }
Cell duration_of(__int128 micros) { return fits(micros) ? Cell::of(Duration{static_cast<int64_t>(micros)}) : Cell(); }

}  // namespace

int order_of(const Cell& a, const Cell& b) {
  if (a.kind != b.kind) return kNoOrder;
  switch (a.kind) {
    case CellKind::number: return sign(a.number, b.number);
    case CellKind::boolean:
    case CellKind::time:
    case CellKind::duration: return sign(a.whole, b.whole);
    case CellKind::text: return sign(a.view().compare(b.view()), 0);
    case CellKind::money: return a.currency == b.currency ? sign(a.whole, b.whole) : kNoOrder;
    case CellKind::unknown:
    case CellKind::list: break;
  }
  return kNoOrder;
}

bool is_comparison(Word word) {
  return word == Word::equal || word == Word::not_equal || word == Word::less || word == Word::at_most ||
         word == Word::more || word == Word::at_least;
}

bool compare(Word word, int order) {
  if (order == kNoOrder) return false;
  switch (word) {
    case Word::equal: return order == 0;
    case Word::not_equal: return order != 0;
    case Word::less: return order < 0;
    case Word::at_most: return order <= 0;
    case Word::more: return order > 0;
    default: return order >= 0;
  }
}

bool compare(Word word, const Cell& a, const Cell& b) { return compare(word, order_of(a, b)); }

Cell money_of(__int128 minor, CurrencyCode currency) {
  if (!fits(minor) || currency == 0) return {};
  Cell out;
  out.kind = CellKind::money;
  out.currency = currency;
  out.whole = static_cast<int64_t>(minor);
  return out;
}

Cell time_of(__int128 micros) {
  return micros >= kFirstTime.micros && micros <= kLastTime.micros ? Cell::of(Time{static_cast<int64_t>(micros)})
                                                                   : Cell();
}

Cell scaled(const Cell& quantity, double by, bool divide) {
  if (!quantity.is(CellKind::money) && !quantity.is(CellKind::duration)) return {};
  auto x = static_cast<double>(quantity.whole);
  double result = std::round(divide ? x / by : x * by);
  if (!(std::fabs(result) < 9223372036854775808.0)) return {};
  Cell out = quantity;
  out.whole = static_cast<int64_t>(result);
  return out;
}

namespace {

Cell add(const Cell& a, const Cell& b, int by) {
  if (a.kind == b.kind && a.is(CellKind::number)) return Cell::of(by > 0 ? a.number + b.number : a.number - b.number);
  bool whole = a.kind >= CellKind::money && b.kind >= CellKind::money && !a.is(CellKind::text) &&
               !b.is(CellKind::text) && !a.is(CellKind::list) && !b.is(CellKind::list);
  if (!whole) return {};
  __int128 sum = static_cast<__int128>(a.whole) + static_cast<__int128>(b.whole) * by;
  if (a.is(CellKind::money))
    return b.is(CellKind::money) && a.currency == b.currency ? money_of(sum, a.currency) : Cell();
  if (b.is(CellKind::money)) return {};
  if (a.is(CellKind::duration) && b.is(CellKind::duration)) return duration_of(sum);
  if (a.is(CellKind::time) && b.is(CellKind::duration)) return time_of(sum);
  if (a.is(CellKind::duration)) return by > 0 ? time_of(sum) : Cell();
  return by < 0 ? duration_of(sum) : Cell();  // two times
}

Cell multiply(const Cell& a, const Cell& b) {
  if (a.is(CellKind::number))
    return b.is(CellKind::number) ? Cell::of(a.number * b.number) : scaled(b, a.number, false);
  return b.is(CellKind::number) ? scaled(a, b.number, false) : Cell();
}

Cell divide(const Cell& a, const Cell& b) {
  if (b.is(CellKind::number)) {
    if (b.number == 0) return {};
    return a.is(CellKind::number) ? Cell::of(a.number / b.number) : scaled(a, b.number, true);
  }
  bool quotient = a.kind == b.kind && (a.is(CellKind::duration) || (a.is(CellKind::money) && a.currency == b.currency));
  if (!quotient || b.whole == 0) return {};
  return Cell::of(static_cast<double>(a.whole) / static_cast<double>(b.whole));
}

}  // namespace

Cell arithmetic(Word word, const Cell& a, const Cell& b) {
  switch (word) {
    case Word::add: return add(a, b, 1);
    case Word::subtract: return add(a, b, -1);
    case Word::multiply: return multiply(a, b);
    default: return divide(a, b);
  }
}

Cell opposite(const Cell& a) {
  switch (a.kind) {
    case CellKind::number: return Cell::of(-a.number);
    case CellKind::money: return money_of(-static_cast<__int128>(a.whole), a.currency);
    case CellKind::duration: return duration_of(-static_cast<__int128>(a.whole));
    default: return {};
  }
}

Cell absolute(const Cell& a) {
  Cell other = opposite(a);
  int order = order_of(a, other);
  return order == kNoOrder ? Cell() : order < 0 ? other : a;
}

Cell rounded(Word word, const Cell& a) {
  if (!a.is(CellKind::number)) return {};
  return Cell::of(word == Word::round   ? std::round(a.number)
                  : word == Word::floor ? std::floor(a.number)
                                        : std::ceil(a.number));
}

Cell extreme(Word word, std::span<const Cell> cells) {
  int wanted = word == Word::least || word == Word::min ? -1 : 1;
  Cell best = cells.front();
  for (const Cell& cell : cells) {
    int order = order_of(cell, best);
    if (order == kNoOrder) return {};
    if (order == wanted) best = cell;
  }
  return best.is(CellKind::boolean) ? Cell() : best;
}

bool contains(const Cell& a, const Cell& b, const Currency& currency) {
  if (a.is(CellKind::text)) return b.is(CellKind::text) && a.view().find(b.view()) != std::string_view::npos;
  if (!a.is(CellKind::list) || !a.list->column) return false;
  for (uint32_t i = a.list->begin; i < a.list->end; ++i)
    if (equal(read_cell(*a.list->column, i, currency), b)) return true;
  return false;
}

bool is_of(const Cell& cell, query::BaseType type) {
  switch (type) {
    case query::BaseType::number: return cell.is(CellKind::number);
    case query::BaseType::text: return cell.is(CellKind::text);
    case query::BaseType::boolean: return cell.is(CellKind::boolean);
    default: return true;
  }
}

}  // namespace cairn::engine

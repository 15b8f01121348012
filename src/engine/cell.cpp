#include "engine/cell.h"

#include <algorithm>

namespace cairn::engine {

using query::PropertyType;
using timeline::Coding;
using timeline::Column;
using timeline::Tag;

namespace {

Cell whole_cell(const Column& column, uint32_t row, const Currency& currency) {
  int64_t x = column.integer(row);
  switch (column.type()) {
    case PropertyType::money: return Cell::of(Money{x, currency});
    case PropertyType::time: return Cell::of(Time{x});
    case PropertyType::boolean: return Cell::of(x != 0);
    default: return Cell::of(static_cast<double>(x));
  }
}

Cell any_cell(const Column& column, uint32_t row) {
  switch (column.tag(row)) {
    case Tag::no: return Cell::of(false);
    case Tag::yes: return Cell::of(true);
    case Tag::number: return Cell::of(column.number(row));
    case Tag::text: return Cell::of(column.text(row));
    case Tag::unknown: break;
  }
  return {};
}

}  // namespace

Cell read_cell(const Column& column, uint32_t row, const Currency& currency) {
  if (!column.is_known(row)) return {};
  switch (column.coding()) {
    case Coding::integers: return whole_cell(column, row, currency);
    case Coding::doubles: return Cell::of(column.number(row));
    case Coding::bits: return Cell::of(column.boolean(row));
    case Coding::codes:
    case Coding::texts: return Cell::of(column.text(row));
    case Coding::any: return any_cell(column, row);
    case Coding::list:
    case Coding::nothing: break;
  }
  return {};
}

query::Value to_value(const Cell& cell, const Currency& currency) {
  switch (cell.kind) {
    case CellKind::unknown: return {};
    case CellKind::boolean: return cell.whole != 0;
    case CellKind::number: return cell.number;
    case CellKind::money: return Money{cell.whole, currency_of(cell.currency)};
    case CellKind::text: return cell.view();
    case CellKind::time: return Time{cell.whole};
    case CellKind::duration: return Duration{cell.whole};
    case CellKind::list: break;
  }
  query::Value::List out;
  for (uint32_t i = cell.list->begin; cell.list->column && i < cell.list->end; ++i)
    if (Cell one = read_cell(*cell.list->column, i, currency); one.is_known()) out.push_back(to_value(one, currency));
  return out;
}

bool same(const Cell& a, const Cell& b, const Currency& currency) {
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case CellKind::unknown: return true;
    case CellKind::number: return std::bit_cast<uint64_t>(a.number) == std::bit_cast<uint64_t>(b.number);
    case CellKind::text: return a.view() == b.view();
    case CellKind::money: return a.whole == b.whole && a.currency == b.currency;
    case CellKind::list: return to_value(a, currency) == to_value(b, currency);
    default: return a.whole == b.whole;
  }
}

namespace {

bool list_comes_before(const ListRef& a, const ListRef& b) {
  auto known = [](const ListRef& list, uint32_t i) {
    while (i < list.end && !list.column->is_known(i)) ++i;
    return i;
  };
  uint32_t i = a.column ? known(a, a.begin) : a.end, j = b.column ? known(b, b.begin) : b.end;
  for (; i < a.end && j < b.end; i = known(a, i + 1), j = known(b, j + 1)) {
    Cell x = read_cell(*a.column, i, {}), y = read_cell(*b.column, j, {});
    if (comes_before(x, y)) return true;
    if (comes_before(y, x)) return false;
  }
  return i >= a.end && j < b.end;
}

}  // namespace

bool comes_before(const Cell& a, const Cell& b) {
  if (a.kind != b.kind) return a.kind < b.kind;
  switch (a.kind) {
    case CellKind::unknown: return false;
    case CellKind::number: return a.number < b.number;
    case CellKind::text: return a.view() < b.view();
    case CellKind::money: return a.currency != b.currency ? a.currency < b.currency : a.whole < b.whole;
    case CellKind::list: return list_comes_before(*a.list, *b.list);
    default: return a.whole < b.whole;
  }
}

}  // namespace cairn::engine

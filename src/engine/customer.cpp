#include "engine/customer.h"

#include <algorithm>

#include "engine/arithmetic.h"

namespace cairn::engine {

using query::Word;
using timeline::Column;
using timeline::Stream;

Customer::Customer(const Plan& plan)
    : plan_(plan),
      stamps_(plan.nodes.size(), 0),
      values_(plan.nodes.size()),
      gathered_(plan.aggregates.size()),
      refolded_(plan.schema->entities().size()) {}

void Customer::look(const timeline::Part& part, uint32_t customer, const Look& look) {
  part_ = &part;
  customer_ = customer;
  look_at_nobody(look);
}

void Customer::look_at_nobody(const Look& look) {
  look_ = look;
  ++stamp_;
  for (Gathered& g : gathered_) g.is_fresh = false;
  lists_.clear();
  held_.clear();
}

const Cell& Customer::value(NodeIndex node) {
  auto at = static_cast<size_t>(node);
  if (stamps_[at] != stamp_) {
    Cell made = compute(node, nullptr, nullptr);
    values_[at] = made;
    stamps_[at] = stamp_;
  }
  return values_[at];
}

Cell Customer::value(NodeIndex node, const Stream& stream, const Item& item) { return get(node, &stream, &item); }

Cell Customer::get(NodeIndex node, const Stream* stream, const Item* item) {
  const Node& n = plan_.nodes[static_cast<size_t>(node)];
  if (n.op == Op::literal) return n.literal;
  return n.is_of_row ? compute(node, stream, item) : value(node);
}

Cell Customer::compute(NodeIndex node, const Stream* stream, const Item* item) {
  const Node& n = plan_.nodes[static_cast<size_t>(node)];
  switch (n.op) {
    case Op::literal: return n.literal;
    case Op::attribute: return attribute(static_cast<size_t>(n.index));
    case Op::row_time: return item ? Cell::of(Time{item->time}) : Cell();
    case Op::row_value: return item ? read_column(*stream, n.index, n.item, item->row) : Cell();
    case Op::event_time:
    case Op::event_value: return event(n);
    case Op::aggregate: {
      const Gathered& g = gathered(n.index);
      return reduce(plan_.aggregates[static_cast<size_t>(n.index)], g.items, g.span, look_.t, nullptr);
    }
    case Op::sequence: {
      const Sequence& s = plan_.sequences[static_cast<size_t>(n.index)];
      return sequence(n.word, occurrences(s, span_of(s.window, look_.t)));
    }
    case Op::apply: break;
  }
  switch (n.word) {
    case Word::and_:
    case Word::or_:
    case Word::not_:
    case Word::if_: return logic(n, stream, item);
    case Word::equal:
    case Word::not_equal:
    case Word::less:
    case Word::at_most:
    case Word::more:
    case Word::at_least:
      return Cell::of(compare(n.word, get(n.children[0], stream, item), get(n.children[1], stream, item)));
    default: break;
  }
  std::vector<Cell> cells;
  cells.reserve(n.children.size());
  for (NodeIndex child : n.children) cells.push_back(get(child, stream, item));
  return apply(n, cells, look_.t);
}

Cell Customer::logic(const Node& n, const Stream* stream, const Item* item) {
  auto truth = [&](NodeIndex child) { return get(child, stream, item).is_true(); };
  switch (n.word) {
    case Word::not_: return Cell::of(!truth(n.children[0]));
    case Word::and_: return Cell::of(std::all_of(n.children.begin(), n.children.end(), truth));
    case Word::or_: return Cell::of(std::any_of(n.children.begin(), n.children.end(), truth));
    default: {
      Cell out = get(truth(n.children[0]) ? n.children[1] : n.children[2], stream, item);
      return is_of(out, n.base) ? out : Cell();
    }
  }
}

Cell Customer::apply(const Node& n, const std::vector<Cell>& of, Time now) {
  switch (n.word) {
    case Word::in:
      return Cell::of(std::any_of(of.begin() + 1, of.end(), [&](const Cell& one) { return equal(of[0], one); }));
    case Word::contains: return Cell::of(contains(of[0], of[1], plan_.currency));
    case Word::is_known: return Cell::of(of[0].is_known());
    case Word::is_unknown: return Cell::of(!of[0].is_known());
    case Word::add:
    case Word::subtract:
    case Word::multiply:
    case Word::divide: return arithmetic(n.word, of[0], of[1]);
    case Word::negate: return opposite(of[0]);
    case Word::round:
    case Word::floor:
    case Word::ceil: return rounded(n.word, of[0]);
    case Word::abs: return absolute(of[0]);
    case Word::least:
    case Word::greatest: {
      Cell out = extreme(n.word, of);
      return is_of(out, n.base) ? out : Cell();
    }
    case Word::now: return Cell::of(now);
    case Word::day_of_week:
    case Word::hour:
    case Word::month_of:
    case Word::days_to_anniversary: {
      if (of.empty()) return Cell::of(plan_.calendar.read(n.word, now, now));
      return of[0].is(CellKind::time) ? Cell::of(plan_.calendar.read(n.word, Time{of[0].whole}, now)) : Cell();
    }
    default: return Cell::of(compare(n.word, of[0], of[1]));
  }
}

Cell Customer::list(const Column& column, const std::string& item, uint32_t row) {
  if (!column.is_known(row)) return {};
  const timeline::Lists& lists = *column.lists();
  ListRef& out = lists_.emplace_back();
  out.column = item.empty() ? lists.elements.get() : lists.item(item);
  out.begin = static_cast<uint32_t>(lists.offsets[row]);
  out.end = static_cast<uint32_t>(lists.offsets[row + 1]);
  return Cell::of(&out);
}

Cell Customer::read_column(const Stream& stream, int index, const std::string& item, uint32_t row) {
  const Column* column = index < 0 ? nullptr : stream.column(static_cast<size_t>(index));
  if (!column) return {};
  if (column->coding() == timeline::Coding::list) return list(*column, item, row);
  return read_cell(*column, row, plan_.currency);
}

Cell Customer::read(const Aggregate& a, const Stream& stream, const Item& item) {
  switch (a.reads) {
    case Reads::row: return Cell::of(true);
    case Reads::time: return Cell::of(Time{item.time});
    case Reads::column: return read_column(stream, a.column, a.item, item.row);
  }
  return {};
}

Cell Customer::event(const Node& n) {
  if (!look_.event) return {};
  const Stream* stream = part_->stream(look_.event->kind);
  if (!stream) return {};
  if (n.op == Op::event_time) return Cell::of(Time{stream->occurred_at()[look_.event->row]});
  for (auto [kind, column] : n.by_kind)
    if (kind == look_.event->kind) return read_column(*stream, column, n.item, look_.event->row);
  return {};
}

namespace {

Cell held_cell(const query::Value& value) {
  if (const double* number = value.get<double>()) return Cell::of(*number);
  if (const std::string* text = value.get<std::string>()) return Cell::of(std::string_view(*text));
  if (const Time* time = value.get<Time>()) return Cell::of(*time);
  if (const Money* money = value.get<Money>()) return Cell::of(*money);
  if (const bool* truth = value.get<bool>()) return Cell::of(*truth);
  return {};
}

}  // namespace

Cell Customer::seen(query::AttributeRule rule) {
  const timeline::Order& order = part_->order();
  uint32_t begin = order.offsets().begin(customer_), end = order.offsets().end(customer_);
  uint32_t to = order.occurred_at().visit([&](auto at) {
    uint32_t low = begin, high = end;
    while (low < high) {
      uint32_t middle = low + (high - low) / 2;
      if (at[middle] <= look_.t.micros) low = middle + 1;
      else high = middle;
    }
    return low;
  });
  if (to == begin) return {};
  return Cell::of(Time{order.occurred_at()[rule == query::AttributeRule::first_seen ? begin : to - 1]});
}

Cell Customer::attribute(size_t index) {
  using query::AttributeRule;
  AttributeRule rule = plan_.schema->attributes()[index].rule;
  bool of_any_kind = rule == AttributeRule::first_seen || rule == AttributeRule::last_seen;
  if (of_any_kind && !look_.as_known) return seen(rule);
  if (!of_any_kind) {
    const timeline::AttributeColumn* column = part_->attribute(index);
    if (!column) return {};
    bool settled = column->settled->at[customer_] <= look_.t.micros &&
                   (!look_.as_known || column->settled->known_by[customer_] <= look_.t.micros);
    if (settled) return column->now ? read_cell(*column->now, customer_, plan_.currency) : Cell();
  }
  held_.push_back(timeline::attribute_at(*plan_.schema, *part_, index, customer_, {look_.t, look_.as_known}));
  return held_cell(held_.back());
}

bool Customer::is_there() {
  if (!look_.as_known) {
    const timeline::Order& order = part_->order();
    return order.occurred_at()[order.offsets().begin(customer_)] <= look_.t.micros;
  }
  return timeline::attribute_at(*plan_.schema, *part_, plan_.first_seen, customer_, {look_.t, true}).is_known();
}

Span Customer::span_of(const Window& w, Time t) {
  using query::Bucket;
  Span out;
  // A bound that left the years 1 to 9999 is unknown: no time stands in a relation to it.
  auto bound = [&](NodeIndex node, int64_t& to) {
    Cell cell = t == look_.t ? value(node) : compute_at(node, t);
    if (cell.is(CellKind::time)) to = cell.whole;
    else out.from = INT64_MAX, out.to = INT64_MIN;
  };
  switch (w.word) {
    case Word::last_for: {
      __int128 from = static_cast<__int128>(t.micros) - w.span + 1;
      out.from = from < INT64_MIN ? INT64_MIN : static_cast<int64_t>(from);
      break;
    }
    case Word::since: bound(w.from, out.from); break;
    case Word::before: bound(w.to, out.to); break;
    case Word::between: {
      bound(w.from, out.from);
      bool is_unknown = out.from == INT64_MAX;
      bound(w.to, out.to);
      if (is_unknown) out = {INT64_MAX, INT64_MIN};
      break;
    }
    case Word::today: out.from = plan_.calendar.start(Bucket::day, t).micros; break;
    case Word::this_week: out.from = plan_.calendar.start(Bucket::week, t).micros; break;
    case Word::this_month: out.from = plan_.calendar.start(Bucket::month, t).micros; break;
    case Word::this_year: out.from = plan_.calendar.start(Bucket::year, t).micros; break;
    default: break;
  }
  return out;
}

/// A node of literals and now() alone.
Cell Customer::compute_at(NodeIndex node, Time t) {
  const Node& n = plan_.nodes[static_cast<size_t>(node)];
  if (!n.moves) return value(node);
  std::vector<Cell> cells;
  for (NodeIndex child : n.children) cells.push_back(compute_at(child, t));
  if (n.word != Word::if_) return apply(n, cells, t);
  Cell out = cells[cells[0].is_true() ? 1 : 2];
  return is_of(out, n.base) ? out : Cell();
}

}  // namespace cairn::engine

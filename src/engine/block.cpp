#include "engine/block.h"

#include <algorithm>

namespace cairn::engine {

using query::Word;
using timeline::Coding;
using timeline::Column;
using timeline::Stream;

Block::Block(const Plan& plan, const Look& look)
    : plan_(plan), look_(look), one_(plan), filter_(plan), made_(plan.nodes.size()), stamps_(plan.nodes.size(), 0) {
  one_.look_at_nobody(look);
  for (const Aggregate& a : plan.aggregates) {
    Span span = one_.span_of(a.window, look.t);
    if (look.t.micros < INT64_MAX) span.to = std::min(span.to, look.t.micros + 1);
    spans_.push_back(span);
  }
}

void Block::look(const timeline::Part& part, uint32_t first, uint32_t last) {
  if (&part != part_) is_fast_.assign(plan_.nodes.size(), unseen);
  part_ = &part;
  first_ = first;
  last_ = last;
  ++stamp_;
}

void Block::there(std::vector<uint8_t>& out) {
  out.assign(size(), 1);
  const timeline::Order& order = part_->order();
  if (!look_.as_known && order.occurred_at().max() <= look_.t.micros) return;
  for (uint32_t i = 0; i < size(); ++i) {
    one_.look(*part_, first_ + i, look_);
    out[i] = one_.is_there();
  }
}

void Block::keep(NodeIndex node, std::vector<uint8_t>& who) {
  if (node == kNone) return;
  const Node& n = plan_.nodes[static_cast<size_t>(node)];
  if (n.op == Op::apply && n.word == Word::and_) return keep_all(n.children, who);
  if (is_fast(node) && keep_compared(n, who)) return;
  if (!is_fast(node) && n.op == Op::apply) {
    if (n.word == Word::or_ || n.word == Word::not_) {
      std::vector<uint8_t> left = who, found;
      for (NodeIndex child : n.children) {
        found = left;
        keep(child, found);
        for (size_t i = 0; i < left.size(); ++i) left[i] &= static_cast<uint8_t>(found[i] ^ 1);
      }
      for (size_t i = 0; i < who.size(); ++i)
        who[i] &= n.word == Word::not_ ? left[i] : static_cast<uint8_t>(left[i] ^ 1);
      return;
    }
  }
  const std::vector<Cell>& found = is_fast(node) ? fast(node, &who) : cells(node, who);
  for (size_t i = 0; i < who.size(); ++i) who[i] &= static_cast<uint8_t>(found[i].is_true());
}

/// What costs least first: the rest is asked of fewer.
void Block::keep_all(const std::vector<NodeIndex>& nodes, std::vector<uint8_t>& who) {
  std::vector<std::pair<double, NodeIndex>> order;
  for (NodeIndex node : nodes) order.emplace_back(cost(node), node);
  std::stable_sort(order.begin(), order.end(), [](auto& a, auto& b) { return a.first < b.first; });
  for (auto& [costs, node] : order) keep(node, who);
}

/// Rows read a customer, or thereabouts; what is not over columns costs a thousand times as much.
double Block::cost(NodeIndex node) {
  constexpr double kOneByOne = 1000;
  const Node& n = plan_.nodes[static_cast<size_t>(node)];
  if (n.op == Op::aggregate) {
    const Aggregate& a = plan_.aggregates[static_cast<size_t>(n.index)];
    const Stream* stream = stream_of(a.subject);
    double rows = stream ? static_cast<double>(stream->rows()) / part_->size() : 0;
    if (!is_fast(node)) return (1 + rows) * kOneByOne;
    return by_ends(a) ? 1 : (a.subject.where == kNone ? 2 : 3) * (1 + rows);
  }
  double sum = n.op == Op::sequence ? kOneByOne * kOneByOne : 0.1;
  for (NodeIndex child : n.children) sum += cost(child);
  return sum;
}

namespace {

double days_between(Time t, int64_t last) { return static_cast<double>(t.micros - last) / 86'400'000'000.0; }

/// Leaves those of whom a value is known (null: of all) and compares so with `wanted`. Nothing by reference, because a
/// byte that is written may be anything to the compiler.
template <class Read, class T>
void keep_those(std::vector<uint8_t>& who, query::Word word, Read read, T wanted, const uint8_t* known = nullptr) {
  const bool less = compare(word, -1), same = compare(word, 0), more = compare(word, 1);
  auto each = [=, keep = who.data(), size = who.size()](auto is_known) {
    for (size_t i = 0; i < size; ++i) {
      auto x = read(i);
      int holds = (static_cast<int>(x < wanted) & static_cast<int>(less)) |
                  (static_cast<int>(x == wanted) & static_cast<int>(same)) |
                  (static_cast<int>(x > wanted) & static_cast<int>(more));
      keep[i] &= static_cast<uint8_t>(holds & is_known(i));
    }
  };
  if (known) each([known](size_t i) { return static_cast<int>(known[i]); });
  else each([](size_t) { return 1; });
}

}  // namespace

/// A comparison with a literal needs no cells of its own. False: it is something else.
bool Block::keep_compared(const Node& n, std::vector<uint8_t>& who) {
  if (n.op != Op::apply || !is_comparison(n.word)) return false;
  const Node& right = plan_.nodes[static_cast<size_t>(n.children[1])];
  if (right.op != Op::literal) return false;
  const Cell literal = right.literal;
  const Node& of = plan_.nodes[static_cast<size_t>(n.children[0])];
  if (of.op == Op::aggregate && keep_aggregate(plan_.aggregates[static_cast<size_t>(of.index)], n.word, literal, who))
    return true;
  const Cell* left = fast(n.children[0], &who).data();
  if (literal.is(CellKind::unknown) || literal.is(CellKind::boolean) || literal.is(CellKind::text) ||
      literal.is(CellKind::list)) {
    for (size_t i = 0; i < who.size(); ++i) who[i] &= static_cast<uint8_t>(compare(n.word, left[i], literal));
    return true;
  }
  known_.resize(who.size());
  for (size_t i = 0; i < who.size(); ++i)
    known_[i] = static_cast<uint8_t>(static_cast<int>(left[i].kind == literal.kind) &
                                     static_cast<int>(left[i].currency == literal.currency));
  if (literal.is(CellKind::number))
    keep_those(who, n.word, [left](size_t i) { return left[i].number; }, literal.number, known_.data());
  else keep_those(who, n.word, [left](size_t i) { return left[i].whole; }, literal.whole, known_.data());
  return true;
}

/// The same of an aggregate that is a number for each customer: a total, or since when. False: it is something else.
bool Block::keep_aggregate(const Aggregate& a, query::Word word, const Cell& literal, std::vector<uint8_t>& who) {
  const Stream* stream = stream_of(a.subject);
  Span span = spans_[static_cast<size_t>(&a - plan_.aggregates.data())];
  if (!stream || span.from >= span.to) return false;
  auto read_offsets = [&] {
    offsets_.resize(size() + 1);
    stream->offsets().read(first_, size(), offsets_.data());
  };
  if (a.word == Word::sum && literal.is(CellKind::money) && literal.currency == code_of(plan_.currency)) {
    read_offsets();
    if (!run(a, *stream, span)) return false;
    auto total = [running = running_.data() - offsets_.front(), offsets = offsets_.data()](size_t i) {
      return running[offsets[i + 1]] - running[offsets[i]];
    };
    keep_those(who, word, total, literal.whole);
    return true;
  }
  if (a.word != Word::days_since || !by_ends(a) || !literal.is(CellKind::number)) return false;
  const timeline::Integers& times = stream->occurred_at();
  if (times.max() >= span.to) return false;
  read_offsets();
  known_.resize(size());
  doubles_.resize(size());
  times.visit([&](auto at) {
    const uint32_t* offsets = offsets_.data();
    for (uint32_t i = 0; i < size(); ++i) {
      // Who has no row is read at somebody else's.
      int64_t last = at[offsets[i + 1] - (offsets[i + 1] > 0)];
      known_[i] =
          static_cast<uint8_t>(static_cast<int>(offsets[i] != offsets[i + 1]) & static_cast<int>(last >= span.from));
      doubles_[i] = days_between(look_.t, last);
    }
  });
  keep_those(who, word, [days = doubles_.data()](size_t i) { return days[i]; }, literal.number, known_.data());
  return true;
}

const std::vector<Cell>& Block::cells(NodeIndex node, const std::vector<uint8_t>& who) {
  if (is_fast(node)) return fast(node, nullptr);
  slow_.assign(size(), Cell());
  for (uint32_t i = 0; i < size(); ++i) {
    if (!who[i]) continue;
    one_.look(*part_, first_ + i, look_);
    slow_[i] = one_.value(node);
  }
  return slow_;
}

bool Block::is_fast(NodeIndex node) {
  uint8_t& known = is_fast_[static_cast<size_t>(node)];
  if (known == unseen) {
    bool found = find_fast(plan_.nodes[static_cast<size_t>(node)]);
    is_fast_[static_cast<size_t>(node)] = found ? yes : no;
    return found;
  }
  return known == yes;
}

bool Block::find_fast(const Node& n) {
  using query::AttributeRule;
  switch (n.op) {
    case Op::literal: return true;
    case Op::attribute: {
      AttributeRule rule = plan_.schema->attributes()[static_cast<size_t>(n.index)].rule;
      if (look_.as_known || rule == AttributeRule::first_seen || rule == AttributeRule::last_seen) return false;
      const auto* column = part_->attribute(static_cast<size_t>(n.index));
      return !column || column->settled->at.max() <= look_.t.micros;
    }
    case Op::aggregate: return is_fast(plan_.aggregates[static_cast<size_t>(n.index)]);
    case Op::apply:
      return std::all_of(n.children.begin(), n.children.end(), [&](NodeIndex child) { return is_fast(child); });
    default: return false;
  }
}

bool Block::is_fast(const Aggregate& a) {
  if (look_.as_known || !filter_.is_fast(a.subject.where) || a.subject.step >= 0 || !a.item.empty()) return false;
  if (!a.subject.exists) return true;
  if (a.subject.is_entity) {
    const auto* entity = part_->entity(static_cast<size_t>(a.subject.index));
    if (entity && entity->changed_at().max() > look_.t.micros) return false;
  }
  if (a.word == Word::distinct) return false;
  bool takes_values = a.word == Word::sum || a.word == Word::avg || a.word == Word::min || a.word == Word::max;
  if (a.reads == Reads::time) return !takes_values;
  const Stream* stream = stream_of(a.subject);
  const Column* column = stream && a.reads == Reads::column ? stream->column(static_cast<size_t>(a.column)) : nullptr;
  if (!column) return true;
  if (column->coding() == Coding::list) return a.word != Word::first && a.word != Word::last;
  return !takes_values || column->coding() == Coding::integers || column->coding() == Coding::doubles ||
         column->coding() == Coding::nothing;
}

const Stream* Block::stream_of(const Subject& subject) const {
  if (!subject.exists) return nullptr;
  if (!subject.is_entity) return part_->stream(static_cast<timeline::KindIndex>(subject.index));
  const auto* entity = part_->entity(static_cast<size_t>(subject.index));
  return entity ? &entity->rows() : nullptr;
}

namespace {

/// Below this share of a block its aggregates are made for those alone who are asked about.
bool are_few(const std::vector<uint8_t>& who) {
  size_t n = 0;
  for (uint8_t one : who) n += one;
  return n * 2 < who.size();
}

}  // namespace

const std::vector<Cell>& Block::fast(NodeIndex node, const std::vector<uint8_t>* who) {
  auto at = static_cast<size_t>(node);
  if (stamps_[at] == stamp_) return made_[at];
  const Node& n = plan_.nodes[at];
  std::vector<Cell>& out = made_[at];
  out.resize(size());
  if (who && n.op == Op::aggregate && are_few(*who)) {
    few(plan_.aggregates[static_cast<size_t>(n.index)], *who, out);  // Of these alone, so it is not kept.
    return out;
  }
  switch (n.op) {
    case Op::attribute: attribute(static_cast<size_t>(n.index), out); break;
    case Op::aggregate: aggregate(plan_.aggregates[static_cast<size_t>(n.index)], out); break;
    case Op::apply: apply(n, out); break;
    default: std::fill(out.begin(), out.end(), n.literal); break;
  }
  stamps_[at] = stamp_;
  return out;
}

void Block::attribute(size_t index, std::vector<Cell>& out) {
  const auto* column = part_->attribute(index);
  std::fill(out.begin(), out.end(), Cell());
  if (!column || !column->now) return;
  for (uint32_t i = 0; i < size(); ++i) out[i] = read_cell(*column->now, first_ + i, plan_.currency);
}

void Block::apply(const Node& n, std::vector<Cell>& out) {
  std::vector<const std::vector<Cell>*> of;
  for (NodeIndex child : n.children) of.push_back(&fast(child, nullptr));
  auto all = [&](auto value) {
    for (size_t i = 0; i < out.size(); ++i) out[i] = value(i);
  };
  auto truth = [&](size_t child, size_t i) { return (*of[child])[i].is_true(); };
  switch (n.word) {
    case Word::not_: return all([&](size_t i) { return Cell::of(!truth(0, i)); });
    case Word::and_:
    case Word::or_: {
      bool any = n.word == Word::or_;
      return all([&](size_t i) {
        for (size_t child = 0; child < of.size(); ++child)
          if (truth(child, i) == any) return Cell::of(any);
        return Cell::of(!any);
      });
    }
    case Word::if_:
      return all([&](size_t i) {
        Cell cell = (*of[truth(0, i) ? 1 : 2])[i];
        return is_of(cell, n.base) ? cell : Cell();
      });
    case Word::equal:
    case Word::not_equal:
    case Word::less:
    case Word::at_most:
    case Word::more:
    case Word::at_least: return all([&](size_t i) { return Cell::of(compare(n.word, (*of[0])[i], (*of[1])[i])); });
    default: break;
  }
  std::vector<Cell> cells(of.size());
  all([&](size_t i) {
    for (size_t child = 0; child < of.size(); ++child) cells[child] = (*of[child])[i];
    return one_.apply(n, cells, look_.t);
  });
}

namespace {

/// What an aggregate is of no rows.
Cell of_nothing(const Aggregate& a, const Currency& currency) {
  switch (a.word) {
    case Word::count: return Cell::of(0.0);
    case Word::exists: return Cell::of(false);
    case Word::sum: return Sum().sum(a, currency);
    default: return {};
  }
}

}  // namespace

/// Whether the first and last rows in the span say everything.
bool Block::by_ends(const Aggregate& a) const {
  return a.subject.where == kNone && a.reads == Reads::row && !a.subject.is_entity;
}

void Block::aggregate(const Aggregate& a, std::vector<Cell>& out) {
  const Stream* stream = stream_of(a.subject);
  Span span = spans_[static_cast<size_t>(&a - plan_.aggregates.data())];
  std::fill(out.begin(), out.end(), of_nothing(a, plan_.currency));
  if (!stream || span.from >= span.to) return;
  if (by_ends(a)) return ends(a, *stream, span, out);
  offsets_.resize(size() + 1);
  stream->offsets().read(first_, size(), offsets_.data());
  if (sums(a, *stream, span, out)) return;
  rows(a, *stream, span, 0, size(), out);
}

/// The same for those who are 1 in `who`; of the others it gives anything.
void Block::few(const Aggregate& a, const std::vector<uint8_t>& who, std::vector<Cell>& out) {
  const Stream* stream = stream_of(a.subject);
  Span span = spans_[static_cast<size_t>(&a - plan_.aggregates.data())];
  const Cell nothing = of_nothing(a, plan_.currency);
  std::fill(out.begin(), out.end(), nothing);
  if (!stream || span.from >= span.to) return;
  offsets_.resize(size() + 1);
  stream->offsets().read(first_, size(), offsets_.data());
  if (a.word == Word::exists && a.reads == Reads::row && !a.subject.is_entity) return any(a, *stream, span, who, out);
  if (sums(a, *stream, span, out)) return;
  for (uint32_t i = 0; i < size(); ++i) {
    if (!who[i]) continue;
    uint32_t begin = i;
    while (i + 1 < size() && who[i + 1]) ++i;
    rows(a, *stream, span, begin, i + 1, out);
  }
}

/// Whether there is a row: the latest are asked first, and none after the first that is.
void Block::any(const Aggregate& a, const Stream& stream, Span span, const std::vector<uint8_t>& who,
                std::vector<Cell>& out) {
  const timeline::Integers& times = stream.occurred_at();
  bool all_before = times.max() < span.to, all_after = times.min() >= span.from;
  const RowFilter::Codes codes = filter_.codes(a.subject.where, stream);
  latest_.clear();
  times.visit([&](auto at) {
    for (uint32_t i = 0; i < who.size(); ++i) {
      uint32_t begin = offsets_[i], end = offsets_[i + 1];
      if (!who[i] || begin == end) continue;
      if (!all_before)
        while (begin < end && at[end - 1] >= span.to) --end;
      if (codes.values) {
        while (begin < end && !codes.holds[codes.values[end - 1]]) --end;
      } else if (begin < end) {
        mask_.resize(end - begin);
        filter_.mask(a.subject.where, stream, begin, end - begin, mask_.data());
        while (begin < end && !mask_[end - 1 - begin]) --end;
      }
      if (begin == end) continue;
      latest_.emplace_back(i, end - 1);
      at.prefetch(end - 1);
    }
    // The latest that holds is in the span, or none is.
    for (auto [i, row] : latest_) out[i] = Cell::of(all_after || at[row] >= span.from);
  });
}

/// Without `where`, the first and last rows in the span say everything.
void Block::ends(const Aggregate& a, const Stream& stream, Span span, std::vector<Cell>& out) {
  const timeline::Integers& times = stream.occurred_at();
  const bool all_before = times.max() < span.to, all_after = times.min() >= span.from;
  Cell* cells = out.data() - first_;
  times.visit([&](auto at) {
    /// put(cell, first row, row after the last) for those who have one in the span; without `first` it may be earlier.
    auto scan = [&](bool needs_first, auto put) {
      stream.offsets().each(first_, last_, [&](uint32_t customer, uint32_t begin, uint32_t end) {
        if (!all_before)
          while (begin < end && at[end - 1] >= span.to) --end;
        if (begin == end || (!all_after && at[end - 1] < span.from)) return;
        if (!all_after && needs_first)
          while (at[begin] < span.from) ++begin;
        put(cells[customer], begin, end);
      });
    };
    auto set = [](Cell& cell, CellKind kind, int64_t whole) {
      cell.kind = kind;
      cell.whole = whole;
    };
    switch (a.word) {
      case Word::last_time:
        return scan(false, [&](Cell& cell, uint32_t, uint32_t end) { set(cell, CellKind::time, at[end - 1]); });
      case Word::first_time:
        return scan(true, [&](Cell& cell, uint32_t begin, uint32_t) { set(cell, CellKind::time, at[begin]); });
      case Word::days_since:
        return scan(false, [&](Cell& cell, uint32_t, uint32_t end) {
          cell.kind = CellKind::number;
          cell.number = days_between(look_.t, at[end - 1]);
        });
      case Word::count:
        return scan(true, [&](Cell& cell, uint32_t begin, uint32_t end) {
          cell.kind = CellKind::number;
          cell.number = static_cast<double>(end - begin);
        });
      default:  // exists; first or last of rows as such
        return scan(false, [&](Cell& cell, uint32_t, uint32_t) { set(cell, CellKind::boolean, 1); });
    }
  });
}

/// Running totals over the rows of the block, of whole numbers that every row knows, as money is nearly always. False:
/// it is something else. REQUIRES offsets.
bool Block::run(const Aggregate& a, const Stream& stream, Span span) {
  bool is_money = a.base == query::BaseType::money && plan_.currency.is_set();
  if (a.word != Word::sum || a.reads != Reads::column || (!is_money && !a.is_integer)) return false;
  const Column* column = stream.column(static_cast<size_t>(a.column));
  if (!column || column->coding() != Coding::integers || !column->all_known()) return false;
  RowFilter::Codes codes = filter_.codes(a.subject.where, stream);
  if (a.subject.where != kNone && !codes.values) return false;
  const timeline::Integers& times = stream.occurred_at();
  bool all_before = times.max() < span.to, all_after = times.min() >= span.from;
  // So much that no customer's sum leaves 64 bits.
  int64_t most = std::max(std::abs(column->integers().min() / 2), std::abs(column->integers().max() / 2));
  if (most >= INT64_MAX / 2 / std::max<int64_t>(stream.rows(), 1)) return false;
  uint32_t base = offsets_.front(), count = offsets_.back() - base;
  running_.resize(count + 1);
  // Running totals of all rows: what is one customer's is a difference, and no branch depends on how many they have.
  times.visit([&](auto at) {
    column->integers().visit([&](auto values) {
      auto run = [&](auto holds) {
        int64_t total = running_[0] = 0;
        for (uint32_t i = 0; i < count; ++i) running_[i + 1] = total += values[base + i] & -holds(base + i);
      };
      auto in_span = [&](uint32_t row) {
        return static_cast<int64_t>(at[row] >= span.from) & static_cast<int64_t>(at[row] < span.to);
      };
      if (codes.values) run([&](uint32_t row) { return in_span(row) & int64_t{codes.holds[codes.values[row]]}; });
      else if (all_before && all_after) run([](uint32_t) { return int64_t{1}; });
      else run(in_span);
    });
  });
  return true;
}

bool Block::sums(const Aggregate& a, const Stream& stream, Span span, std::vector<Cell>& out) {
  if (!run(a, stream, span)) return false;
  bool is_money = a.base == query::BaseType::money;
  std::fill(out.begin(), out.end(), is_money ? money_of(0, plan_.currency) : Cell::of(0.0));
  for (uint32_t i = 0; i < size(); ++i) {
    if (is_money) out[i].whole = total(i);
    else out[i].number = static_cast<double>(total(i));
  }
  return true;
}

/// Of the customers [from, to) of the block. REQUIRES their offsets.
void Block::rows(const Aggregate& a, const Stream& stream, Span span, uint32_t from, uint32_t to,
                 std::vector<Cell>& out) {
  uint32_t base = offsets_[from], count = offsets_[to] - base;
  if (count == 0) return;
  const timeline::Integers& times = stream.occurred_at();
  bool needs_times = times.max() >= span.to || times.min() < span.from;
  const Column* column = a.reads == Reads::column ? stream.column(static_cast<size_t>(a.column)) : nullptr;
  if (a.reads == Reads::column && !column) return;
  is_masked_ = needs_times || a.subject.where != kNone || (column && !column->all_known());
  if (is_masked_) {
    mask_.resize(count);
    filter_.mask(a.subject.where, stream, base, count, mask_.data());
  }
  if (needs_times)
    times.visit([&](auto at) {
      for (uint32_t i = 0; i < count; ++i) {
        int64_t time = at[base + i];
        mask_[i] &= static_cast<uint8_t>(static_cast<int>(time >= span.from) & static_cast<int>(time < span.to));
      }
    });
  if (column) {
    if (!column->all_known()) {
      known_.resize(count);
      column->read_known(base, count, known_.data());
      for (uint32_t i = 0; i < count; ++i) mask_[i] &= known_[i];
    }
    bool takes = a.word == Word::sum || a.word == Word::avg || a.word == Word::min || a.word == Word::max;
    bool whole = a.base == query::BaseType::money || a.base == query::BaseType::time || a.is_integer;
    if (takes && column->coding() == Coding::nothing) return;
    if (takes && whole) integers_.resize(count), column->read(base, count, integers_.data());
    if (takes && !whole) doubles_.resize(count), column->read(base, count, doubles_.data());
  }
  for (uint32_t i = from; i < to; ++i)
    if (offsets_[i] != offsets_[i + 1]) out[i] = reduce(a, stream, offsets_[i], offsets_[i + 1], base);
}

namespace {

template <class T>
Cell whole_cell(const Aggregate& a, T x, const Currency& currency) {
  if constexpr (std::is_same_v<T, double>) return Cell::of(x);
  else if (a.base == query::BaseType::money) return Cell::of(Money{x, currency});
  else if (a.base == query::BaseType::time) return Cell::of(Time{x});
  else return Cell::of(static_cast<double>(x));
}

}  // namespace

Cell Block::reduce(const Aggregate& a, const Stream& stream, uint32_t begin, uint32_t end, uint32_t base) {
  auto is_in = [&](uint32_t place) { return !is_masked_ || mask_[place]; };
  auto time = [&](uint32_t row) { return stream.occurred_at()[row]; };
  auto read = [&](uint32_t row) { return one_.read(a, stream, {time(row), row}); };
  bool whole = a.base == query::BaseType::money || a.base == query::BaseType::time || a.is_integer;
  auto extreme_of = [&](const auto& values) {
    using T = std::decay_t<decltype(values[0])>;
    T best{};
    bool any = false;
    for (uint32_t row = begin; row < end; ++row) {
      T x = values[row - base];
      bool better = is_in(row - base) && (!any || (a.word == Word::min ? x < best : best < x));
      if (better) best = x, any = true;
    }
    return any ? whole_cell(a, best, plan_.currency) : Cell();
  };
  switch (a.word) {
    case Word::count: {
      uint32_t n = 0;
      for (uint32_t row = begin; row < end; ++row) n += is_in(row - base);
      return Cell::of(static_cast<double>(n));
    }
    case Word::exists:
      for (uint32_t row = begin; row < end; ++row)
        if (is_in(row - base)) return Cell::of(true);
      return Cell::of(false);
    case Word::first:
    case Word::first_time:
      while (begin < end && !is_in(begin - base)) ++begin;
      if (begin == end) return {};
      return a.word == Word::first ? read(begin) : Cell::of(Time{time(begin)});
    case Word::last:
    case Word::last_time:
    case Word::days_since:
      while (begin < end && !is_in(end - 1 - base)) --end;
      if (begin == end) return {};
      if (a.word == Word::last) return read(end - 1);
      return a.word == Word::last_time ? Cell::of(Time{time(end - 1)}) : Cell::of(days_between(look_.t, time(end - 1)));
    case Word::min:
    case Word::max: return whole ? extreme_of(integers_) : extreme_of(doubles_);
    default: break;
  }
  Sum sum;
  for (uint32_t row = begin; row < end; ++row) {
    if (!is_in(row - base)) continue;
    ++sum.count;
    if (whole) sum.exact += integers_[row - base];
    else sum.running += doubles_[row - base];
  }
  return a.word == Word::sum ? sum.sum(a, plan_.currency) : sum.average(a, plan_.currency);
}

}  // namespace cairn::engine

#include "engine/row_filter.h"

#include <algorithm>

#include "engine/arithmetic.h"

namespace cairn::engine {

using query::Word;
using timeline::Coding;
using timeline::Column;
using timeline::Stream;

namespace {

bool is_logic(Word word) { return word == Word::and_ || word == Word::or_ || word == Word::not_; }

}  // namespace

/// A column alone, or an operator over one column and literals.
bool RowFilter::is_leaf(const Node& n) const {
  auto is_column = [&](const Node& node) { return node.op == Op::row_value && node.item.empty(); };
  if (is_column(n)) return true;
  if (n.op != Op::apply || n.moves || n.word == Word::if_) return false;
  int columns = 0;
  for (NodeIndex child : n.children) {
    const Node& c = plan_.nodes[static_cast<size_t>(child)];
    if (is_column(c)) ++columns;
    else if (c.op != Op::literal) return false;
  }
  bool known = is_comparison(n.word) || n.word == Word::in || n.word == Word::contains || n.word == Word::is_known ||
               n.word == Word::is_unknown;
  return known && columns == 1;
}

bool RowFilter::is_fast(NodeIndex where) const {
  if (where == kNone) return true;
  const Node& n = plan_.nodes[static_cast<size_t>(where)];
  if (is_leaf(n)) return true;
  return n.op == Op::apply && is_logic(n.word) &&
         std::all_of(n.children.begin(), n.children.end(), [&](NodeIndex child) { return is_fast(child); });
}

const Node& RowFilter::column_of(const Node& leaf) const {
  if (leaf.op == Op::row_value) return leaf;
  for (NodeIndex child : leaf.children)
    if (plan_.nodes[static_cast<size_t>(child)].op == Op::row_value) return plan_.nodes[static_cast<size_t>(child)];
  return leaf;
}

bool RowFilter::truth(const Node& leaf, const Cell& cell) {
  if (leaf.op == Op::row_value) return cell.is_true();
  cells_.clear();
  for (NodeIndex child : leaf.children) {
    const Node& c = plan_.nodes[static_cast<size_t>(child)];
    cells_.push_back(c.op == Op::literal ? c.literal : cell);
  }
  return nobody_.apply(leaf, cells_, Time{}).is_true();
}

/// Comparisons of a column of numbers, money or times with a literal of the same.
bool RowFilter::numbers(const Node& leaf, const Column& column, uint32_t first, uint32_t count, uint8_t* out) {
  if (leaf.op != Op::apply || !is_comparison(leaf.word)) return false;
  const Node &a = plan_.nodes[static_cast<size_t>(leaf.children[0])],
             &b = plan_.nodes[static_cast<size_t>(leaf.children[1])];
  bool turned = a.op == Op::literal;
  const Cell& literal = turned ? a.literal : b.literal;
  bool holds[3];
  for (int order = -1; order <= 1; ++order) holds[order + 1] = compare(leaf.word, turned ? -order : order);
  auto each = [&](const auto& values, auto wanted) {
    for (uint32_t i = 0; i < count; ++i) {
      auto x = values[i];
      out[i] =
          static_cast<uint8_t>(static_cast<int>(x < wanted && holds[0]) | static_cast<int>(x == wanted && holds[1]) |
                               static_cast<int>(x > wanted && holds[2]));
    }
  };
  using query::PropertyType;
  bool is_number = column.type() == PropertyType::number || column.type() == PropertyType::integer;
  if (is_number && literal.is(CellKind::number)) {
    doubles_.resize(count);
    column.read(first, count, doubles_.data());
    each(doubles_, literal.number);
    return true;
  }
  bool same = (column.type() == PropertyType::money && literal.is(CellKind::money) &&
               literal.currency == code_of(plan_.currency)) ||
              (column.type() == PropertyType::time && literal.is(CellKind::time));
  if (!same || column.coding() != Coding::integers) return false;
  integers_.resize(count);
  column.read(first, count, integers_.data());
  each(integers_, literal.whole);
  return true;
}

const RowFilter::Table& RowFilter::table(NodeIndex node, const Column& column) {
  Table& out = tables_[static_cast<size_t>(node)];
  // Parts often have one dictionary between them.
  if (out.is_made && out.dictionary.is_same(column.dictionary())) return out;
  const Node& n = plan_.nodes[static_cast<size_t>(node)];
  out.dictionary = column.dictionary();
  out.by_code.resize(column.dictionary().size());
  for (uint32_t code = 0; code < out.by_code.size(); ++code)
    out.by_code[code] = truth(n, Cell::of(column.dictionary()[code]));
  out.unknown = truth(n, {});
  out.is_made = true;
  return out;
}

RowFilter::Codes RowFilter::codes(NodeIndex where, const Stream& stream) {
  if (where == kNone || !is_leaf(plan_.nodes[static_cast<size_t>(where)])) return {};
  const Node& of = column_of(plan_.nodes[static_cast<size_t>(where)]);
  const Column* column = of.index < 0 ? nullptr : stream.column(static_cast<size_t>(of.index));
  if (!column || column->coding() != Coding::codes || !column->all_known()) return {};
  const uint8_t* values = column->integers().plain_bytes();
  return values ? Codes{values, table(where, *column).by_code.data()} : Codes();
}

void RowFilter::leaf(NodeIndex node, const Stream& stream, uint32_t first, uint32_t count, uint8_t* out) {
  const Node& n = plan_.nodes[static_cast<size_t>(node)];
  const Node& of = column_of(n);
  const Column* column = of.index < 0 ? nullptr : stream.column(static_cast<size_t>(of.index));
  if (!column || column->coding() == Coding::nothing) {
    std::fill_n(out, count, static_cast<uint8_t>(truth(n, {})));
    return;
  }
  if (column->coding() == Coding::codes) {
    const Table& table = this->table(node, *column);
    codes_.resize(count);
    column->read(first, count, codes_.data());
    for (uint32_t i = 0; i < count; ++i) out[i] = table.by_code[codes_[i]];
  } else if (!numbers(n, *column, first, count, out)) {
    for (uint32_t i = 0; i < count; ++i)
      out[i] = truth(n, column->coding() == Coding::list ? Cell() : read_cell(*column, first + i, plan_.currency));
    return;
  }
  if (column->all_known()) return;
  auto unknown = static_cast<uint8_t>(truth(n, {}));
  known_.resize(count);
  column->read_known(first, count, known_.data());
  for (uint32_t i = 0; i < count; ++i) out[i] = known_[i] ? out[i] : unknown;
}

void RowFilter::mask(NodeIndex where, const Stream& stream, uint32_t first, uint32_t count, uint8_t* out) {
  if (where == kNone) {
    std::fill_n(out, count, uint8_t{1});
    return;
  }
  const Node& n = plan_.nodes[static_cast<size_t>(where)];
  if (n.op != Op::apply || !is_logic(n.word)) return leaf(where, stream, first, count, out);
  mask(n.children[0], stream, first, count, out);
  if (n.word == Word::not_) {
    for (uint32_t i = 0; i < count; ++i) out[i] ^= 1;
    return;
  }
  std::vector<uint8_t> other;
  if (!spare_.empty()) other = std::move(spare_.back()), spare_.pop_back();
  other.resize(count);
  for (size_t child = 1; child < n.children.size(); ++child) {
    mask(n.children[child], stream, first, count, other.data());
    if (n.word == Word::and_)
      for (uint32_t i = 0; i < count; ++i) out[i] &= other[i];
    else
      for (uint32_t i = 0; i < count; ++i) out[i] |= other[i];
  }
  spare_.push_back(std::move(other));
}

}  // namespace cairn::engine

#include "query/expression.h"

#include <algorithm>

#include "base/check.h"

namespace cairn::query {
namespace {

/// The literal with the opposite sign, unknown when it has none.
Value opposite(const Value& value) {
  if (const double* number = value.get<double>()) return -*number;
  if (const Money* money = value.get<Money>())
    return money->minor == INT64_MIN ? Value() : Value(Money{-money->minor, money->currency});
  if (const Duration* duration = value.get<Duration>())
    return duration->micros == INT64_MIN ? Value() : Value(Duration{-duration->micros});
  return {};
}

bool same(const Query& a, const std::vector<NodeId>& x, const Query& b, const std::vector<NodeId>& y) {
  return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                    [&](NodeId i, NodeId j) { return query::same(a, i, b, j); });
}

bool same_question(const Query& a, const Query& b) {
  const Question& x = *a.question();
  const Question& y = *b.question();
  auto same_dimension = [&](const Dimension& i, const Dimension& j) {
    return i.bucket == j.bucket && query::same(a, i.value, b, j.value);
  };
  return x.word == y.word && same(a, x.columns, b, y.columns) && same(a, x.steps, b, y.steps) && x.within == y.within &&
         x.on == y.on && x.every == y.every && x.backwards == y.backwards && x.depth == y.depth &&
         x.as_known == y.as_known && query::same(a, x.condition, b, y.condition) &&
         query::same(a, x.period, b, y.period) && query::same(a, x.as_of, b, y.as_of) &&
         std::equal(x.by.begin(), x.by.end(), y.by.begin(), y.by.end(), same_dimension);
}

}  // namespace

NodeId Query::add(Node node) {
  uint16_t below = 0;
  auto look = [&](NodeId id) {
    if (id == kNoNode) return;
    CHECK(id < nodes_.size(), "child {} of {}", id, nodes_.size());
    below = std::max(below, nodes_[id].depth);
  };
  for (NodeId child : node.children) look(child);
  look(node.where), look(node.window);
  node.depth = static_cast<uint16_t>(below + 1);
  nodes_.push_back(std::move(node));
  return static_cast<NodeId>(nodes_.size() - 1);
}

NodeId Query::literal(Value value, Span span) {
  Node node;
  node.value = std::move(value);
  node.span = span;
  return add(std::move(node));
}

NodeId Query::local_time(LocalTime time, Span span) {
  Node node;
  node.value = Time{time.micros};
  node.local = true;
  node.span = span;
  return add(std::move(node));
}

NodeId Query::name(std::vector<std::string> path, Span span) {
  Node node;
  node.kind = NodeKind::name;
  node.path = std::move(path);
  node.span = span;
  return add(std::move(node));
}

NodeId Query::apply(Word word, std::vector<NodeId> children, Span span) {
  if (word == Word::negate && at(children[0]).kind == NodeKind::literal)
    if (Value negative = opposite(at(children[0]).value); negative.is_known())
      return literal(std::move(negative), span);
  Node node;
  node.kind = NodeKind::apply;
  node.word = word;
  node.span = span;
  bool flat = word == Word::and_ || word == Word::or_;
  for (NodeId child : children) {
    const Node& inner = at(child);
    if (flat && inner.kind == NodeKind::apply && inner.word == word)
      node.children.insert(node.children.end(), inner.children.begin(), inner.children.end());
    else node.children.push_back(child);
  }
  return add(std::move(node));
}

bool same(const Query& a, NodeId x, const Query& b, NodeId y) {
  if (x == kNoNode || y == kNoNode) return x == y;
  const Node& m = a.at(x);
  const Node& n = b.at(y);
  return m.kind == n.kind && m.word == n.word && m.local == n.local && m.value == n.value && m.path == n.path &&
         m.within == n.within && m.on == n.on && same(a, m.children, b, n.children) && same(a, m.where, b, n.where) &&
         same(a, m.window, b, n.window);
}

bool same(const Query& a, const Query& b) {
  if (a.question().has_value() != b.question().has_value()) return false;
  return a.question() ? same_question(a, b) : same(a, a.root(), b, b.root());
}

std::vector<NodeId> roots(const Query& query) {
  if (!query.question()) return {query.root()};
  const Question& q = *query.question();
  std::vector<NodeId> out = q.columns;
  out.insert(out.end(), q.steps.begin(), q.steps.end());
  for (const Dimension& d : q.by)
    if (d.value != kNoNode) out.push_back(d.value);
  for (NodeId id : {q.condition, q.period, q.as_of})
    if (id != kNoNode) out.push_back(id);
  return out;
}

}  // namespace cairn::query

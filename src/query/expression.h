// The syntax tree of a query: a vector of nodes that name each other by index, so that it is a plain value. Every tree
// is canonical: `and` and `or` are flat, a minus before a literal is part of the literal. So print and parse are each
// other's inverse (printer.h).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "query/value.h"
#include "query/words.h"

namespace cairn::query {

using NodeId = uint32_t;
inline constexpr NodeId kNoNode = UINT32_MAX;

/// Bytes of the source text; both 0 in a tree that was not parsed.
struct Span {
  uint32_t offset = 0;
  uint32_t length = 0;
};

enum class NodeKind : uint8_t {
  literal,    ///< value; `local` when it is a time without offset, to be read in the brand's zone.
  name,       ///< path: `customer.country`, `status`.
  apply,      ///< word, children: operators and functions. `in`: the value, then the items of its list.
  aggregate,  ///< word, path (kind or entity, property), children (`quantile`, `share`: one), where, window.
  sequence,   ///< word (sequence, or what is read of it), children (steps), within, on, window.
  step,       ///< path (kind), where: also of a funnel, a retention, a path.
  window,     ///< word, children (its bounds); within: the length of `last`.
  segment,    ///< value: its name.
};

/// Which members count is said at NodeKind; the others are as default-made.
struct Node {
  NodeKind kind = NodeKind::literal;
  Word word = Word::none;
  bool local = false;
  uint16_t depth = 1;  ///< Nodes on the longest way down from here.
  Span span;
  Value value;
  std::vector<std::string> path;
  std::vector<Span> path_spans;  ///< Of each name of the path; empty in a tree that was not parsed.
  std::vector<NodeId> children;
  NodeId where = kNoNode;
  NodeId window = kNoNode;
  Duration within;  ///< 0: without limit.
  std::string on;   ///< Empty: not asked for.
};

/// Where the name at `index` of the path stands; the node itself when that is not known.
inline Span name_span(const Node& node, size_t index) {
  return index < node.path_spans.size() ? node.path_spans[index] : node.span;
}

/// What an answer is broken down by.
struct Dimension {
  std::optional<Bucket> bucket;
  NodeId value = kNoNode;  ///< When it is no bucket.
};

/// A question about many customers. Which members count is said at each.
struct Question {
  Word word = Word::none;
  std::vector<NodeId> columns;  ///< select: the condition; values: the expressions; series: the aggregate.
  std::vector<NodeId> steps;    ///< funnel: 2 and more; retention: start and return; paths: the one event.
  Duration within;              ///< funnel, paths; 0: without limit.
  std::string on;               ///< funnel.
  std::vector<Dimension> by;    ///< series, funnel; retention: at most one, a bucket.
  Duration every;               ///< retention; 0: calendar periods.
  bool backwards = false;       ///< paths: `to`.
  int depth = 0;                ///< paths.
  NodeId condition = kNoNode;   ///< `for`: which customers; all but select.
  NodeId period = kNoNode;      ///< A window node: which events; all but select and values.
  NodeId as_of = kNoNode;       ///< A time; absent: now.
  bool as_known = false;        ///< `as known at`.
};

/// A parsed query: an expression, or a question. Grows only through the functions below.
class Query {
 public:
  const Node& at(NodeId id) const { return nodes_[id]; }
  size_t size() const { return nodes_.size(); }
  /// Of an expression; of a question kNoNode.
  NodeId root() const { return root_; }
  void set_root(NodeId root) { root_ = root; }
  const std::optional<Question>& question() const { return question_; }
  void set_question(Question question) { question_ = std::move(question); }

  /// Adds a node as it is. REQUIRES its children to be here. Prefer the functions below.
  NodeId add(Node node);
  NodeId literal(Value value, Span span = {});
  /// A reading in the brand's zone.
  NodeId local_time(LocalTime time, Span span = {});
  NodeId name(std::vector<std::string> path, Span span = {});
  /// Flattens `and` and `or`, folds a minus into a literal.
  NodeId apply(Word word, std::vector<NodeId> children, Span span = {});

 private:
  std::vector<Node> nodes_;
  NodeId root_ = kNoNode;
  std::optional<Question> question_;
};

/// The same tree: what it says, not where it stands in a text nor in which order it was built.
bool same(const Query& a, const Query& b);
bool same(const Query& a, NodeId x, const Query& b, NodeId y);

/// Calls visit(id) for x and every node below it, parents first. REQUIRES x != kNoNode.
template <class F>
void each_node(const Query& query, NodeId x, F visit) {
  std::vector<NodeId> todo = {x};
  while (!todo.empty()) {
    NodeId id = todo.back();
    todo.pop_back();
    visit(id);
    const Node& node = query.at(id);
    if (node.window != kNoNode) todo.push_back(node.window);
    if (node.where != kNoNode) todo.push_back(node.where);
    todo.insert(todo.end(), node.children.rbegin(), node.children.rend());
  }
}

/// The nodes that a query hangs on: its root, or every node that the question names, in order.
std::vector<NodeId> roots(const Query& query);

}  // namespace cairn::query

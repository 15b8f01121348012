#include "query/printer.h"

namespace cairn::query {
namespace {

/// How tightly a node holds together; brackets are needed where a place asks for more.
enum Strength : int { any_of, all_of, negation, comparison, sum, product, sign, operand };

Strength strength_of(Word word) {
  switch (word) {
    case Word::or_: return any_of;
    case Word::and_: return all_of;
    case Word::not_: return negation;
    case Word::add:
    case Word::subtract: return sum;
    case Word::multiply:
    case Word::divide: return product;
    case Word::negate: return sign;
    default: return info(word).group == Group::operation ? comparison : operand;
  }
}

bool is_negative(const Value& value) {
  if (const double* number = value.get<double>()) return *number < 0;
  if (const Money* money = value.get<Money>()) return money->minor < 0;
  if (const Duration* duration = value.get<Duration>()) return duration->micros < 0;
  return false;
}

Strength strength_of(const Node& node) {
  if (node.kind == NodeKind::literal && is_negative(node.value)) return sign;
  return node.kind == NodeKind::apply ? strength_of(node.word) : operand;
}

std::string literal_text(const Node& node) {
  if (!node.local) return to_text(node.value);
  Time time = node.value.as<Time>();
  std::string text = to_rfc3339(time);
  text.pop_back();  // its Z: this is a reading in the brand's zone
  bool midnight = time.micros % 86'400'000'000LL == 0;
  return midnight ? text.substr(0, 10) : text;
}

std::string path_text(const std::vector<std::string>& path) {
  std::string out;
  for (const std::string& name : path) out += (out.empty() ? "" : ".") + name_text(name);
  return out;
}

class Printer {
 public:
  explicit Printer(const Query& query) : query_(query) {}
  std::string take() { return std::move(out_); }

  void node(NodeId id, Strength least = any_of) {
    const Node& n = query_.at(id);
    bool brackets = strength_of(n) < least;
    if (brackets) out_ += '(';
    switch (n.kind) {
      case NodeKind::literal: out_ += literal_text(n); break;
      case NodeKind::name: out_ += path_text(n.path); break;
      case NodeKind::apply: apply(n); break;
      case NodeKind::aggregate: aggregate(n); break;
      case NodeKind::sequence: sequence(n); break;
      case NodeKind::step: step(n); break;
      case NodeKind::window: window(n); break;
      case NodeKind::segment: out_ += "segment(" + to_text(n.value) + ")"; break;
    }
    if (brackets) out_ += ')';
  }

  void question(const Question& q) {
    out_ += info(q.word).name;
    out_ += '(';
    list(q.columns);
    if (q.word == Word::paths) out_ += q.backwards ? "to " : "from ";
    list(q.steps, " then ");
    if (q.word == Word::paths) out_ += fmt::format(" depth {}", q.depth);
    limits(q.within, q.on);
    if (q.every.micros > 0) out_ += " every " + to_text(q.every);
    for (size_t i = 0; i < q.by.size(); ++i) {
      out_ += i == 0 ? " by " : ", ";
      if (q.by[i].bucket) out_ += json::enum_name(*q.by[i].bucket);
      else node(q.by[i].value, sum);
    }
    out_ += ')';
    clause(" for ", q.condition);
    clause(" ", q.period);
    if (q.as_of == kNoNode) return;
    out_ += q.as_known ? " as known at " : " as of ";
    node(q.as_of, sum);
  }

 private:
  void list(const std::vector<NodeId>& ids, std::string_view between = ", ", Strength least = any_of) {
    for (size_t i = 0; i < ids.size(); ++i) {
      if (i > 0) out_ += between;
      node(ids[i], least);
    }
  }

  void clause(std::string_view before, NodeId id) {
    if (id == kNoNode) return;
    out_ += before;
    node(id);
  }

  void limits(Duration within, const std::string& on) {
    if (within.micros > 0) out_ += " within " + to_text(within);
    if (!on.empty()) out_ += " on " + name_text(on);
  }

  void apply(const Node& n) {
    const WordInfo& word = info(n.word);
    Strength own = strength_of(n.word);
    if (word.group != Group::operation) {
      out_ += word.name;
      out_ += '(';
      list(n.children);
      out_ += ')';
    } else if (n.word == Word::not_ || n.word == Word::negate) {
      out_ += n.word == Word::not_ ? "not " : "-";
      node(n.children[0], own);
    } else if (n.word == Word::is_known || n.word == Word::is_unknown) {
      node(n.children[0], sum);
      out_ += fmt::format(" {}", word.name);
    } else if (n.word == Word::in) {
      node(n.children[0], sum);
      out_ += " in (";
      list({n.children.begin() + 1, n.children.end()});
      out_ += ')';
    } else if (own == any_of || own == all_of) {
      list(n.children, own == any_of ? " or " : " and ", Strength(own + 1));
    } else {
      node(n.children[0], own == comparison ? sum : own);
      out_ += fmt::format(" {} ", word.name);
      node(n.children[1], own == comparison ? sum : Strength(own + 1));
    }
  }

  void aggregate(const Node& n) {
    out_ += fmt::format("{}({}", info(n.word).name, path_text(n.path));
    for (NodeId child : n.children) out_ += ", ", node(child);
    clause(" where ", n.where);
    clause(" ", n.window);
    out_ += ')';
  }

  void sequence(const Node& n) {
    out_ += "sequence(";
    list(n.children, " then ");
    limits(n.within, n.on);
    clause(" ", n.window);
    out_ += ')';
    if (n.word != Word::sequence) out_ += fmt::format(".{}", info(n.word).name);
  }

  void step(const Node& n) {
    out_ += path_text(n.path);
    clause(" where ", n.where);
  }

  void window(const Node& n) {
    out_ += info(n.word).name;
    if (n.word == Word::last_for) out_ += " " + to_text(n.within);
    for (size_t i = 0; i < n.children.size(); ++i) {
      out_ += i == 0 ? " " : " and ";
      node(n.children[i], sum);
    }
  }

  const Query& query_;
  std::string out_;
};

}  // namespace

std::string print(const Query& query) {
  Printer printer(query);
  if (query.question()) printer.question(*query.question());
  else printer.node(query.root());
  return printer.take();
}

std::string print(const Query& query, NodeId id) {
  Printer printer(query);
  printer.node(id);
  return printer.take();
}

}  // namespace cairn::query

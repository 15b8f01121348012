// The judge's evaluator of one customer at one moment; questions.cpp uses it for rows. Inside this folder only.
#pragma once
#include <string>
#include <vector>

#include "judge/judge.h"

namespace cairn::judge {

/// One event, or one entity, as a subject of an aggregate sees it.
struct Item {
  Time time;
  Seq seq;
  const Row* row = nullptr;
  const Thing* thing = nullptr;
};
using Items = std::vector<Item>;

class Evaluator {
 public:
  Evaluator(const query::Checked& query, std::span<const Row> rows, const Brand& brand, const Look& look);

  /// `item` is what `where` looks at; null outside of one.
  Value value(query::NodeId id, const Item* item = nullptr);
  bool holds(query::NodeId id, const Item* item = nullptr);
  /// What an aggregate's or step's path names, by (time, seq), where `where` holds; the window is not looked at.
  Items items(query::NodeId id);
  /// Whether the time lies in the window; kNoNode holds every time.
  bool in_window(query::NodeId window, Time time);
  /// The value of a subject's property in an item.
  Value subject(const query::Target& target, const Item& item);

  const std::vector<const Row*>& visible() const { return visible_; }
  int64_t skipped() const { return skipped_; }
  uint64_t trace() const { return trace_; }
  void note(uint64_t x) { trace_ = (trace_ ^ x) * 1099511628211ull + 0x9E37; }

 private:
  using Node = query::Node;
  Value literal(const Node& n);
  Value name(query::NodeId id, const Item* item);
  Value attribute(const query::Attribute& attribute);
  Value apply(query::NodeId id, const Item* item);
  Value logic(const Node& n, const Item* item);
  Value compare(query::Word word, const Value& a, const Value& b);
  Value calendar(query::Word word, Time time);
  Value aggregate(query::NodeId id);
  Value aggregate_values(const Node& n, const query::Target& target, const Items& items);
  Value sequence(const Node& n);
  Value segment(const std::string& name);
  const std::vector<Thing>& things(const query::Entity& entity);

  const query::Checked& query_;
  std::span<const Row> rows_;
  const Brand& brand_;
  Look look_;
  std::vector<const Row*> visible_;
  std::map<std::string, std::vector<Thing>, std::less<>> things_;
  int64_t skipped_ = 0;
  uint64_t trace_ = 0;
};

// The small print of arithmetic (docs/reference/query.md, "Arithmetic").

/// Less, equal or greater; nothing when they have no order (unknown, types, currencies).
std::optional<int> order_of(const Value& a, const Value& b);
/// Equal as the language says; false with unknown.
bool equal(const Value& a, const Value& b);
Value arithmetic(query::Word word, const Value& a, const Value& b);
Value opposite(const Value& a);
/// Sum of integers or money, exactly.
Value exact_sum(const std::vector<Value>& values, const query::Target& target, const Brand& brand);
Value sum_of(const std::vector<Value>& values, const query::Target& target, const Brand& brand);
Value average_of(const std::vector<Value>& values, const query::Target& target, const Brand& brand);
/// By comes_before; type 7. REQUIRES values of one type: number, money or time.
Value quantile_of(std::vector<Value> values, double q);

}  // namespace cairn::judge

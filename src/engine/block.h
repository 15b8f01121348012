// Neighbouring customers of a part evaluated together, a node at a time over columns. What cannot be is asked of one
// customer after another. Inside this folder only.
#pragma once
#include <vector>

#include "engine/aggregate.h"
#include "engine/row_filter.h"

namespace cairn::engine {

/// Not safe to share between threads.
class Block {
 public:
  Block(const Plan& plan, const Look& look);

  /// REQUIRES a touched part that lives until another is looked at.
  void look(const timeline::Part& part, uint32_t first, uint32_t last);
  uint32_t first() const { return first_; }
  uint32_t size() const { return last_ - first_; }

  /// 1 for customers who have an event that is seen.
  void there(std::vector<uint8_t>& out);
  /// Of those customers that are 1, leaves those for whom the node is true. kNone: all.
  void keep(NodeIndex node, std::vector<uint8_t>& who);
  /// Whether a node is evaluated over columns. Then its cells' texts live as long as the part.
  bool is_fast(NodeIndex node);
  /// The values of a node, by customer; those who are 0 may have any. Live until the next
  /// call; texts of a node that is not fast do not.
  const std::vector<Cell>& cells(NodeIndex node, const std::vector<uint8_t>& who);

  Customer& customer() { return one_; }
  RowFilter& filter() { return filter_; }

 private:
  bool find_fast(const Node& node);
  bool is_fast(const Aggregate& aggregate);
  const timeline::Stream* stream_of(const Subject& subject) const;
  void keep_all(const std::vector<NodeIndex>& nodes, std::vector<uint8_t>& who);
  bool keep_compared(const Node& node, std::vector<uint8_t>& who);
  bool keep_aggregate(const Aggregate& aggregate, query::Word word, const Cell& literal, std::vector<uint8_t>& who);
  double cost(NodeIndex node);
  bool by_ends(const Aggregate& aggregate) const;
  /// `who`: of whom it is asked; null: everybody.
  const std::vector<Cell>& fast(NodeIndex node, const std::vector<uint8_t>* who);
  void attribute(size_t index, std::vector<Cell>& out);
  void aggregate(const Aggregate& aggregate, std::vector<Cell>& out);
  void ends(const Aggregate& aggregate, const timeline::Stream& stream, Span span, std::vector<Cell>& out);
  void few(const Aggregate& aggregate, const std::vector<uint8_t>& who, std::vector<Cell>& out);
  void any(const Aggregate& aggregate, const timeline::Stream& stream, Span span, const std::vector<uint8_t>& who,
           std::vector<Cell>& out);
  bool run(const Aggregate& aggregate, const timeline::Stream& stream, Span span);
  /// After run: of the customer first + i.
  int64_t total(uint32_t i) const {
    return running_[offsets_[i + 1] - offsets_[0]] - running_[offsets_[i] - offsets_[0]];
  }
  bool sums(const Aggregate& aggregate, const timeline::Stream& stream, Span span, std::vector<Cell>& out);
  void rows(const Aggregate& aggregate, const timeline::Stream& stream, Span span, uint32_t from, uint32_t to,
            std::vector<Cell>& out);
  Cell reduce(const Aggregate& aggregate, const timeline::Stream& stream, uint32_t begin, uint32_t end, uint32_t base);
  void apply(const Node& node, std::vector<Cell>& out);

  const Plan& plan_;
  Look look_;
  Customer one_;
  RowFilter filter_;
  const timeline::Part* part_ = nullptr;
  uint32_t first_ = 0, last_ = 0;
  uint64_t stamp_ = 0;
  enum Known : uint8_t { unseen, yes, no };
  std::vector<uint8_t> is_fast_;         ///< By node, of this part.
  std::vector<std::vector<Cell>> made_;  ///< By node.
  std::vector<uint64_t> stamps_;
  std::vector<Span> spans_;  ///< Of the aggregates' windows.
  std::vector<uint32_t> offsets_;
  bool is_masked_ = false;  ///< Whether mask_ says which rows count; else all do.
  std::vector<uint8_t> mask_, known_;
  std::vector<int64_t> times_, integers_, running_;
  std::vector<double> doubles_;
  std::vector<std::pair<uint32_t, uint32_t>> latest_;  ///< Who, and in which row.
  std::vector<Cell> slow_;
};

}  // namespace cairn::engine

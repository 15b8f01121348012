// Which rows of a stream meet a `where`, many at a time: a dictionary is looked through once, numbers are compared in
// blocks. Inside this folder only.
#pragma once
#include <memory>
#include <vector>

#include "engine/customer.h"

namespace cairn::engine {

/// Not safe to share between threads.
class RowFilter {
 public:
  explicit RowFilter(const Plan& plan) : plan_(plan), nobody_(plan), tables_(plan.nodes.size()) {}

  /// Whether a condition can be looked at so: one that reads columns and literals alone.
  bool is_fast(NodeIndex where) const;
  /// Sets mask[i] for rows first + i, of count. REQUIRES is_fast, or kNone.
  void mask(NodeIndex where, const timeline::Stream& stream, uint32_t first, uint32_t count, uint8_t* out);
  /// Of a condition over one column whose codes are stored as bytes, and which every row knows: the codes by row, and
  /// for which of them it holds. Null values: it is another condition, or another column.
  struct Codes {
    const uint8_t* values = nullptr;
    const uint8_t* holds = nullptr;
  };
  Codes codes(NodeIndex where, const timeline::Stream& stream);

 private:
  /// Of one dictionary, which several parts may share.
  struct Table {
    bool is_made = false;
    timeline::Texts dictionary;
    uint8_t unknown = 0;           ///< The truth for rows that know nothing.
    std::vector<uint8_t> by_code;  ///< And for each code.
  };
  bool is_leaf(const Node& node) const;
  const Node& column_of(const Node& leaf) const;
  bool truth(const Node& leaf, const Cell& cell);
  const Table& table(NodeIndex node, const timeline::Column& column);
  void leaf(NodeIndex node, const timeline::Stream& stream, uint32_t first, uint32_t count, uint8_t* out);
  bool numbers(const Node& leaf, const timeline::Column& column, uint32_t first, uint32_t count, uint8_t* out);

  const Plan& plan_;
  Customer nobody_;
  std::vector<Table> tables_;
  std::vector<std::vector<uint8_t>> spare_;
  std::vector<uint32_t> codes_;
  std::vector<int64_t> integers_;
  std::vector<double> doubles_;
  std::vector<uint8_t> known_;
  std::vector<Cell> cells_;
};

}  // namespace cairn::engine

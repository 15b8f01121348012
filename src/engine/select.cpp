#include <algorithm>
#include <atomic>
#include <iterator>

#include "engine/scan.h"

namespace cairn::engine {

using timeline::Part;

Result<Selected> select(const Plan& plan, const Ask& ask) {
  NodeIndex condition = plan.question->columns[0];
  Selected out;
  out.shards = TRY(each_kept<std::vector<CustomerId>>(
      plan, ask, [&](auto& ids, const Part& part, Block& block, std::vector<uint8_t>& who) {
        block.keep(condition, who);
        for (uint32_t i = 0; i < block.size(); ++i)
          if (who[i]) ids.push_back(part.customer(block.first() + i));
      }));
  return out;
}

namespace {

struct Matrix {
  std::vector<Line> lines;
  std::unique_ptr<Customer> customer;  ///< For the columns that are not evaluated together.
};

void fill(Matrix& out, const Plan& plan, const Look& look, const Part& part, Block& block,
          const std::vector<uint8_t>& who) {
  const std::vector<NodeIndex>& columns = plan.question->columns;
  size_t begin = out.lines.size();
  bool all_fast = true;
  for (uint32_t i = 0; i < block.size(); ++i)
    if (who[i]) out.lines.push_back({part.customer(block.first() + i), std::vector<query::Value>(columns.size())});
  for (size_t column = 0; column < columns.size(); ++column) {
    if (!block.is_fast(columns[column])) {
      all_fast = false;
      continue;
    }
    const std::vector<Cell>& cells = block.cells(columns[column], who);
    size_t line = begin;
    for (uint32_t i = 0; i < block.size(); ++i)
      if (who[i]) out.lines[line++].values[column] = to_value(cells[i], plan.currency);
  }
  if (all_fast) return;
  if (!out.customer) out.customer = std::make_unique<Customer>(plan);
  size_t line = begin;
  for (uint32_t i = 0; i < block.size(); ++i) {
    if (!who[i]) continue;
    out.customer->look(part, block.first() + i, look);
    for (size_t column = 0; column < columns.size(); ++column)
      if (!block.is_fast(columns[column]))
        out.lines[line].values[column] = to_value(out.customer->value(columns[column]), plan.currency);
    ++line;
  }
}

}  // namespace

Result<std::vector<Line>> values(const Plan& plan, const Ask& ask) {
  Look look = look_of(plan, ask.now);
  std::atomic<uint64_t> cells{0};
  auto shards = TRY(
      each_kept<Matrix>(plan, ask, [&](Matrix& out, const Part& part, Block& block, const std::vector<uint8_t>& who) {
        auto lines = static_cast<uint64_t>(
            std::count_if(who.begin(), who.begin() + block.size(), [](uint8_t is_in) { return is_in != 0; }));
        uint64_t more = lines * plan.question->columns.size();
        if (cells.fetch_add(more) + more <= ask.cells_max) fill(out, plan, look, part, block, who);
      }));
  if (cells > ask.cells_max)
    return fail(Code::too_large,
                "the answer would have {} values, and may have {}; ask it of fewer customers, or for less",
                cells.load(), ask.cells_max);
  std::vector<Line> out;
  for (Matrix& matrix : shards) std::move(matrix.lines.begin(), matrix.lines.end(), std::back_inserter(out));
  std::sort(out.begin(), out.end(), [](const Line& a, const Line& b) { return a.customer < b.customer; });
  return out;
}

}  // namespace cairn::engine

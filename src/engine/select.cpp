#include <algorithm>

#include "engine/scan.h"

namespace cairn::engine {

Result<Selected> select(const Plan& plan, const Ask& ask) {
  NodeIndex condition = plan.question->columns[0];
  Selected out;
  out.shards = TRY(each_customer<std::vector<CustomerId>>(plan, ask, [&](auto& ids, Customer& customer) {
    if (customer.holds(condition)) ids.push_back(customer.part().customer(customer.index()));
  }));
  return out;
}

Result<std::vector<Line>> values(const Plan& plan, const Ask& ask) {
  auto shards = TRY(each_customer<std::vector<Line>>(plan, ask, [&](auto& lines, Customer& customer) {
    Line line{customer.part().customer(customer.index()), {}};
    for (NodeIndex column : plan.question->columns)
      line.values.push_back(to_value(customer.value(column), plan.currency));
    lines.push_back(std::move(line));
  }));
  std::vector<Line> out;
  for (auto& lines : shards) std::move(lines.begin(), lines.end(), std::back_inserter(out));
  std::sort(out.begin(), out.end(), [](const Line& a, const Line& b) { return a.customer < b.customer; });
  return out;
}

}  // namespace cairn::engine

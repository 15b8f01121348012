// Why: the value of every part of an expression for one customer, and the events that made it.
#pragma once
#include <string>
#include <vector>

#include "engine/customer.h"

namespace cairn::engine {

struct Reason {
  query::NodeId node = query::kNoNode;
  std::string text;  ///< As a query writes it.
  query::Value value;
  /// Of an aggregate the rows that it is made of (of last, days_since … the one), of a sequence the events of its
  /// chains, of an attribute the event that told it; the latest kMaxEvents. An entity is told by its earliest event.
  std::vector<Seq> events;
  uint64_t event_count = 0;  ///< How many there are, of which `events` has the latest.
};
inline constexpr size_t kMaxEvents = 100;

/// Parents before their children; literals, `where` and windows are left out.
std::vector<Reason> explain(Customer& customer, const timeline::Part& part, uint32_t index, const Look& look);
/// A customer without events is not found.
Result<std::vector<Reason>> explain(const Plan& plan, const timeline::Version& version, CustomerId customer,
                                    const Look& look);

}  // namespace cairn::engine

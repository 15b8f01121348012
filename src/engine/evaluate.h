// One customer: the value, and until when it holds. For segments, earn rules, explain.
#pragma once
#include "engine/customer.h"

namespace cairn::engine {

struct Answer {
  query::Value value;
  /// Rows that sum, avg, min, max and distinct passed over because the value was unknown.
  int64_t skipped = 0;
  /// Before this the value is the same, were no new event to come (one that is there already and lies ahead comes to
  /// be). Absent: for ever. Nearly always the moment at which it does change.
  std::optional<Time> valid_until;
};

/// Evaluates the plan's expression. REQUIRES an expression; a part that is touched for the customer.
Answer evaluate(Customer& customer, const timeline::Part& part, uint32_t index, const Look& look);
/// The value alone: half the time.
query::Value evaluate_value(Customer& customer, const timeline::Part& part, uint32_t index, const Look& look);

/// The same for a customer by id, with everything that it needs. A customer without events is not found.
Result<Answer> evaluate(const Plan& plan, const timeline::Version& version, CustomerId customer, const Look& look);

/// How far one looks for the moment. Little: it may be given too early, never too late; it takes about as long as the
/// value.
enum class Effort { full, little };

/// Until when the value that the customer has at its present look holds. Leaves the customer at another look.
std::optional<Time> valid_until(Customer& customer, NodeIndex node, Effort effort = Effort::full);

}  // namespace cairn::engine

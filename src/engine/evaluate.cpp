#include "engine/evaluate.h"

#include "base/check.h"

namespace cairn::engine {

query::Value evaluate_value(Customer& customer, const timeline::Part& part, uint32_t index, const Look& look) {
  customer.look(part, index, look);
  return to_value(customer.value(customer.plan().root), customer.plan().currency);
}

Answer evaluate(Customer& customer, const timeline::Part& part, uint32_t index, const Look& look) {
  const Plan& plan = customer.plan();
  CHECK(plan.root != kNone, "a question is asked of all customers");
  Answer out;
  out.value = evaluate_value(customer, part, index, look);
  for (auto [node, times] : plan.skips) {
    int at = plan.nodes[static_cast<size_t>(node)].index;
    const Customer::Gathered& rows = customer.gathered(at);
    int64_t skipped = 0;
    customer.reduce(plan.aggregates[static_cast<size_t>(at)], rows.items, rows.span, look.t, &skipped);
    out.skipped += skipped * times;
  }
  out.valid_until = valid_until(customer, plan.root);
  return out;
}

Result<Answer> evaluate(const Plan& plan, const timeline::Version& version, CustomerId customer, const Look& look) {
  auto place = version.find(customer);
  if (!place) return fail(Code::not_found, "Customer {} has no event.", customer.value);
  TRY(place->part->touch({place->customer, place->customer + 1}));
  Customer evaluator(plan);
  return evaluate(evaluator, *place->part, place->customer, look);
}

}  // namespace cairn::engine

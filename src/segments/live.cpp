#include "segments/live.h"

#include <algorithm>

#include "base/check.h"

namespace cairn::segments {
namespace {

using engine::Plan;

/// A copy whose texts stay those of the plan that it was made of.
struct Scan {
  std::shared_ptr<const Plan> of;
  Plan plan;
};

bool moves(const engine::Window& window) {
  return window.word == query::Word::last_for || window.from_moves || window.to_moves;
}

bool moves(const Plan& plan) {
  return std::any_of(plan.nodes.begin(), plan.nodes.end(), [](const engine::Node& n) { return n.moves; }) ||
         std::any_of(plan.aggregates.begin(), plan.aggregates.end(),
                     [](const engine::Aggregate& a) { return moves(a.window); }) ||
         std::any_of(plan.sequences.begin(), plan.sequences.end(),
                     [](const engine::Sequence& s) { return moves(s.window); });
}

}  // namespace

bool is_own_kind(const timeline::Schema& schema, timeline::KindIndex kind) {
  return schema.kinds()[kind].name == kEntered || schema.kinds()[kind].name == kLeft;
}

Result<Live> make_live(int64_t id, std::shared_ptr<const Plan> plan) {
  CHECK(plan->root != engine::kNone, "a segment is a condition");
  if (plan->is_odd)
    return fail_at("query",
                   "a window's end runs at another pace than now(), so nobody can say when somebody leaves; write it "
                   "as now() minus a duration");
  auto scan = std::make_shared<Scan>(Scan{plan, *plan});
  engine::Question question;
  question.word = query::Word::select;
  question.columns = {plan->root};
  scan->plan.question = std::move(question);
  scan->plan.root = engine::kNone;
  Live out;
  out.id = id;
  out.is_moving = moves(*plan);
  out.follows_days = !out.is_moving && plan->follows_days;
  out.follows_hours = !out.is_moving && plan->follows_hours;
  out.scan = std::shared_ptr<const Plan>(scan, &scan->plan);
  out.plan = std::move(plan);
  return out;
}

}  // namespace cairn::segments

#include <algorithm>

#include "query/check_state.h"

namespace cairn::query {
namespace {

bool belongs_in_series(Word word) {
  switch (word) {
    case Word::count:
    case Word::sum:
    case Word::avg:
    case Word::min:
    case Word::max:
    case Word::distinct: return true;
    default: return info(word).group == Group::series;
  }
}

}  // namespace

void Checker::question() {
  const Question q = *out_.query.question();
  switch (q.word) {
    case Word::select:
    case Word::values: select_or_values(q); break;
    case Word::series: series(q); break;
    case Word::funnel: funnel(q); break;
    case Word::retention: retention(q); break;
    case Word::paths: paths(q); break;
    default: out_.dependencies.every_stream = true; break;
  }
  condition(q.condition, {});
  window(q.period);
  if (q.as_of == kNoNode) return;
  MaybeType type = node(q.as_of, {Scope::moment});
  if (type && type->base != BaseType::time) fail(at(q.as_of).span, "as of a time, like 2026-01-01");
}

void Checker::select_or_values(const Question& q) {
  if (q.word == Word::select) return condition(q.columns[0], {});
  for (NodeId column : q.columns) node(column, {});
}

/// What `where` inside a subject or step speaks of. REQUIRES that it was checked.
Scope Checker::row_of(NodeId id) const {
  const std::string& name = at(id).path[0];
  if (const Kind* kind = catalogue_.find_stream(name)) return {Scope::row, kind};
  return {Scope::row, nullptr, catalogue_.find_entity(name)};
}

void Checker::series(const Question& q) {
  NodeId id = q.columns[0];
  const Node& n = at(id);
  node(id, {});
  if (!belongs_in_series(n.word))
    fail(n.span,
         fmt::format("a series has no {}; it has count, sum, avg, min, max, distinct, customers, share, median, "
                     "quantile and nps",
                     info(n.word).name));
  if (n.window != kNoNode) fail(at(n.window).span, "the period of a series stands after its brackets");
  if (n.word == Word::quantile) {
    const double* level = at(n.children[0]).value.get<double>();
    if (!level || *level < 0 || *level > 1)
      fail(at(n.children[0]).span, "a quantile is a plain number from 0 to 1, like 0.9");
  }
  dimensions(q, row_of(id));
}

void Checker::dimensions(const Question& q, const Scope& scope) {
  if (!scope.kind && !scope.entity) return;
  for (const Dimension& d : q.by) {
    if (d.bucket || misspells_bucket(d.value, scope)) continue;
    // A segment may stand alone here: it is the customer's, whichever event is looked at.
    Scope place = at(d.value).kind == NodeKind::segment ? Scope{} : scope;
    MaybeType type = node(d.value, place);
    if (type && type->base == BaseType::list) fail(at(d.value).span, "a list cannot be broken down by");
  }
}

void Checker::funnel(const Question& q) {
  for (NodeId step : q.steps) condition(at(step).where, subject(step, false));
  on(at(q.steps[0]), q.on, q.steps);
  dimensions(q, row_of(q.steps[0]));
}

void Checker::retention(const Question& q) {
  for (NodeId id : q.steps) {
    Scope row = subject(id, true);
    condition(at(id).where, row);
    if (at(id).path.size() > 1 && row.entity && target(id).kind != TargetKind::none && !target(id).step)
      fail(at(id).span, fmt::format("{} is no step of {}; name one, like {}", at(id).path[1], row.entity->name,
                                    row.entity->creation().name));
  }
}

void Checker::paths(const Question& q) {
  condition(at(q.steps[0]).where, subject(q.steps[0], false));
  out_.dependencies.every_stream = true;
}

}  // namespace cairn::query

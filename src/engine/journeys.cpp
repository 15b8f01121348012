// Paths and transitions: events of all kinds in their order.
#include <algorithm>

#include "engine/delays.h"
#include "engine/scan.h"

namespace cairn::engine {
namespace {

using timeline::KindIndex;
using timeline::Order;
using timeline::Part;

struct Event {
  int64_t time = 0;
  KindIndex kind = 0;
  uint32_t row = 0;
};

/// All events of a customer that are seen and lie in the span, in their order.
void events_of(Customer& customer, Span span, std::vector<Event>& out) {
  const Part& part = customer.part();
  const Order& order = part.order();
  uint32_t begin = order.offsets().begin(customer.index()), end = order.offsets().end(customer.index());
  std::vector<std::pair<KindIndex, uint32_t>> rows;  // the next row of each kind that turned up
  int64_t t = customer.at().t.micros;
  out.clear();
  for (uint32_t i = begin; i < end; ++i) {
    Event event{order.occurred_at()[i], order.kinds()[static_cast<size_t>(order.codes()[i])], 0};
    auto at = std::find_if(rows.begin(), rows.end(), [&](auto& r) { return r.first == event.kind; });
    if (at == rows.end())
      at = rows.insert(at, {event.kind, part.stream(event.kind)->offsets().begin(customer.index())});
    event.row = at->second++;
    if (event.time > t || !span.holds(event.time)) continue;
    if (customer.at().as_known && part.stream(event.kind)->known_at(event.row) > t) continue;
    out.push_back(event);
  }
}

struct Walks {
  std::map<std::vector<KindIndex>, int64_t> ways;
  std::vector<Event> events;
  Items anchors;
  std::vector<KindIndex> way;
};

void gather(Walks& w, Customer& customer, Span period) {
  const Question& q = *customer.plan().question;
  const Subject& anchor_of = q.steps.steps[0];
  customer.find(anchor_of, period, w.anchors);
  if (w.anchors.rows.empty()) return;
  events_of(customer, period, w.events);
  const Item& anchor = q.backwards ? w.anchors.rows.back() : w.anchors.rows.front();
  auto kind = static_cast<KindIndex>(anchor_of.index);
  auto at = std::find_if(w.events.begin(), w.events.end(),
                         [&](const Event& e) { return e.kind == kind && e.row == anchor.row; });
  w.way.assign(1, kind);
  auto i = at - w.events.begin();
  auto size = static_cast<std::ptrdiff_t>(w.events.size());
  for (i += q.backwards ? -1 : 1; i >= 0 && i < size; i += q.backwards ? -1 : 1) {
    const Event& e = w.events[static_cast<size_t>(i)];
    int64_t away = q.backwards ? anchor.time - e.time : e.time - anchor.time;
    if (w.way.size() > static_cast<size_t>(q.depth) || (q.steps.within > 0 && away > q.steps.within)) break;
    if (e.kind != w.way.back()) w.way.push_back(e.kind);
  }
  ++w.ways[w.way];
}

Span period_of(const Plan& plan, const Look& look) {
  Customer nobody(plan);
  nobody.look_at_nobody(look);
  return nobody.span_of(plan.question->period, look.t);
}

Result<std::vector<ByKind>> by_customer(const Plan& plan, const Ask& ask, Span period) {
  struct State {
    ByKind found;
    std::vector<Event> events;
  };
  auto states = TRY(each_customer<State>(plan, ask, [&](State& state, Customer& customer) {
    events_of(customer, period, state.events);
    for (size_t i = 1; i < state.events.size(); ++i) {
      int64_t delay = state.events[i].time - state.events[i - 1].time;
      merge(state.found[{state.events[i - 1].kind, state.events[i].kind}], {1, delay, delay, delay});
    }
  }));
  std::vector<ByKind> out;
  for (State& state : states) out.push_back(std::move(state.found));
  return out;
}

Result<std::vector<ByKind>> of_everybody(const Plan& plan, const Ask& ask, const Look& look, Span period) {
  std::vector<ByKind> out(kShards);
  if (look.t.micros < INT64_MAX) period.to = std::min(period.to, look.t.micros + 1);
  TRY(each_shard(ask, [&](size_t number, const timeline::Shard& shard) -> Result<void> {
    // Of each part: neighbours by id are often of several.
    std::map<const Part*, Delays> delays;
    auto done = each_block(plan, ask, look, shard, [&](const Part& part, uint32_t first, uint32_t last) {
      delays.try_emplace(&part, part.order()).first->second.add(first, last, period, out[number]);
    });
    for (auto& [part, found] : delays) found.flush(out[number]);
    return done;
  }));
  return out;
}

}  // namespace

Result<Paths> paths(const Plan& plan, const Ask& ask) {
  Span period = period_of(plan, look_of(plan, ask.now));
  auto shards =
      TRY(each_customer<Walks>(plan, ask, [&](Walks& walks, Customer& customer) { gather(walks, customer, period); }));
  Paths out;
  for (const Walks& walks : shards)
    for (auto& [way, n] : walks.ways) {
      std::vector<std::string> names;
      for (KindIndex kind : way) names.push_back(ask.version.schema().kinds()[kind].stream);
      for (size_t i = 0; i < names.size(); ++i) {
        out.nodes[{i, names[i]}] += n;
        if (i > 0) out.links[{i - 1, names[i - 1], names[i]}] += n;
      }
      out.ways[std::move(names)] += n;
    }
  return out;
}

Result<Transitions> transitions(const Plan& plan, const Ask& ask) {
  Look look = look_of(plan, ask.now);
  Span period = period_of(plan, look);
  bool fast = plan.question->condition == kNone && !look.as_known;
  auto shards = fast ? TRY(of_everybody(plan, ask, look, period)) : TRY(by_customer(plan, ask, period));
  Transitions out;
  for (const ByKind& found : shards)
    for (auto& [kinds, t] : found)
      merge(out[{ask.version.schema().kinds()[kinds.first].stream, ask.version.schema().kinds()[kinds.second].stream}],
            t);
  return out;
}

}  // namespace cairn::engine

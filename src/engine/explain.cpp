#include "engine/explain.h"

#include <algorithm>

#include "engine/aggregate.h"
#include "query/printer.h"

namespace cairn::engine {
namespace {

using query::NodeId;
using query::Word;

class Explainer {
 public:
  explicit Explainer(Customer& customer) : c_(customer), plan_(customer.plan()) {}

  std::vector<Reason> run() {
    add(plan_.checked->query.root());
    return std::move(out_);
  }

 private:
  void add(NodeId id) {
    const query::Query& query = plan_.checked->query;
    const query::Node& n = query.at(id);
    if (n.kind == query::NodeKind::literal) return;
    NodeIndex at = plan_.by_origin[id];
    Reason& reason = out_.emplace_back();
    reason.node = id;
    reason.text = query::print(query, id);
    reason.value = to_value(c_.value(at), plan_.currency);
    events(plan_.nodes[static_cast<size_t>(at)], reason);
    if (n.kind != query::NodeKind::apply) return;
    for (NodeId child : n.children) add(child);
  }

  void events(const Node& n, Reason& reason) {
    std::vector<Seq> all;
    if (n.op == Op::aggregate) all = rows(n.index);
    if (n.op == Op::sequence) all = chains(plan_.sequences[static_cast<size_t>(n.index)]);
    if (n.op == Op::attribute) all = told(plan_.schema->attributes()[static_cast<size_t>(n.index)]);
    reason.event_count = all.size();
    size_t first = all.size() > kMaxEvents ? all.size() - kMaxEvents : 0;
    reason.events.assign(all.begin() + static_cast<std::ptrdiff_t>(first), all.end());
  }

  std::vector<Seq> rows(int index) {
    const Aggregate& a = plan_.aggregates[static_cast<size_t>(index)];
    const Customer::Gathered& g = c_.gathered(index);
    std::vector<Seq> out;
    for (size_t i = 0; i < g.items.rows.size(); ++i)
      if (g.span.holds(g.items.rows[i].time) && counts(a, c_.read(a, *g.items.stream, g.items.rows[i])))
        out.push_back(Seq{g.items.seq(i)});
    bool first = a.word == Word::first || a.word == Word::first_time;
    bool last = a.word == Word::last || a.word == Word::last_time || a.word == Word::days_since;
    if (out.empty() || !(first || last)) return out;
    return {first ? out.front() : out.back()};
  }

  std::vector<Seq> chains(const Sequence& s) {
    std::vector<Seq> out;
    for (const Customer::Occurrence& chain : c_.occurrences(s, c_.span_of(s.window, c_.at().t)))
      for (int64_t seq : chain.seqs) out.push_back(Seq{seq});
    return out;
  }

  /// Of an attribute that one event tells.
  std::vector<Seq> told(const query::Attribute& attribute) {
    using query::AttributeRule;
    if (attribute.rule != AttributeRule::last_known && attribute.rule != AttributeRule::first_at) return {};
    auto kind = plan_.schema->find_stream(attribute.stream);
    if (!kind) return {};
    Subject subject;
    subject.index = *kind;
    Items items;
    c_.find(subject, {}, items);
    if (items.rows.empty()) return {};
    if (attribute.rule == AttributeRule::first_at) return {Seq{items.seq(0)}};
    auto column = plan_.schema->kinds()[*kind].find(attribute.property);
    for (size_t i = items.rows.size(); column && i-- > 0;)
      if (c_.read_column(*items.stream, *column, {}, items.rows[i].row).is_known()) return {Seq{items.seq(i)}};
    return {};
  }

  Customer& c_;
  const Plan& plan_;
  std::vector<Reason> out_;
};

}  // namespace

std::vector<Reason> explain(Customer& customer, const timeline::Part& part, uint32_t index, const Look& look) {
  customer.look(part, index, look);
  return Explainer(customer).run();
}

Result<std::vector<Reason>> explain(const Plan& plan, const timeline::Version& version, CustomerId customer,
                                    const Look& look) {
  auto place = version.find(customer);
  if (!place) return fail(Code::not_found, "Customer {} has no event.", customer.value);
  TRY(place->part->touch({place->customer, place->customer + 1}));
  Customer evaluator(plan);
  return explain(evaluator, *place->part, place->customer, look);
}

}  // namespace cairn::engine

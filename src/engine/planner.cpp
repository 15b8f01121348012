#include <algorithm>
#include <functional>

#include "base/check.h"
#include "base/text.h"
#include "engine/plan.h"
#include "query/printer.h"

namespace cairn::engine {
namespace {

using query::kNoNode;
using query::NodeId;
using query::NodeKind;
using query::Target;
using query::TargetKind;
using query::Word;
using timeline::KindIndex;

/// How deep segments may name each other.
constexpr size_t kMaxSegmentDepth = 16;

class Planner {
 public:
  Planner(Plan& plan, const Setting& setting) : plan_(plan), setting_(setting) {}

  Result<void> run(const query::Checked& checked) {
    checked_ = &checked;
    plan_.by_origin.assign(checked.query.size(), kNone);
    if (checked.query.question()) {
      TRY(question(*checked.query.question()));
    } else {
      plan_.root = TRY(node(checked.query.root(), nullptr));
      plan_.moves = plan_.nodes[plan_.root].moves;
      count_skips(checked.query.root());
    }
    TRY(dependencies(checked));
    return {};
  }

 private:
  /// The subject whose rows names are of; null outside of any `where`.
  using Scope = const Subject*;

  const query::Node& at(NodeId id) const { return checked_->query.at(id); }
  const Target& target(NodeId id) const { return checked_->targets[id]; }
  const timeline::Schema& schema() const { return *plan_.schema; }

  bool reads_row(NodeId id) const {
    bool found = false;
    query::each_node(checked_->query, id, [&](NodeId below) {
      const Target& t = target(below);
      found = found || (at(below).kind == NodeKind::name && t.kind != TargetKind::attribute && t.owner != "event");
    });
    return found;
  }

  Result<NodeIndex> node(NodeId id, Scope scope) {
    // What stands in a `where` and does not look at the row is the customer's: evaluated once.
    if (scope && !reads_row(id)) scope = nullptr;
    bool shared = scope == nullptr;
    std::string key;
    if (shared) {
      // An event at hand does not reach into segments, so there the same text is another thing.
      key = fmt::format("{}{}", segments_.empty() ? "" : "s", query::print(checked_->query, id));
      if (auto it = known_.find(key); it != known_.end()) {
        if (segments_.empty()) plan_.by_origin[id] = it->second;
        return it->second;
      }
    }
    Node made;
    made.base = checked_->types[id].base;
    if (segments_.empty()) made.origin = id;
    auto same = TRY(fill(id, scope, made));
    if (same) {
      if (shared && segments_.empty()) plan_.by_origin[id] = *same;
      return *same;
    }
    for (NodeIndex child : made.children) {
      made.moves = made.moves || plan_.nodes[child].moves;
      made.varies = made.varies || plan_.nodes[child].varies;
      made.is_of_row = made.is_of_row || plan_.nodes[child].is_of_row;
    }
    plan_.nodes.push_back(std::move(made));
    auto index = static_cast<NodeIndex>(plan_.nodes.size() - 1);
    if (shared) {
      known_[key] = index;
      if (segments_.empty()) plan_.by_origin[id] = index;
    }
    return index;
  }

  /// Gives the index of a node that is already made where the query's node comes down to it.
  Result<std::optional<NodeIndex>> fill(NodeId id, Scope scope, Node& out) {
    const query::Node& n = at(id);
    switch (n.kind) {
      case NodeKind::literal: literal(n, out); break;
      case NodeKind::name: TRY(name(id, scope, out)); break;
      case NodeKind::apply: TRY(apply(n, scope, out)); break;
      case NodeKind::aggregate:
        out.op = Op::aggregate;
        out.word = n.word;
        plan_.aggregates.push_back(TRY(aggregate(id)));
        out.index = static_cast<int>(plan_.aggregates.size() - 1);
        out.moves = n.word == Word::days_since;
        out.varies = out.moves || plan_.aggregates.back().window.word != Word::none;
        break;
      case NodeKind::sequence: {
        out.op = Op::sequence;
        out.word = n.word;
        Sequence made = TRY(steps(n.children, n.on));
        made.within = n.within.micros;
        made.window = TRY(window(n.window));
        plan_.sequences.push_back(std::move(made));
        out.index = static_cast<int>(plan_.sequences.size() - 1);
        out.varies = n.window != kNoNode;
        break;
      }
      case NodeKind::segment: return TRY(segment(n.value.as<std::string>()));
      case NodeKind::step:
      case NodeKind::window: CHECK(false, "a step or window is no value");
    }
    return std::nullopt;
  }

  Cell cell(const query::Value& value) {
    if (const bool* truth = value.get<bool>()) return Cell::of(*truth);
    if (const double* number = value.get<double>()) return Cell::of(*number);
    if (const Money* money = value.get<Money>()) return Cell::of(*money);
    if (const Time* time = value.get<Time>()) return Cell::of(*time);
    if (const Duration* duration = value.get<Duration>()) return Cell::of(*duration);
    if (const std::string* text = value.get<std::string>())
      return Cell::of(std::string_view(plan_.texts.emplace_back(*text)));
    return {};
  }

  void literal(const query::Node& n, Node& out) {
    out.literal = n.local ? Cell::of(plan_.calendar.zone.moment({n.value.as<Time>().micros})) : cell(n.value);
  }

  Result<void> name(NodeId id, Scope scope, Node& out) {
    const Target& t = target(id);
    out.item = t.item;
    if (t.kind == TargetKind::attribute) {
      auto index = schema().find_attribute(t.owner, t.name);
      if (!index) return fail(Code::unavailable, "{}.{} is not in the timeline.", t.owner, t.name);
      out.op = Op::attribute;
      out.index = static_cast<int>(*index);
      plan_.attributes.insert(*index);
      return {};
    }
    if (t.owner == "event") return event_name(t, out);
    out.is_of_row = true;
    if (t.kind == TargetKind::occurred_at) {
      out.op = Op::row_time;
      return {};
    }
    out.op = Op::row_value;
    out.index = TRY(column(t, *scope));
    return {};
  }

  Result<void> event_name(const Target& t, Node& out) {
    if (!segments_.empty()) return {};  // no event reaches a segment: unknown
    out.op = t.kind == TargetKind::occurred_at ? Op::event_time : Op::event_value;
    if (t.kind == TargetKind::occurred_at) return {};
    for (size_t i = 0; i < schema().kinds().size(); ++i)
      if (auto column = schema().kinds()[i].find(t.name)) {
        if (schema().kinds()[i].columns[*column].fill != timeline::Fill::ready)
          return fail(Code::unavailable, "event.{} is not in memory yet; it is read from the log first.", t.name);
        const auto kind = static_cast<KindIndex>(i);
        out.by_kind.emplace_back(kind, *column);
        plan_.streams[kind].insert(*column);
      }
    return {};
  }

  /// Which column a property or field is; −1 when there is no row to read it of.
  Result<int> column(const Target& t, const Subject& subject) {
    if (!subject.exists) return -1;
    if (subject.is_entity) {
      const query::Entity& entity = schema().entities()[static_cast<size_t>(subject.index)];
      auto field = static_cast<size_t>(entity.find(t.name) - entity.fields.data());
      plan_.entities[static_cast<size_t>(subject.index)].insert(field);
      return static_cast<int>(field);
    }
    auto kind = static_cast<KindIndex>(subject.index);
    const timeline::KindSchema& schema_kind = schema().kinds()[kind];
    auto index = schema_kind.find(t.name);
    if (!index || schema_kind.columns[*index].fill != timeline::Fill::ready)
      return fail(Code::unavailable, "{}.{} is not in memory yet; it is read from the log first.", schema_kind.stream,
                  t.name);
    plan_.streams[kind].insert(*index);
    return *index;
  }

  Result<void> apply(const query::Node& n, Scope scope, Node& out) {
    out.op = Op::apply;
    out.word = n.word;
    out.moves = out.varies = n.word == Word::now;
    for (NodeId child : n.children) out.children.push_back(TRY(node(child, scope)));
    if (n.word == Word::days_to_anniversary) plan_.follows_days = true;
    if (n.children.empty() && n.word == Word::day_of_week) plan_.follows_days = true;
    if (n.children.empty() && n.word == Word::hour) plan_.follows_hours = true;
    return {};
  }

  Result<Subject> subject(NodeId id) {
    const query::Node& n = at(id);
    const Target& t = target(id);
    Subject out;
    out.is_entity = t.entity;
    if (t.entity) {
      size_t index = schema().find_entity(n.path[0]).value();
      out.index = static_cast<int>(index);
      plan_.entities[index];
      if (t.step) out.step = TRY(column(t, out));
    } else if (auto kind = schema().find_stream(n.path[0])) {
      out.index = *kind;
      plan_.streams[*kind];
    } else {
      out.exists = false;
    }
    if (n.where != kNoNode) out.where = TRY(node(n.where, &out));
    return out;
  }

  Result<Aggregate> aggregate(NodeId id) {
    const query::Node& n = at(id);
    const Target& t = target(id);
    Aggregate out;
    out.word = n.word;
    out.base = t.type.base;
    out.is_integer = t.integer;
    out.item = t.item;
    out.subject = TRY(subject(id));
    if (t.kind == TargetKind::occurred_at) out.reads = Reads::time;
    if (t.kind == TargetKind::property || t.kind == TargetKind::field) {
      out.reads = Reads::column;
      out.column = TRY(column(t, out.subject));
    }
    out.window = TRY(window(n.window));
    if (n.word == Word::share) out.share = TRY(node(n.children[0], &out.subject));
    if (n.word == Word::quantile) out.q = at(n.children[0]).value.as<double>();
    return out;
  }

  Result<Sequence> steps(const std::vector<NodeId>& ids, const std::string& on) {
    Sequence out;
    for (NodeId id : ids) {
      out.steps.push_back(TRY(subject(id)));
      if (on.empty()) continue;
      Target t;
      t.name = on;
      out.on.push_back(TRY(column(t, out.steps.back())));
    }
    return out;
  }

  Result<Window> window(NodeId id) {
    Window out;
    if (id == kNoNode) return out;
    const query::Node& n = at(id);
    out.word = n.word;
    out.span = n.within.micros;
    bool calendar =
        n.word == Word::today || n.word == Word::this_week || n.word == Word::this_month || n.word == Word::this_year;
    plan_.follows_days = plan_.follows_days || calendar;
    if (n.word == Word::since || n.word == Word::between) out.from = TRY(bound(n.children[0], out, out.from_moves));
    if (n.word == Word::before) out.to = TRY(bound(n.children[0], out, out.to_moves));
    if (n.word == Word::between) out.to = TRY(bound(n.children[1], out, out.to_moves));
    return out;
  }

  Result<NodeIndex> bound(NodeId id, Window& window, bool& moves) {
    NodeIndex out = TRY(node(id, nullptr));
    moves = plan_.nodes[out].moves;
    if (moves && !keeps_pace(out)) window.is_odd = plan_.is_odd = true;
    return out;
  }

  /// now() with constant durations added and taken away.
  bool keeps_pace(NodeIndex id) const {
    const Node& n = plan_.nodes[id];
    if (n.op != Op::apply || !n.moves) return false;
    if (n.word == Word::now) return true;
    if (n.word != Word::add && n.word != Word::subtract) return false;
    const Node &a = plan_.nodes[n.children[0]], &b = plan_.nodes[n.children[1]];
    if (a.moves == b.moves) return false;
    if (n.word == Word::subtract && b.moves) return false;
    return keeps_pace(a.moves ? n.children[0] : n.children[1]);
  }

  Result<NodeIndex> segment(const std::string& name) {
    auto it = setting_.segments.find(name);
    if (it == setting_.segments.end()) {
      Node none;
      none.literal = Cell::of(false);
      plan_.nodes.push_back(none);
      return static_cast<NodeIndex>(plan_.nodes.size() - 1);
    }
    bool circle = std::find(segments_.begin(), segments_.end(), name) != segments_.end();
    if (circle || segments_.size() >= kMaxSegmentDepth)
      return fail(Code::invalid, "The segment \"{}\" names itself through others.", name);
    const query::Checked* outer = checked_;
    checked_ = &it->second;
    segments_.push_back(name);
    auto index = node(it->second.query.root(), nullptr);
    auto depends = dependencies(it->second);
    segments_.pop_back();
    checked_ = outer;
    if (!depends) return tl::unexpected(depends.error());
    if (!index || never_unknown(plan_.nodes[*index])) return index;
    // Who is not known to be in a segment is not in it.
    Node known;
    known.op = Op::apply;
    known.word = Word::and_;
    known.base = query::BaseType::boolean;
    known.children = {*index};
    known.moves = plan_.nodes[*index].moves;
    known.varies = plan_.nodes[*index].varies;
    plan_.nodes.push_back(std::move(known));
    return static_cast<NodeIndex>(plan_.nodes.size() - 1);
  }

  static bool never_unknown(const Node& n) {
    if (n.op == Op::aggregate) return n.word == Word::exists;
    bool may_be = n.word == Word::if_ || n.word == Word::least || n.word == Word::greatest;
    return n.op == Op::apply && n.base == query::BaseType::boolean && !may_be;
  }

  void count_skips(NodeId root) {
    query::each_node(checked_->query, root, [&](NodeId id) {
      Word w = at(id).word;
      bool counts = w == Word::sum || w == Word::avg || w == Word::min || w == Word::max || w == Word::distinct;
      if (at(id).kind == NodeKind::aggregate && counts) plan_.skips.emplace_back(plan_.by_origin[id], 1);
    });
  }

  Result<void> question(const query::Question& q) {
    Question out;
    out.word = q.word;
    if (q.word == Word::series) out.aggregate = TRY(aggregate(q.columns[0]));
    else
      for (NodeId id : q.columns) out.columns.push_back(TRY(node(id, nullptr)));
    out.steps = TRY(steps(q.steps, q.on));
    out.steps.within = q.within.micros;
    for (const query::Dimension& d : q.by) {
      Dimension made;
      made.bucket = d.bucket;
      const Subject* rows = q.word == Word::series ? &out.aggregate.subject : nullptr;
      if (!out.steps.steps.empty()) rows = &out.steps.steps[0];
      if (!d.bucket) made.value = TRY(node(d.value, rows));
      out.by.push_back(made);
    }
    out.every = q.every.micros;
    out.backwards = q.backwards;
    out.depth = q.depth;
    if (q.condition != kNoNode) out.condition = TRY(node(q.condition, nullptr));
    out.period = TRY(window(q.period));
    if (q.as_of != kNoNode) out.as_of = TRY(node(q.as_of, nullptr));
    out.as_known = q.as_known;
    plan_.question = std::move(out);
    return {};
  }

  Result<void> dependencies(const query::Checked& checked) {
    plan_.depends_on_every_kind = plan_.depends_on_every_kind || checked.dependencies.every_stream;
    for (const std::string& stream : checked.dependencies.streams)
      if (auto kind = schema().find_stream(stream)) plan_.depends_on.insert(*kind);
    return {};
  }

  Plan& plan_;
  const Setting& setting_;
  const query::Checked* checked_ = nullptr;
  std::map<std::string, NodeIndex> known_;
  std::vector<std::string> segments_;
};

bool reads_order(const Plan& plan) {
  using query::AttributeRule;
  if (plan.question && (plan.question->word == Word::paths || plan.question->word == Word::transitions)) return true;
  return std::any_of(plan.attributes.begin(), plan.attributes.end(), [&](size_t a) {
    AttributeRule rule = plan.schema->attributes()[a].rule;
    return rule == AttributeRule::first_seen || rule == AttributeRule::last_seen;
  });
}

}  // namespace

Result<std::shared_ptr<const Plan>> make_plan(query::Checked checked, std::shared_ptr<const timeline::Schema> schema,
                                              const Setting& setting) {
  auto plan = std::make_shared<Plan>();
  plan->schema = std::move(schema);
  plan->calendar = {plan->schema->reading().zone, plan->schema->reading().first_weekday};
  plan->currency = plan->schema->reading().currency;
  plan->first_seen = plan->schema->find_attribute("customer", "first_seen_at").value();
  plan->checked = std::make_shared<const query::Checked>(std::move(checked));
  TRY(Planner(*plan, setting).run(*plan->checked));
  plan->reads_order = reads_order(*plan);
  return std::shared_ptr<const Plan>(std::move(plan));
}

}  // namespace cairn::engine

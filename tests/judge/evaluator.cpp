#include "judge/evaluator.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>

#include "base/check.h"

namespace cairn::judge {

using query::BaseType;
using query::kNoNode;
using query::NodeId;
using query::NodeKind;
using query::Target;
using query::TargetKind;
using query::Word;

Evaluator::Evaluator(const query::Checked& query, std::span<const Row> rows, const Brand& brand, const Look& look)
    : query_(query), rows_(rows), brand_(brand), look_(look) {
  for (const Row& row : rows)
    if (row.occurred_at <= look.t && (!look.as_known || row.known_at <= look.t)) visible_.push_back(&row);
  std::sort(visible_.begin(), visible_.end(), [](const Row* a, const Row* b) {
    return std::pair(a->occurred_at, a->seq) < std::pair(b->occurred_at, b->seq);
  });
}

bool Evaluator::holds(NodeId id, const Item* item) { return id == kNoNode || is_true(value(id, item)); }

Value Evaluator::value(NodeId id, const Item* item) {
  const Node& n = query_.query.at(id);
  switch (n.kind) {
    case NodeKind::literal: return literal(n);
    case NodeKind::name: return name(id, item);
    case NodeKind::apply: {
      Value out = apply(id, item);
      if (const bool* truth = out.get<bool>()) note(*truth ? 3 : 5);
      return out;
    }
    case NodeKind::aggregate: return aggregate(id);
    case NodeKind::sequence: return sequence(n);
    case NodeKind::segment: return segment(n.value.as<std::string>());
    case NodeKind::step:
    case NodeKind::window: break;
  }
  return {};
}

Value Evaluator::literal(const Node& n) {
  return n.local ? Value(brand_.zone.moment({n.value.as<Time>().micros})) : n.value;
}

Value Evaluator::name(NodeId id, const Item* item) {
  const Target& target = query_.targets[id];
  if (target.kind == TargetKind::attribute)
    return attribute(*brand_.catalogue->find_attribute(target.owner, target.name));
  if (target.owner != "event") return subject(target, *item);
  if (!look_.event) return {};
  if (target.kind == TargetKind::occurred_at) return look_.event->occurred_at;
  return read(*look_.event, target.name, target.item, brand_);
}

Value Evaluator::subject(const Target& target, const Item& item) {
  switch (target.kind) {
    case TargetKind::occurred_at: return item.row->occurred_at;
    case TargetKind::property: return read(*item.row, target.name, target.item, brand_);
    case TargetKind::field: {
      const query::Entity& entity = *brand_.catalogue->find_entity(target.owner);
      return field_of(*item.thing, entity, *entity.find(target.name), brand_, target.item);
    }
    default: return true;
  }
}

Value Evaluator::attribute(const query::Attribute& a) {
  using query::AttributeRule;
  Value last, first_time;
  std::vector<Value> plus, minus;
  for (const Row* row : visible_) {
    if (row->stream == a.stream) {
      Value v = read(*row, a.property, "", brand_);
      if (v.is_known()) last = v;
      if (!first_time.is_known()) first_time = row->occurred_at;
      plus.push_back(v);
    } else if (row->stream == a.minus_stream) {
      minus.push_back(read(*row, a.property, "", brand_));
    }
  }
  Target whole;
  whole.type = {BaseType::number};
  whole.integer = true;
  switch (a.rule) {
    case AttributeRule::last_known: return last;
    case AttributeRule::first_at: return first_time;
    case AttributeRule::balance:
      if (plus.empty() && minus.empty()) return {};
      return arithmetic(Word::subtract, sum_of(plus, whole, brand_), sum_of(minus, whole, brand_));
    case AttributeRule::first_seen: return visible_.empty() ? Value() : Value(visible_.front()->occurred_at);
    case AttributeRule::last_seen: return visible_.empty() ? Value() : Value(visible_.back()->occurred_at);
  }
  return {};
}

Value Evaluator::logic(const Node& n, const Item* item) {
  if (n.word == Word::not_) return !holds(n.children[0], item);
  if (n.word == Word::if_) {
    bool condition = holds(n.children[0], item);
    Value a = value(n.children[1], item), b = value(n.children[2], item);
    return condition ? a : b;
  }
  size_t true_ones = 0;
  for (NodeId child : n.children) true_ones += holds(child, item);
  return n.word == Word::and_ ? true_ones == n.children.size() : true_ones > 0;
}

Value Evaluator::compare(Word word, const Value& a, const Value& b) {
  std::optional<int> order = order_of(a, b);
  note(order ? static_cast<uint64_t>(*order + 2) : 9);
  if (!order) return false;
  switch (word) {
    case Word::equal: return *order == 0;
    case Word::not_equal: return *order != 0;
    case Word::less: return *order < 0;
    case Word::at_most: return *order <= 0;
    case Word::more: return *order > 0;
    default: return *order >= 0;
  }
}

namespace {

bool contains(const Value& a, const Value& b) {
  if (const Value::List* list = a.get<Value::List>())
    return std::any_of(list->begin(), list->end(), [&](const Value& v) { return equal(v, b); });
  const std::string *text = a.get<std::string>(), *part = b.get<std::string>();
  return text && part && text->find(*part) != std::string::npos;
}

/// Whether an undeclared value turned out to be what its place asks for.
bool is_of(const Value& value, BaseType type) {
  switch (type) {
    case BaseType::number: return value.is<double>();
    case BaseType::text: return value.is<std::string>();
    case BaseType::boolean: return value.is<bool>();
    default: return true;
  }
}

Value extreme(const std::vector<Value>& values, int sign) {
  Value best = values.front();
  for (const Value& v : values) {
    std::optional<int> order = order_of(v, best);
    if (!order) return {};
    if (*order * sign > 0) best = v;
  }
  return best.is<bool>() ? Value() : best;
}

}  // namespace

Value Evaluator::apply(NodeId id, const Item* item) {
  const Node& n = query_.query.at(id);
  if (n.word == Word::and_ || n.word == Word::or_ || n.word == Word::not_ || n.word == Word::if_) {
    Value out = logic(n, item);
    return n.word != Word::if_ || is_of(out, query_.types[id].base) ? out : Value();
  }
  std::vector<Value> v;
  for (NodeId child : n.children) v.push_back(value(child, item));
  switch (n.word) {
    case Word::in: {
      bool found = false;
      for (size_t i = 1; i < v.size(); ++i) found = is_true(compare(Word::equal, v[0], v[i])) || found;
      return found;
    }
    case Word::contains: return contains(v[0], v[1]);
    case Word::is_known: return v[0].is_known();
    case Word::is_unknown: return !v[0].is_known();
    case Word::add:
    case Word::subtract:
    case Word::multiply:
    case Word::divide: return arithmetic(n.word, v[0], v[1]);
    case Word::negate: return opposite(v[0]);
    case Word::round:
    case Word::floor:
    case Word::ceil: {
      const double* x = v[0].get<double>();
      if (!x) return {};
      double whole = n.word == Word::round ? std::round(*x) : n.word == Word::floor ? std::floor(*x) : std::ceil(*x);
      note(std::bit_cast<uint64_t>(whole + 0.0));
      return whole;
    }
    case Word::abs: {
      Value other = opposite(v[0]);
      std::optional<int> order = order_of(v[0], other);
      note(order ? static_cast<uint64_t>(*order + 2) : 9);
      return order && *order < 0 ? other : order ? v[0] : Value();
    }
    case Word::least:
    case Word::greatest: {
      for (size_t i = 1; i < v.size(); ++i) compare(Word::less, v[0], v[i]);
      Value out = extreme(v, n.word == Word::least ? -1 : 1);
      return is_of(out, query_.types[id].base) ? out : Value();
    }
    case Word::now: return look_.t;
    case Word::day_of_week:
    case Word::hour:
    case Word::month_of:
    case Word::days_to_anniversary: {
      Value time = v.empty() ? Value(look_.t) : v[0];
      return time.is<Time>() ? calendar(n.word, time.as<Time>()) : Value();
    }
    default: return compare(n.word, v[0], v[1]);
  }
}

namespace {

int64_t days_to_anniversary(Day today, CivilDate born) {
  for (int year = civil_of(today).year;; ++year) {
    CivilDate date{year, born.month, born.day};
    if (!is_valid(date)) date.day = 28;
    if (day_of(date) >= today) return day_of(date).days - today.days;
  }
}

}  // namespace

Value Evaluator::calendar(Word word, Time time) {
  Day day = brand_.zone.day(time);
  int64_t in_day = brand_.zone.local(time).micros - int64_t{day.days} * 86'400'000'000LL;
  int64_t out = 0;
  if (word == Word::day_of_week) out = ((day.days + 3) % 7 + 7) % 7 + 1;
  else if (word == Word::hour) out = in_day / 3'600'000'000LL;
  else if (word == Word::month_of) out = civil_of(day).month;
  else out = days_to_anniversary(brand_.zone.day(look_.t), civil_of(day));
  note(static_cast<uint64_t>(out));
  return static_cast<double>(out);
}

Value Evaluator::segment(const std::string& name) {
  auto it = brand_.segments.find(name);
  if (it == brand_.segments.end()) return false;
  Look look = look_;
  look.event = nullptr;
  Evaluator inner(it->second, rows_, brand_, look);
  bool member = inner.holds(it->second.query.root());
  note(inner.trace());
  return member;
}

const std::vector<Thing>& Evaluator::things(const query::Entity& entity) {
  auto [it, is_new] = things_.try_emplace(std::string(entity.name));
  if (is_new) it->second = fold(entity, visible_, brand_);
  return it->second;
}

Items Evaluator::items(NodeId id) {
  const Node& n = query_.query.at(id);
  const Target& target = query_.targets[id];
  Items out;
  if (!target.entity) {
    for (const Row* row : visible_)
      if (row->stream == n.path[0]) out.push_back({row->occurred_at, row->seq, row});
  } else {
    for (const Thing& thing : things(*brand_.catalogue->find_entity(n.path[0]))) {
      Item item{thing.time, thing.seq, nullptr, &thing};
      Value step = target.step ? subject(target, item) : Value(thing.time);
      if (!step.is_known()) continue;
      item.time = step.as<Time>();
      out.push_back(item);
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const Item& a, const Item& b) { return std::pair(a.time, a.seq) < std::pair(b.time, b.seq); });
  }
  std::erase_if(out, [&](const Item& item) { return !holds(n.where, &item); });
  return out;
}

bool Evaluator::in_window(NodeId id, Time time) {
  if (id == kNoNode) return true;
  const Node& n = query_.query.at(id);
  auto bound = [&](size_t i) { return value(n.children[i]); };
  // A bound that left the years 1 to 9999 is unknown: no time stands in a relation to it.
  auto at_or_after = [&](const Value& v) { return v.is_known() && time >= v.as<Time>(); };
  auto before = [&](const Value& v) { return v.is_known() && time < v.as<Time>(); };
  using query::Bucket;
  switch (n.word) {
    case Word::last_for: {
      __int128 from = static_cast<__int128>(look_.t.micros) - n.within.micros;
      return time.micros > from;
    }
    case Word::since: return at_or_after(bound(0));
    case Word::before: return before(bound(0));
    case Word::between: return at_or_after(bound(0)) && before(bound(1));
    case Word::today: return time >= bucket_start(Bucket::day, look_.t, brand_);
    case Word::this_week: return time >= bucket_start(Bucket::week, look_.t, brand_);
    case Word::this_month: return time >= bucket_start(Bucket::month, look_.t, brand_);
    case Word::this_year: return time >= bucket_start(Bucket::year, look_.t, brand_);
    default: return false;
  }
}

Value Evaluator::aggregate(NodeId id) {
  const Node& n = query_.query.at(id);
  const Target& target = query_.targets[id];
  Items known;
  int64_t unknown = 0;
  for (const Item& item : items(id)) {
    if (!in_window(n.window, item.time)) continue;
    bool is_known = subject(target, item).is_known();
    // A sum adds numbers: an undeclared property that tells something else there is unknown.
    bool numeric = n.word == Word::sum || n.word == Word::avg || n.word == Word::min || n.word == Word::max;
    if (numeric && target.type.base == BaseType::any) is_known = subject(target, item).is<double>();
    if (is_known) known.push_back(item);
    else ++unknown;
  }
  for (const Item& item : known) note(static_cast<uint64_t>(item.seq.value));
  note(77);
  switch (n.word) {
    case Word::count: return static_cast<double>(known.size());
    case Word::exists: return !known.empty();
    case Word::first_time: return known.empty() ? Value() : Value(known.front().time);
    case Word::last_time: return known.empty() ? Value() : Value(known.back().time);
    case Word::first: return known.empty() ? Value() : subject(target, known.front());
    case Word::last: return known.empty() ? Value() : subject(target, known.back());
    case Word::days_since:
      if (known.empty()) return {};
      return static_cast<double>((look_.t - known.back().time).micros) / 86'400'000'000.0;
    default: break;
  }
  skipped_ += unknown;
  return aggregate_values(n, target, known);
}

Value Evaluator::aggregate_values(const Node& n, const Target& target, const Items& items) {
  std::vector<Value> values;
  for (const Item& item : items) values.push_back(subject(target, item));
  switch (n.word) {
    case Word::sum: return sum_of(values, target, brand_);
    case Word::avg: return average_of(values, target, brand_);
    case Word::min: return values.empty() ? Value() : extreme(values, -1);
    case Word::max: return values.empty() ? Value() : extreme(values, 1);
    case Word::distinct: {
      std::set<Value, decltype(&comes_before)> different(values.begin(), values.end(), &comes_before);
      return static_cast<double>(different.size());
    }
    default: break;
  }
  CHECK(false, "{} is no aggregate of one customer", query::info(n.word).name);
  return {};
}

Value Evaluator::sequence(const Node& n) {
  struct Event {
    Item item;
    std::vector<bool> serves;  // which steps
    Value key;
  };
  std::vector<Items> by_step;
  for (NodeId step : n.children) by_step.push_back(items(step));
  std::vector<Event> events;
  for (const Row* row : visible_) {
    Event event{{row->occurred_at, row->seq, row}, {}, n.on.empty() ? Value(true) : read(*row, n.on, "", brand_)};
    for (const Items& matching : by_step)
      event.serves.push_back(std::any_of(matching.begin(), matching.end(), [&](auto& i) { return i.row == row; }));
    bool any = std::count(event.serves.begin(), event.serves.end(), true) > 0;
    if (any && event.key.is_known() && in_window(n.window, row->occurred_at)) events.push_back(event);
  }
  // The end of the chain that begins at `start`, every step by the earliest event that can serve it.
  auto finish = [&](size_t start) -> std::optional<size_t> {
    size_t at = start;
    for (size_t step = 1; step < n.children.size(); ++step) {
      do ++at;
      while (at < events.size() && !(events[at].serves[step] && equal(events[at].key, events[start].key)));
      if (at >= events.size()) return std::nullopt;
    }
    Duration took = events[at].item.time - events[start].item.time;
    return n.within.micros == 0 || took <= n.within ? std::optional(at) : std::nullopt;
  };
  struct Occurrence {
    size_t start, end;
  };
  std::vector<Occurrence> found;
  std::map<std::string, size_t> free_from;  // by key: behind the last event that was used
  for (size_t i = 0; i < events.size(); ++i) {
    size_t& from = free_from[to_text(events[i].key)];
    if (i < from || !events[i].serves[0]) continue;
    if (std::optional<size_t> end = finish(i)) {
      found.push_back({i, *end});
      from = *end + 1;
    }
  }
  for (const Occurrence& o : found) note(o.start * 1000 + o.end);
  if (n.word == Word::sequence) return static_cast<double>(found.size());
  if (found.empty()) return {};
  auto by_end = [](const Occurrence& a, const Occurrence& b) { return a.end < b.end; };
  const Occurrence& first = *std::min_element(found.begin(), found.end(), by_end);
  const Occurrence& last = *std::max_element(found.begin(), found.end(), by_end);
  if (n.word == Word::sequence_first_time) return events[first.end].item.time;
  if (n.word == Word::sequence_last_time) return events[last.end].item.time;
  return events[last.end].item.time - events[last.start].item.time;
}

Answer evaluate(const query::Checked& query, NodeId node, std::span<const Row> rows, const Brand& brand,
                const Look& look) {
  Evaluator evaluator(query, rows, brand, look);
  Value value = evaluator.value(node);
  return {value, evaluator.skipped(), evaluator.trace()};
}

Answer evaluate(const query::Checked& query, std::span<const Row> rows, const Brand& brand, const Look& look) {
  return evaluate(query, query.query.root(), rows, brand, look);
}

}  // namespace cairn::judge

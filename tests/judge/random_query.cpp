#include "judge/random_query.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"
#include "events/kinds.h"

namespace cairn::judge {

using query::Bucket;
using query::kNoNode;
using query::Node;
using query::NodeKind;
using query::PropertyType;
using query::Query;
using query::Question;
using query::Word;

query::Catalogue shop_catalogue() {
  query::Catalogue out = events::declared_kinds();
  out.put("Order Completed", {"tip", PropertyType::text, true, false});
  return out;
}

Vocabulary shop_vocabulary(const query::Catalogue& catalogue) {
  Vocabulary out;
  out.catalogue = &catalogue;
  out.currency = Currency::parse("EUR").value();
  out.streams = {"product_viewed",  "product_added",    "order_completed", "order_paid",      "order_delivered",
                 "order_refunded",  "order_cancelled",  "ticket_opened",   "ticket_replied",  "ticket_solved",
                 "survey_answered", "customer_updated", "points_earned",   "reward_redeemed", "member_enrolled"};
  out.entities = {"orders", "tickets", "carts"};
  out.properties = {"order_id",   "total",    "units",    "channel",   "products", "promised_at", "status",
                    "tip",        "sku",      "category", "price",     "quantity", "cart_id",     "amount",
                    "payment_id", "by",       "reason",   "ticket_id", "severity", "complaint",   "survey",
                    "score",      "asked_at", "country",  "birthday",  "age",      "points",      "tier",
                    "refund_id",  "revenue",  "shipping"};
  out.attributes = {"customer.country", "customer.birthday", "customer.age",
                    "member.points",    "member.tier",       "customer.last_seen_at"};
  out.texts = {"a", "b", "web", "nps", "FR", ""};
  out.from = parse_moment("2026-02-01", Zone()).value();
  out.to = parse_moment("2026-04-01", Zone()).value();
  return out;
}

Query RandomQuery::condition() {
  query_ = Query();
  query_.set_root(truth({}, most_));
  return std::move(query_);
}

Query RandomQuery::expression() {
  query_ = Query();
  query_.set_root(any({}, most_));
  return std::move(query_);
}

RandomQuery::NodeId RandomQuery::any(const Scope& scope, int depth) {
  constexpr BaseType kTypes[] = {BaseType::number,  BaseType::money, BaseType::text,
                                 BaseType::boolean, BaseType::time,  BaseType::duration};
  return of(kTypes[random_.below(std::size(kTypes))], scope, depth);
}

RandomQuery::NodeId RandomQuery::of(BaseType type, const Scope& scope, int depth) {
  switch (type) {
    case BaseType::number: return number(scope, depth);
    case BaseType::money: return money(scope, depth);
    case BaseType::text: return text(scope, depth);
    case BaseType::time: return time(scope, depth);
    case BaseType::duration: return duration(scope, depth);
    default: return truth(scope, depth);
  }
}

Duration RandomQuery::span() {
  constexpr int64_t kUnits[] = {1, 1'000'000, 60'000'000, 3'600'000'000, 86'400'000'000, 86'400'000'000};
  return {kUnits[random_.below(std::size(kUnits))] * random_.between(1, 40)};
}

RandomQuery::NodeId RandomQuery::literal(BaseType type) {
  switch (type) {
    case BaseType::number: {
      constexpr double kOdd[] = {0.1, 2.5, 1e9, 1.0 / 3, 100.0 / 7};
      bool odd = random_.chance(0.2);
      double value = odd ? kOdd[random_.below(std::size(kOdd))] : static_cast<double>(random_.between(-3, 12));
      return query_.literal(value);
    }
    case BaseType::money: return query_.literal(Money{random_.between(-500, 20'000), words_.currency});
    case BaseType::text: return query_.literal(pick(words_.texts));
    case BaseType::duration: return query_.literal(span());
    case BaseType::time: {
      Time time{random_.between(words_.from.micros, words_.to.micros)};
      if (random_.chance(0.5)) return query_.literal(time);
      return query_.local_time({time.micros / 86'400'000'000 * 86'400'000'000});
    }
    default: return query_.literal(random_.chance(0.5));
  }
}

std::vector<RandomQuery::Named> RandomQuery::names(const Scope& scope) const {
  std::vector<Named> out;
  auto used = [&](std::string_view name) {
    return std::find(words_.properties.begin(), words_.properties.end(), name) != words_.properties.end();
  };
  if (const query::Kind* kind = words_.catalogue->find_stream(scope.stream)) {
    out.push_back({{"occurred_at"}, {BaseType::time}});
    for (const query::Property& p : kind->properties) {
      if (!used(p.name) || (p.declared && p.type == PropertyType::object)) continue;
      out.push_back({{p.name}, type_of(p)});
      for (const query::Property& item : p.items)
        if (used(item.name)) out.push_back({{p.name, item.name}, {BaseType::list, type_of(item).base}});
    }
  }
  if (const query::Entity* entity = words_.catalogue->find_entity(scope.entity))
    for (const query::Field& f : entity->fields) out.push_back({{std::string(f.name)}, query::type_of(f.type)});
  return out;
}

std::vector<RandomQuery::Named> RandomQuery::names_of(BaseType type, const Scope& scope) const {
  std::vector<Named> out = names(scope);
  for (const std::string& attribute : words_.attributes) {
    size_t point = attribute.find('.');
    std::string place = attribute.substr(0, point), name = attribute.substr(point + 1);
    out.push_back({{place, name}, query::type_of(words_.catalogue->find_attribute(place, name)->type)});
  }
  if (!words_.event_streams.empty())
    for (Named named : names({words_.event_streams.front(), ""})) {
      named.path.insert(named.path.begin(), "event");
      out.push_back(std::move(named));
    }
  // An undeclared one may stand where a number, a text or a truth does.
  bool open = type == BaseType::number || type == BaseType::text || type == BaseType::boolean;
  std::erase_if(out, [&](const Named& n) { return n.type.base != type && !(open && n.type.base == BaseType::any); });
  return out;
}

RandomQuery::NodeId RandomQuery::name(BaseType type, const Scope& scope, int depth) {
  std::vector<Named> all = names_of(type, scope);
  if (!all.empty() && random_.chance(0.9)) return query_.name(pick(all).path);
  if (!scope.row() && depth > 0) return aggregate(random_.chance(0.5) ? Word::last : Word::first, type, depth - 1);
  return literal(type);
}

RandomQuery::NodeId RandomQuery::choice(BaseType type, const Scope& scope, int depth) {
  switch (random_.below(3)) {
    case 0: {
      NodeId condition = truth(scope, depth - 1);
      NodeId one = of(type, scope, depth - 1), other = of(type, scope, depth - 1);
      return apply(Word::if_, {condition, one, other});
    }
    case 1: {
      if (type == BaseType::boolean) return name(type, scope, depth);
      std::vector<NodeId> items;
      for (uint64_t n = 1 + random_.below(3); n > 0; --n) items.push_back(of(type, scope, depth - 1));
      return apply(random_.chance(0.5) ? Word::least : Word::greatest, items);
    }
    default: return name(type, scope, depth);
  }
}

RandomQuery::NodeId RandomQuery::number(const Scope& scope, int depth) {
  if (depth <= 0) return random_.chance(0.5) ? literal(BaseType::number) : name(BaseType::number, scope, 0);
  auto two = [&](Word word) {
    NodeId a = number(scope, depth - 1), b = number(scope, depth - 1);
    return apply(word, {a, b});
  };
  constexpr Word kWhole[] = {Word::round, Word::floor, Word::ceil, Word::abs, Word::negate};
  constexpr Word kCalendar[] = {Word::hour, Word::day_of_week, Word::month_of, Word::days_to_anniversary};
  switch (random_.below(scope.row() ? 6 : 13)) {
    case 0: return literal(BaseType::number);
    case 1: return choice(BaseType::number, scope, depth);
    case 2: return two(random_.chance(0.5) ? Word::add : Word::subtract);
    case 3: return two(random_.chance(0.5) ? Word::multiply : Word::divide);
    case 4: return apply(kWhole[random_.below(std::size(kWhole))], {number(scope, depth - 1)});
    case 5: {
      size_t which = random_.below(std::size(kCalendar));
      if (which < 2 && random_.chance(0.3)) return apply(kCalendar[which], {});
      return apply(kCalendar[which], {time(scope, depth - 1)});
    }
    case 6:
    case 7: return row_aggregate(random_.chance(0.7) ? Word::count : Word::days_since, depth);
    case 8: {
      constexpr Word kWords[] = {Word::sum, Word::avg, Word::min, Word::max, Word::first, Word::last};
      return aggregate(kWords[random_.below(std::size(kWords))], BaseType::number, depth);
    }
    case 9: return aggregate(Word::distinct, random_.chance(0.5) ? BaseType::text : BaseType::number, depth);
    case 10: return sequence(Word::sequence, depth);
    case 11: {
      NodeId a = money(scope, depth - 1), b = money(scope, depth - 1);
      return apply(Word::divide, {a, b});
    }
    default: {
      NodeId a = duration(scope, depth - 1), b = duration(scope, depth - 1);
      return apply(Word::divide, {a, b});
    }
  }
}

RandomQuery::NodeId RandomQuery::money(const Scope& scope, int depth) {
  if (depth <= 0) return random_.chance(0.5) ? literal(BaseType::money) : name(BaseType::money, scope, 0);
  switch (random_.below(scope.row() ? 4 : 7)) {
    case 0: return literal(BaseType::money);
    case 1: return choice(BaseType::money, scope, depth);
    case 2: {
      NodeId a = money(scope, depth - 1), b = money(scope, depth - 1);
      return apply(random_.chance(0.5) ? Word::add : Word::subtract, {a, b});
    }
    case 3: {
      NodeId a = money(scope, depth - 1), b = number(scope, depth - 1);
      return apply(random_.chance(0.5) ? Word::multiply : Word::divide, {a, b});
    }
    default: {
      constexpr Word kWords[] = {Word::sum, Word::avg, Word::min, Word::max, Word::first, Word::last};
      return aggregate(kWords[random_.below(std::size(kWords))], BaseType::money, depth);
    }
  }
}

RandomQuery::NodeId RandomQuery::text(const Scope& scope, int depth) {
  if (depth <= 0 || random_.chance(0.3)) return literal(BaseType::text);
  if (!scope.row() && random_.chance(0.4))
    return aggregate(random_.chance(0.5) ? Word::last : Word::first, BaseType::text, depth);
  return choice(BaseType::text, scope, depth);
}

RandomQuery::NodeId RandomQuery::time(const Scope& scope, int depth) {
  if (depth <= 0) return random_.chance(0.5) ? literal(BaseType::time) : name(BaseType::time, scope, 0);
  switch (random_.below(scope.row() ? 4 : 7)) {
    case 0: return apply(Word::now, {});
    case 1: return choice(BaseType::time, scope, depth);
    case 2: {
      NodeId a = time(scope, depth - 1), b = duration(scope, depth - 1);
      return apply(random_.chance(0.5) ? Word::add : Word::subtract, {a, b});
    }
    case 3: return literal(BaseType::time);
    case 4: return row_aggregate(random_.chance(0.5) ? Word::first_time : Word::last_time, depth);
    case 5: return aggregate(random_.chance(0.5) ? Word::min : Word::max, BaseType::time, depth);
    default: return sequence(random_.chance(0.5) ? Word::sequence_first_time : Word::sequence_last_time, depth);
  }
}

RandomQuery::NodeId RandomQuery::duration(const Scope& scope, int depth) {
  if (depth <= 0) return literal(BaseType::duration);
  switch (random_.below(scope.row() ? 4 : 5)) {
    case 0: return literal(BaseType::duration);
    case 1:
    case 2: {
      NodeId a = time(scope, depth - 1), b = time(scope, depth - 1);
      return apply(Word::subtract, {a, b});
    }
    case 3: {
      NodeId a = duration(scope, depth - 1), b = number(scope, depth - 1);
      return apply(random_.chance(0.5) ? Word::multiply : Word::divide, {a, b});
    }
    default: return sequence(Word::duration, depth);
  }
}

RandomQuery::NodeId RandomQuery::comparison(const Scope& scope, int depth) {
  constexpr BaseType kTypes[] = {BaseType::number, BaseType::number, BaseType::money,
                                 BaseType::text,   BaseType::time,   BaseType::duration};
  constexpr Word kWords[] = {Word::equal, Word::not_equal, Word::less, Word::at_most, Word::more, Word::at_least};
  BaseType type = kTypes[random_.below(std::size(kTypes))];
  NodeId left = of(type, scope, depth - 1);
  NodeId right = random_.chance(0.6) ? literal(type) : of(type, scope, depth - 1);
  return apply(kWords[random_.below(std::size(kWords))], {left, right});
}

RandomQuery::NodeId RandomQuery::containing(const Scope& scope, int depth) {
  std::vector<Named> lists = names_of(BaseType::list, scope);
  if (lists.empty() || random_.chance(0.3)) {
    NodeId a = text(scope, depth - 1), b = text(scope, 0);
    return apply(Word::contains, {a, b});
  }
  const Named& named = pick(lists);
  BaseType element = named.type.element == BaseType::any ? BaseType::text : named.type.element;
  NodeId list = query_.name(named.path);
  return apply(Word::contains, {list, of(element, scope, 0)});
}

RandomQuery::NodeId RandomQuery::truth(const Scope& scope, int depth) {
  if (depth <= 0) return random_.chance(0.3) ? literal(BaseType::boolean) : name(BaseType::boolean, scope, 0);
  switch (random_.below(scope.row() ? 8 : 11)) {
    case 0:
    case 1: {
      std::vector<NodeId> parts;
      for (uint64_t n = 2 + random_.below(2); n > 0; --n) parts.push_back(truth(scope, depth - 1));
      return apply(random_.chance(0.5) ? Word::and_ : Word::or_, parts);
    }
    case 2: return apply(Word::not_, {truth(scope, depth - 1)});
    case 3: {
      BaseType type = random_.chance(0.5) ? BaseType::text : BaseType::number;
      std::vector<NodeId> parts = {of(type, scope, depth - 1)};
      for (uint64_t n = 1 + random_.below(3); n > 0; --n) parts.push_back(of(type, scope, 0));
      return apply(Word::in, parts);
    }
    case 4: return containing(scope, depth);
    case 5: return apply(random_.chance(0.5) ? Word::is_known : Word::is_unknown, {any(scope, depth - 1)});
    case 8:
    case 9: return row_aggregate(Word::exists, depth);
    case 10:
      if (!words_.segments.empty()) {
        Node node;
        node.kind = NodeKind::segment;
        node.value = pick(words_.segments);
        return query_.add(std::move(node));
      }
      return choice(BaseType::boolean, scope, depth);
    default: return comparison(scope, depth);
  }
}

RandomQuery::Scope RandomQuery::subject() {
  if (words_.entities.empty() || random_.chance(0.6)) return {pick(words_.streams), ""};
  return {"", pick(words_.entities)};
}

/// Over a property of that type; another subject is tried where one has none.
RandomQuery::NodeId RandomQuery::aggregate(Word word, BaseType type, int depth) {
  for (int attempt = 0; attempt < 20; ++attempt) {
    Scope scope = subject();
    std::vector<Named> all = names(scope);
    // The extremes and sums of what is undeclared are numbers.
    bool open = type == BaseType::number || ((word == Word::first || word == Word::last) && type != BaseType::money &&
                                             type != BaseType::time && type != BaseType::duration);
    std::erase_if(all, [&](const Named& n) {
      return n.type.base != type && !(open && n.type.base == BaseType::any && n.path.size() == 1);
    });
    if (all.empty()) continue;
    Node node;
    node.kind = NodeKind::aggregate;
    node.word = word;
    node.path = pick(all).path;
    node.path.insert(node.path.begin(), scope.row() && !scope.stream.empty() ? scope.stream : scope.entity);
    if (depth > 0 && random_.chance(0.6)) node.where = truth(scope, std::min(depth - 1, 2));
    if (random_.chance(0.5)) node.window = window();
    return query_.add(std::move(node));
  }
  return literal(type);
}

RandomQuery::NodeId RandomQuery::row_aggregate(Word word, int depth) {
  Scope scope = subject();
  Node node;
  node.kind = NodeKind::aggregate;
  node.word = word;
  node.path = {scope.stream.empty() ? scope.entity : scope.stream};
  if (std::vector<Named> all = names(scope); !all.empty() && random_.chance(0.3))
    for (const std::string& name : pick(all).path) node.path.push_back(name);
  if (depth > 0 && random_.chance(0.6)) node.where = truth(scope, std::min(depth - 1, 2));
  if (random_.chance(0.6)) node.window = window();
  return query_.add(std::move(node));
}

RandomQuery::NodeId RandomQuery::step(int depth) {
  Node node;
  node.kind = NodeKind::step;
  // Few kinds, so that one follows another.
  node.path = {words_.streams[random_.below(std::min<size_t>(words_.streams.size(), 5))]};
  if (depth > 0 && random_.chance(0.3)) node.where = truth({node.path[0], ""}, 1);
  return query_.add(std::move(node));
}

RandomQuery::NodeId RandomQuery::sequence(Word word, int depth) {
  Node node;
  node.kind = NodeKind::sequence;
  node.word = word;
  bool on = true;
  for (uint64_t n = 2 + random_.below(2); n > 0; --n) {
    node.children.push_back(step(depth));
    on = on && words_.catalogue->find_stream(query_.at(node.children.back()).path[0])->find("order_id");
  }
  if (random_.chance(0.6)) node.within = span();
  if (on && random_.chance(0.6)) node.on = "order_id";
  if (random_.chance(0.3)) node.window = window();
  return query_.add(std::move(node));
}

RandomQuery::NodeId RandomQuery::bound() {
  if (random_.chance(0.4)) return literal(BaseType::time);
  NodeId now = apply(Word::now, {}), back = literal(BaseType::duration);
  return apply(Word::subtract, {now, back});
}

RandomQuery::NodeId RandomQuery::window() {
  constexpr Word kWords[] = {Word::last_for, Word::last_for,  Word::since,      Word::between,  Word::before,
                             Word::today,    Word::this_week, Word::this_month, Word::this_year};
  Node node;
  node.kind = NodeKind::window;
  node.word = kWords[random_.below(std::size(kWords))];
  if (node.word == Word::last_for) node.within = span();
  if (node.word == Word::since || node.word == Word::before) node.children = {bound()};
  if (node.word == Word::between) {
    // Two literals could be the wrong way round, which the checker refuses.
    NodeId from = literal(BaseType::time), now = apply(Word::now, {});
    node.children = {from, apply(Word::subtract, {now, literal(BaseType::duration)})};
  }
  return query_.add(std::move(node));
}

Query RandomQuery::question() {
  constexpr Word kWords[] = {Word::select, Word::values,    Word::series, Word::series,
                             Word::funnel, Word::retention, Word::paths,  Word::transitions};
  query_ = Query();
  Question q;
  q.word = kWords[random_.below(std::size(kWords))];
  switch (q.word) {
    case Word::select: q.columns = {truth({}, most_)}; break;
    case Word::values:
      for (uint64_t n = 1 + random_.below(3); n > 0; --n) q.columns.push_back(any({}, most_ - 1));
      break;
    case Word::series: series(q); break;
    case Word::funnel: funnel(q); break;
    case Word::retention: retention(q); break;
    case Word::paths: paths(q); break;
    default: break;
  }
  if (q.word != Word::select && random_.chance(0.4)) q.condition = truth({}, 2);
  if (q.word != Word::select && q.word != Word::values && random_.chance(0.5)) q.period = window();
  if (random_.chance(0.4)) {
    q.as_of = literal(BaseType::time);
    q.as_known = random_.chance(0.5);
  }
  query_.set_question(std::move(q));
  return std::move(query_);
}

std::vector<query::Dimension> RandomQuery::dimensions(const Scope& scope) {
  std::vector<query::Dimension> out;
  for (uint64_t n = random_.below(3); n > 0; --n) {
    if (random_.chance(0.5)) out.push_back({static_cast<Bucket>(random_.below(6)), kNoNode});
    else out.push_back({std::nullopt, random_.chance(0.5) ? text(scope, 1) : number(scope, 1)});
  }
  return out;
}

void RandomQuery::series(Question& q) {
  constexpr Word kWords[] = {Word::count, Word::sum,       Word::avg,    Word::min,      Word::max, Word::distinct,
                             Word::share, Word::customers, Word::median, Word::quantile, Word::nps, Word::count};
  Word word = kWords[random_.below(std::size(kWords))];
  bool rows = word == Word::count || word == Word::customers || word == Word::share;
  NodeId id = kNoNode;
  do
    id = rows ? row_aggregate(word, 2)
              : aggregate(word, random_.chance(0.5) || word == Word::nps ? BaseType::number : BaseType::money, 2);
  while (query_.at(id).kind != NodeKind::aggregate);
  Node node = query_.at(id);
  node.window = kNoNode;
  Scope scope;
  (words_.catalogue->find_entity(node.path[0]) ? scope.entity : scope.stream) = node.path[0];
  if (word == Word::share) {
    node.path.resize(1);
    node.children = {truth(scope, 2)};
  }
  if (word == Word::quantile) node.children = {query_.literal(static_cast<double>(random_.below(11)) / 10)};
  q.columns = {query_.add(std::move(node))};
  q.by = dimensions(scope);
}

void RandomQuery::funnel(Question& q) {
  bool on = true;
  for (uint64_t n = 2 + random_.below(3); n > 0; --n) {
    q.steps.push_back(step(1));
    on = on && words_.catalogue->find_stream(query_.at(q.steps.back()).path[0])->find("order_id");
  }
  if (random_.chance(0.7)) q.within = span();
  if (on && random_.chance(0.5)) q.on = "order_id";
  q.by = dimensions({query_.at(q.steps[0]).path[0], ""});
}

void RandomQuery::retention(Question& q) {
  q.steps = {step(1), step(1)};
  bool calendar = random_.chance(0.6);
  if (!calendar || random_.chance(0.3)) q.every = days(random_.between(1, 30));
  if (calendar) q.by = {{static_cast<Bucket>(1 + random_.below(5)), kNoNode}};
}

void RandomQuery::paths(Question& q) {
  q.steps = {step(1)};
  q.backwards = random_.chance(0.5);
  q.depth = static_cast<int>(random_.between(1, 6));
  if (random_.chance(0.5)) q.within = span();
}

}  // namespace cairn::judge

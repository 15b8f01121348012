#include <algorithm>

#include "base/text.h"
#include "query/check_state.h"

namespace cairn::query {
namespace {

template <class List>
std::vector<std::string_view> names_in(const List& list) {
  std::vector<std::string_view> out;
  for (const auto& one : list) out.push_back(one.name);
  return out;
}

std::vector<std::string_view> subjects(const Catalogue& catalogue) {
  std::vector<std::string_view> out = names_in(catalogue.entities());
  for (const Kind& kind : catalogue.kinds()) out.push_back(kind.stream);
  return out;
}

std::string joined(const std::vector<std::string>& path) { return fmt::format("{}", fmt::join(path, ".")); }

}  // namespace

Checker::MaybeType Checker::name(NodeId id, const Scope& scope) {
  const Node& n = at(id);
  if (scope.place == Scope::moment) return fail(n.span, "a moment is made of times, durations and now() alone");
  bool scoped = n.path.size() > 1;
  if (scoped && (n.path[0] == "customer" || n.path[0] == "member")) return attribute(id);
  if (scoped && n.path[0] == "event") return event_name(id);
  return scope.place == Scope::row ? row_name(id, scope) : stray_name(id, scope);
}

Checker::MaybeType Checker::row_name(NodeId id, const Scope& scope) {
  const Node& n = at(id);
  const std::string& own = scope.kind ? scope.kind->stream : std::string(scope.entity->name);
  if (n.path.size() > 1 && n.path[0] == own) {
    std::string meant = joined({n.path.begin() + 1, n.path.end()});
    return fail(n.span, fmt::format("inside 'where' a property of {} is named alone. Did you mean '{}'?", own, meant),
                meant);
  }
  if (scope.entity) return field(id, *scope.entity, 0);
  if (n.path.size() == 1 && n.path[0] == "occurred_at") {
    target(id) = {TargetKind::occurred_at, scope.kind->stream, "occurred_at", "", {BaseType::time}};
    return target(id).type;
  }
  return property(id, *scope.kind, 0, TargetKind::property);
}

Checker::MaybeType Checker::property(NodeId id, const Kind& kind, size_t from, TargetKind as) {
  const Node& n = at(id);
  const std::string& name = n.path[from];
  const Property* found = kind.find(name);
  if (!found)
    return fail_name(name_span(n, from), fmt::format("{} has no property '{}'", kind.stream, name), name,
                     names_in(kind.properties));
  Target t{as, kind.stream, name, "", type_of(*found)};
  t.integer = found->declared && found->type == PropertyType::integer;
  if (found->declared && found->type == PropertyType::object)
    return fail(n.span, fmt::format("{}.{} is an object, which cannot be asked for", kind.stream, name));
  if (n.path.size() > from + 2 || (n.path.size() == from + 2 && found->items.empty()))
    return fail(n.span, fmt::format("{}.{} has nothing inside that can be named", kind.stream, name));
  if (n.path.size() == from + 2) {
    const std::string& item = n.path[from + 1];
    auto inner = std::find_if(found->items.begin(), found->items.end(), [&](auto& p) { return p.name == item; });
    if (inner == found->items.end())
      return fail_name(name_span(n, from + 1), fmt::format("what {}.{} lists has no '{}'", kind.stream, name, item),
                       item, names_in(found->items));
    t.item = item;
    t.type = {BaseType::list, type_of(*inner).base};
  }
  if (as == TargetKind::property) {
    depend_on(kind);
    out_.dependencies.properties.emplace(kind.stream, name);
  }
  target(id) = t;
  return t.type;
}

Checker::MaybeType Checker::field(NodeId id, const Entity& entity, size_t from) {
  const Node& n = at(id);
  const std::string& name = n.path[from];
  const Field* found = entity.find(name);
  if (!found)
    return fail_name(name_span(n, from), fmt::format("{} have no '{}'", entity.name, name), name,
                     names_in(entity.fields));
  Target t{TargetKind::field, std::string(entity.name), name, "", type_of(found->type)};
  t.integer = found->type == PropertyType::integer;
  t.entity = true;
  t.step = found->is_step;
  if (n.path.size() > from + 1) {
    const Kind* kind = catalogue_.find_stream(entity.feeds.front().stream);
    const Property* list = kind ? kind->find(found->property) : nullptr;
    const std::string& item = n.path[from + 1];
    if (!list || list->items.empty() || n.path.size() > from + 2)
      return fail(n.span, fmt::format("{}.{} has nothing inside that can be named", entity.name, name));
    auto inner = std::find_if(list->items.begin(), list->items.end(), [&](auto& p) { return p.name == item; });
    if (inner == list->items.end())
      return fail_name(name_span(n, from + 1), fmt::format("what {}.{} lists has no '{}'", entity.name, name, item),
                       item, names_in(list->items));
    t.item = item;
    t.type = {BaseType::list, type_of(*inner).base};
  }
  depend_on(entity);
  out_.dependencies.fields.emplace(entity.name, name);
  target(id) = t;
  return t.type;
}

Checker::MaybeType Checker::attribute(NodeId id) {
  const Node& n = at(id);
  const Attribute* found = catalogue_.find_attribute(n.path[0], n.path[1]);
  if (!found || n.path.size() > 2) {
    std::vector<std::string_view> names;
    for (const Attribute& a : catalogue_.attributes())
      if (a.scope == n.path[0]) names.push_back(a.name);
    std::string name = joined({n.path.begin() + 1, n.path.end()});
    return fail_name(name_span(n, 1), fmt::format("a {} has no '{}'", n.path[0], name), name, names);
  }
  depend_on(*found);
  target(id) = {TargetKind::attribute, n.path[0], n.path[1], "", found->declared ? type_of(found->type) : Type{}};
  target(id).integer = found->type == PropertyType::integer;
  return target(id).type;
}

Checker::MaybeType Checker::event_name(NodeId id) {
  const Node& n = at(id);
  if (!options_.event_streams) return fail(n.span, "there is no event at hand here; ask for last(kind.property)");
  out_.dependencies.event = true;
  if (n.path.size() == 2 && n.path[1] == "occurred_at") {
    target(id) = {TargetKind::occurred_at, "event", "occurred_at", "", {BaseType::time}};
    return target(id).type;
  }
  std::vector<const Kind*> with, all;
  for (const std::string& stream : *options_.event_streams)
    if (const Kind* kind = catalogue_.find_stream(stream)) {
      all.push_back(kind);
      if (kind->find(n.path[1])) with.push_back(kind);
    }
  if (all.empty()) return fail(n.span, "the kind of the event at hand is not known");
  MaybeType type = property(id, with.empty() ? *all.front() : *with.front(), 1, TargetKind::event_property);
  if (!type) return std::nullopt;
  // Kinds that do not agree on the type leave it to each event.
  for (const Kind* kind : with)
    if (n.path.size() == 2 && type_of(*kind->find(n.path[1])) != *type) type = Type{};
  target(id).owner = "event";
  target(id).type = *type;
  return type;
}

bool Checker::is_property(const std::string& name, const Scope& scope) const {
  if (scope.entity) return scope.entity->find(name) != nullptr;
  return name == "occurred_at" || (scope.kind && scope.kind->find(name));
}

bool Checker::lacks_quotes(NodeId id, const Scope& scope) const {
  const Node& n = at(id);
  bool is_here = scope.place == Scope::row && (scope.kind || scope.entity);
  if (!is_here || n.kind != NodeKind::name || n.path.size() != 1 || is_property(n.path[0], scope)) return false;
  return nearest(n.path[0], scope.entity ? names_in(scope.entity->fields) : names_in(scope.kind->properties)).empty();
}

/// `by mnth`: nearer to a span of calendar time than to any property.
bool Checker::misspells_bucket(NodeId id, const Scope& scope) {
  if (!lacks_quotes(id, scope)) return false;
  static const std::vector<std::string_view> kBuckets = {"hour", "day", "week", "month", "quarter", "year"};
  std::string meant(nearest(at(id).path[0], kBuckets));
  if (meant.empty()) return false;
  fail(at(id).span, fmt::format("'{}' is no span of the calendar. Did you mean '{}'?", at(id).path[0], meant), meant);
  return true;
}

Checker::MaybeType Checker::stray_name(NodeId id, const Scope&) {
  const Node& n = at(id);
  const std::string& first = n.path[0];
  std::string all = joined(n.path);
  if (catalogue_.find_entity(first) || catalogue_.find_stream(first)) {
    std::string meant = n.path.size() > 1 ? "last(" + all + ")" : "exists(" + first + ")";
    return fail(n.span, fmt::format("there can be many {}; say what of them. Did you mean '{}'?", first, meant), meant);
  }
  if (n.path.size() == 1)
    for (const char* scope : {"customer", "member", "event"}) {
      if (!catalogue_.find_attribute(scope, first)) continue;
      std::string meant = std::string(scope) + "." + first;
      return fail(n.span, fmt::format("'{}' alone has no meaning here. Did you mean '{}'?", first, meant), meant);
    }
  if (n.path.size() == 1)
    return fail(n.span,
                fmt::format("'{}' has no meaning here; put text in double quotes, or write customer.{}", first, first),
                quoted(first));
  return fail_name(name_span(n, 0), fmt::format("there is no '{}'; names begin with customer, member or event", first),
                   first, {"customer", "member", "event"});
}

Scope Checker::subject(NodeId id, bool entities_too) {
  const Node& n = at(id);
  const std::string& name = n.path[0];
  const Entity* entity = catalogue_.find_entity(name);
  if (const Kind* kind = catalogue_.find_stream(name)) {
    subject_property(id, *kind);
    return {Scope::row, kind};
  }
  if (entity && entities_too) {
    subject_field(id, *entity);
    return {Scope::row, nullptr, entity};
  }
  if (entity) {
    std::string meant(entity->feeds.front().stream);
    fail(name_span(n, 0),
         fmt::format("here stands a kind of event, and {} are made of several. Did you mean '{}'?", name, meant),
         meant);
  } else {
    fail_name(name_span(n, 0), fmt::format("there is no kind of event or entity '{}'", name), name,
              subjects(catalogue_));
  }
  return {Scope::row};
}

void Checker::subject_property(NodeId id, const Kind& kind) {
  const Node& n = at(id);
  depend_on(kind);
  if (n.path.size() == 1) {
    target(id) = {TargetKind::row, kind.stream};
    return;
  }
  if (n.kind == NodeKind::step) {
    fail(n.span, fmt::format("a step is a kind of event without a property: {}", kind.stream), kind.stream);
    return;
  }
  if (n.path.size() == 2 && n.path[1] == "occurred_at")
    target(id) = {TargetKind::occurred_at, kind.stream, "occurred_at", "", {BaseType::time}};
  else property(id, kind, 1, TargetKind::property);
}

void Checker::subject_field(NodeId id, const Entity& entity) {
  depend_on(entity);
  if (at(id).path.size() > 1) {
    field(id, entity, 1);
    return;
  }
  target(id) = {TargetKind::row, std::string(entity.name)};
  target(id).entity = true;
}

void Checker::depend_on(const Entity& entity) {
  out_.dependencies.entities.emplace(entity.name);
  for (const Feed& feed : entity.feeds) out_.dependencies.streams.emplace(feed.stream);
}

void Checker::depend_on(const Attribute& a) {
  out_.dependencies.attributes.emplace(a.scope, a.name);
  if (a.rule == AttributeRule::first_seen || a.rule == AttributeRule::last_seen) out_.dependencies.every_stream = true;
  for (const std::string& stream : {a.stream, a.minus_stream})
    if (!stream.empty()) out_.dependencies.streams.insert(stream);
}

}  // namespace cairn::query

#include "query/checker.h"

#include <algorithm>

#include "base/text.h"
#include "query/check_state.h"
#include "query/limits.h"
#include "query/printer.h"

namespace cairn::query {
namespace {

CheckResult finish(Checker& checker) {
  if (checker.failed()) return tl::unexpected(checker.take_problems());
  return checker.take();
}

bool holds_truth(Type type) { return type.base == BaseType::boolean || type.base == BaseType::any; }

}  // namespace

Type type_of(PropertyType type) {
  switch (type) {
    case PropertyType::text: return {BaseType::text};
    case PropertyType::integer:
    case PropertyType::number: return {BaseType::number};
    case PropertyType::money: return {BaseType::money};
    case PropertyType::boolean: return {BaseType::boolean};
    case PropertyType::time: return {BaseType::time};
    case PropertyType::list: return {BaseType::list};
    case PropertyType::object: break;
  }
  return {BaseType::any};
}

Type type_of(const Property& property) { return property.declared ? type_of(property.type) : Type{}; }

CheckResult check(Query query, const Catalogue& catalogue, const CheckOptions& options) {
  bool question = query.question().has_value();
  Checker checker(std::move(query), catalogue, options);
  if (question) checker.question();
  else checker.expression(false);
  return finish(checker);
}

CheckResult check_condition(Query query, const Catalogue& catalogue, const CheckOptions& options) {
  if (query.question()) return tl::unexpected(Problems{{{}, "a condition is needed here, not a question"}});
  Checker checker(std::move(query), catalogue, options);
  checker.expression(true);
  return finish(checker);
}

Checker::Checker(Query query, const Catalogue& catalogue, const CheckOptions& options)
    : catalogue_(catalogue), options_(options) {
  out_.query = std::move(query);
  out_.types.resize(out_.query.size());
  out_.targets.resize(out_.query.size());
}

void Checker::expression(bool is_condition) {
  if (is_condition) condition(out_.query.root(), {});
  else node(out_.query.root(), {});
}

Problems Checker::take_problems() {
  std::stable_sort(problems_.begin(), problems_.end(),
                   [](const Problem& a, const Problem& b) { return a.span.offset < b.span.offset; });
  if (problems_.size() > kMaxProblems) problems_.resize(kMaxProblems);
  return std::move(problems_);
}

Checker::MaybeType Checker::node(NodeId id, const Scope& scope) {
  MaybeType type;
  const Node& n = at(id);
  switch (n.kind) {
    case NodeKind::literal: type = literal(n); break;
    case NodeKind::name: type = name(id, scope); break;
    case NodeKind::apply: type = apply(id, scope); break;
    case NodeKind::aggregate: type = aggregate(id, scope); break;
    case NodeKind::sequence: type = sequence(id, scope); break;
    case NodeKind::segment: type = segment(id, scope); break;
    case NodeKind::step:
    case NodeKind::window: break;
  }
  if (type) out_.types[id] = *type;
  return type;
}

Checker::MaybeType Checker::literal(const Node& n) {
  if (n.value.is<bool>()) return Type{BaseType::boolean};
  if (n.value.is<double>()) return Type{BaseType::number};
  if (n.value.is<std::string>()) return Type{BaseType::text};
  if (n.value.is<Time>()) return Type{BaseType::time};
  if (n.value.is<Duration>()) return Type{BaseType::duration};
  const Money* money = n.value.get<Money>();
  if (!money) return Type{};
  if (options_.currency.is_set() && money->currency != options_.currency)
    return fail(n.span,
                fmt::format("amounts are in {} here, not in {}", options_.currency.code(), money->currency.code()));
  return Type{BaseType::money};
}

Checker::MaybeType Checker::segment(NodeId id, const Scope& scope) {
  const Node& n = at(id);
  const std::string& name = n.value.as<std::string>();
  if (scope.place != Scope::customer)
    return fail(n.span, scope.place == Scope::row ? "a segment is about the customer; put it outside of 'where'"
                                                  : "a moment is made of times, durations and now() alone");
  if (options_.segments &&
      std::find(options_.segments->begin(), options_.segments->end(), name) == options_.segments->end())
    return fail_name(n.span, fmt::format("there is no segment {}", quoted(name)), name,
                     {options_.segments->begin(), options_.segments->end()});
  out_.dependencies.segments.insert(name);
  return Type{BaseType::boolean};
}

void Checker::condition(NodeId id, const Scope& scope) {
  // Of a subject that does not exist nothing more is said.
  bool nowhere = scope.place == Scope::row && !scope.kind && !scope.entity;
  if (id == kNoNode || nowhere) return;
  MaybeType type = node(id, scope);
  if (type && !holds_truth(*type))
    fail(at(id).span,
         fmt::format("a condition is true or false; this is a {}. Compare it with something", to_text(*type)));
}

Checker::MaybeType Checker::apply(NodeId id, const Scope& scope) {
  const Node& n = at(id);
  const WordInfo& word = info(n.word);
  std::vector<Argument> arguments;
  bool whole = true;
  bool compares = n.word == Word::equal || n.word == Word::not_equal || n.word == Word::in || n.word == Word::contains;
  for (NodeId child : n.children) {
    if (compares && child != n.children[0] && lacks_quotes(child, scope)) {
      std::string text = quoted(at(child).path[0]);
      fail(at(child).span, fmt::format("text stands in double quotes. Did you mean '{}'?", text), text);
      whole = false;
      continue;
    }
    MaybeType type = node(child, scope);
    if (type) arguments.push_back({*type});
    else whole = false;
  }
  Arity takes = arity(n.word);
  if (n.children.size() < takes.least || n.children.size() > takes.most)
    return fail(n.span, fmt::format("{} takes {}: {}", word.name,
                                    takes.least == takes.most ? fmt::format("{}", takes.least)
                                    : takes.most == SIZE_MAX  ? fmt::format("{} or more", takes.least)
                                                              : fmt::format("{} to {}", takes.least, takes.most),
                                    word.form));
  if (!whole) return std::nullopt;
  note_moment(n);
  if (scope.place == Scope::moment && n.word != Word::now && n.word != Word::add && n.word != Word::subtract)
    return fail(n.span, "a moment is made of times, durations and now() alone");
  if (auto type = result_of(n.word, arguments)) return type;
  return mismatch(id, arguments);
}

bool Checker::mend_literal(NodeId id, NodeId other_id, BaseType mine, BaseType theirs) {
  const Node& other = at(other_id);
  if (other.kind != NodeKind::literal) return false;
  auto meant = [&](std::string_view what, std::string text) {
    fail(other.span, fmt::format("{}. Did you mean '{}'?", what, text), text);
    return true;
  };
  if (mine == BaseType::money && theirs == BaseType::number && options_.currency.is_set())
    return meant("an amount has a currency", fmt::format("{} {}", to_text(other.value), options_.currency.code()));
  if (mine == BaseType::duration && theirs == BaseType::number)
    return meant("a duration has a unit", fmt::format("{} days", to_text(other.value)));
  bool counts_days = at(id).kind == NodeKind::aggregate && at(id).word == Word::days_since;
  if (counts_days && theirs == BaseType::duration)
    return meant("days_since is a number, of days", fmt::format("{}", other.value.as<Duration>().seconds() / 86'400));
  if (theirs != BaseType::text) return false;
  const std::string& text = other.value.as<std::string>();
  if (mine == BaseType::time) {
    fail(other.span, "a time is written without quotes: 2026-01-01 or 2026-01-01T10:00:00Z", text);
    return true;
  }
  if (mine == BaseType::boolean && (text == "true" || text == "false"))
    return meant("true and false are written without quotes", text);
  bool is_number = !text.empty() && text.find_first_not_of("0123456789.") == text.npos;
  if (mine == BaseType::number && is_number) return meant("a number is written without quotes", text);
  if (mine == BaseType::money && is_number && options_.currency.is_set())
    return meant("an amount is written without quotes", fmt::format("{} {}", text, options_.currency.code()));
  return false;
}

Checker::MaybeType Checker::mismatch(NodeId id, const std::vector<Argument>& arguments) {
  const Node& n = at(id);
  const WordInfo& word = info(n.word);
  bool two = arguments.size() == 2 && word.group == Group::operation;
  for (size_t i = 0; two && i < 2; ++i)
    if (mend_literal(n.children[i], n.children[1 - i], arguments[i].type.base, arguments[1 - i].type.base))
      return std::nullopt;
  std::vector<std::string> types;
  for (const Argument& argument : arguments) types.push_back(to_text(argument.type));
  return fail(n.span, fmt::format("'{}' cannot take {}; it takes {}", word.name, fmt::join(types, " and "),
                                  split(word.signature, '|').size() > 1 || n.children.size() < 2
                                      ? accepted(n.word, 0)
                                      : fmt::format("two of the same type: {}", accepted(n.word, 0))));
}

void Checker::note_moment(const Node& n) {
  bool of_moment = (n.word == Word::hour || n.word == Word::day_of_week) && n.children.empty();
  bool calendar = n.word == Word::hour || n.word == Word::day_of_week || n.word == Word::month_of;
  if (n.word == Word::now) out_.depends_on_moment = true;
  if (of_moment || n.word == Word::days_to_anniversary) out_.depends_on_moment = out_.depends_on_calendar = true;
  if (calendar && !n.children.empty() && reads_moment(n.children[0])) out_.depends_on_calendar = true;
}

bool Checker::reads_moment(NodeId id) const {
  bool found = false;
  each_node(out_.query, id, [&](NodeId x) { found = found || at(x).word == Word::now; });
  return found;
}

void Checker::window(NodeId id) {
  if (id == kNoNode) return;
  const Node& n = at(id);
  switch (n.word) {
    case Word::last_for: out_.depends_on_moment = true; break;
    case Word::today:
    case Word::this_week:
    case Word::this_month:
    case Word::this_year: out_.depends_on_moment = out_.depends_on_calendar = true; break;
    default: break;
  }
  for (NodeId bound : n.children) {
    MaybeType type = node(bound, {Scope::moment});
    if (type && type->base != BaseType::time)
      fail(at(bound).span,
           fmt::format("a window ends at a time, like 2026-01-01 or now() - 30 days; this is a {}", to_text(*type)));
  }
  if (n.word == Word::between) reversed(n);
}

void Checker::reversed(const Node& n) {
  const Node& from = at(n.children[0]);
  const Node& to = at(n.children[1]);
  const Time* a = from.value.get<Time>();
  const Time* b = to.value.get<Time>();
  if (a && b && from.local == to.local && *b <= *a) fail(n.span, "this window ends before it begins");
}

Checker::MaybeType Checker::aggregate(NodeId id, const Scope& scope) {
  const Node& n = at(id);
  if (scope.place != Scope::customer)
    return fail(n.span,
                scope.place == Scope::row
                    ? fmt::format("inside 'where' one event is looked at; {}(…) is about many and cannot stand here",
                                  info(n.word).name)
                    : "a moment is made of times, durations and now() alone");
  Scope row = subject(id, true);
  bool known = row.kind || row.entity;
  std::vector<Argument> arguments = {{target(id).type, target(id).kind == TargetKind::row}};
  if (known) {
    condition(n.where, row);
    for (NodeId child : n.children) {
      MaybeType type = node(child, row);
      if (!type) known = false;
      else arguments.push_back({*type});
    }
  }
  window(n.window);
  if (n.word == Word::days_since) out_.depends_on_moment = true;
  if (!known || target(id).kind == TargetKind::none) return std::nullopt;
  if (auto type = result_of(n.word, arguments)) return type;
  const WordInfo& word = info(n.word);
  if (arguments[0].row)
    return fail(n.span, fmt::format("{} needs a property: {}({}.…)", word.name, word.name, n.path[0]));
  size_t wrong = n.children.empty() || result_of(n.word, {arguments.data(), 1}) ? 0 : 1;
  return fail(n.span, fmt::format("{} takes {}; {} is {}", word.name, accepted(n.word, wrong),
                                  wrong ? print(out_.query, n.children[0]) : fmt::format("{}", fmt::join(n.path, ".")),
                                  to_text(arguments[wrong].type)));
}

Checker::MaybeType Checker::sequence(NodeId id, const Scope& scope) {
  const Node& n = at(id);
  if (scope.place != Scope::customer) return fail(n.span, "a sequence is about many events and cannot stand here");
  for (NodeId step : n.children) condition(at(step).where, subject(step, false));
  on(n, n.on, n.children);
  window(n.window);
  return result_of(n.word, {});
}

void Checker::on(const Node& node, const std::string& on, const std::vector<NodeId>& steps) {
  if (on.empty()) return;
  for (NodeId step : steps) {
    const Kind* kind = catalogue_.find_stream(at(step).path[0]);
    if (!kind) continue;
    const Property* property = kind->find(on);
    if (!property) {
      fail(node.span, fmt::format("{} has no property '{}' to follow", kind->stream, on));
    } else if (property->type == PropertyType::list || property->type == PropertyType::object) {
      fail(node.span, fmt::format("{}.{} is no single value to follow", kind->stream, on));
    } else {
      out_.dependencies.properties.emplace(kind->stream, on);
    }
  }
}

std::nullopt_t Checker::fail(Span span, std::string message, std::string suggestion) {
  problems_.push_back({span, std::move(message), std::move(suggestion)});
  return std::nullopt;
}

std::nullopt_t Checker::fail_name(Span span, std::string what, std::string_view name,
                                  const std::vector<std::string_view>& names) {
  std::string meant(nearest(name, names));
  if (!meant.empty()) what += fmt::format(". Did you mean '{}'?", meant);
  return fail(span, std::move(what), meant.empty() ? "" : name_text(meant));
}

}  // namespace cairn::query

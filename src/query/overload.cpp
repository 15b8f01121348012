#include "query/overload.h"

#include <algorithm>

#include "json/describe.h"

namespace cairn::query {
namespace {

constexpr Type kAny{};

bool may_be(BaseType undeclared) {
  return undeclared == BaseType::number || undeclared == BaseType::text || undeclared == BaseType::boolean;
}

bool is_in_class(std::string_view parameter, BaseType base) {
  switch (base) {
    case BaseType::any: return true;
    case BaseType::list: return false;
    case BaseType::boolean: return parameter == "S";
    case BaseType::text:
    case BaseType::time: return parameter != "Q";
    default: return true;
  }
}

/// What one overload's type variables stand for while its arguments are matched.
struct Binding {
  std::optional<Type> variable;
  Type element;

  bool unify(Type type) {
    if (!variable || variable->base == BaseType::any) {
      bool fits = !variable || type.base == BaseType::any || may_be(type.base);
      if (fits) variable = type;
      return fits;
    }
    return type == *variable || (type.base == BaseType::any && may_be(variable->base));
  }

  bool fits(std::string_view parameter, const Argument& argument) {
    if (parameter == "row" || argument.row) return parameter == "row" && argument.row;
    if (parameter == "any") return true;
    Type type = argument.type;
    if (parameter == "S" || parameter == "O" || parameter == "Q")
      return is_in_class(parameter, type.base) && unify(type);
    if (parameter == "element") return type == element || type == kAny || (element == kAny && may_be(type.base));
    BaseType wanted = *json::enum_from<BaseType>(parameter);
    if (wanted == BaseType::list) element = Type{type.element};
    return type.base == wanted || (type.base == BaseType::any && may_be(wanted));
  }
};

std::optional<Type> match(const Overload& overload, std::span<const Argument> arguments) {
  Binding binding;
  size_t p = 0;
  for (const Argument& argument : arguments) {
    if (p == overload.parameters.size()) return std::nullopt;
    if (!binding.fits(overload.parameters[p].type, argument)) return std::nullopt;
    if (!overload.parameters[p].repeated) ++p;
  }
  // What is left may be left out; of a repeated parameter one was enough, or the one before it was the first.
  for (; p < overload.parameters.size(); ++p)
    if (!overload.parameters[p].optional && !overload.parameters[p].repeated) return std::nullopt;
  if (overload.result == "any") return arguments.empty() ? kAny : arguments.front().type;
  if (overload.result == "S" || overload.result == "O") return binding.variable.value_or(kAny);
  // An undeclared quantity can only be a number.
  if (overload.result == "Q")
    return binding.variable.value_or(kAny) == kAny ? Type{BaseType::number} : *binding.variable;
  return Type{*json::enum_from<BaseType>(overload.result)};
}

std::string_view words_for(std::string_view parameter) {
  if (parameter == "S") return "a single value";
  if (parameter == "O") return "number, money, text, time or duration";
  if (parameter == "Q") return "number, money or duration";
  if (parameter == "row") return "a kind alone";
  if (parameter == "element") return "what the list holds";
  return parameter;
}

}  // namespace

std::optional<Type> result_of(Word word, std::span<const Argument> arguments) {
  for (const Overload& overload : overloads(word))
    if (auto result = match(overload, arguments)) return result;
  return std::nullopt;
}

std::string accepted(Word word, size_t index) {
  std::vector<std::string_view> seen;
  for (const Overload& overload : overloads(word)) {
    if (overload.parameters.empty()) continue;
    std::string_view name = words_for(overload.parameters[std::min(index, overload.parameters.size() - 1)].type);
    if (std::find(seen.begin(), seen.end(), name) == seen.end()) seen.push_back(name);
  }
  return fmt::format("{}", fmt::join(seen, " or "));
}

Arity arity(Word word) {
  Arity out{SIZE_MAX, 0};
  for (const Overload& overload : overloads(word)) {
    size_t least = 0, most = 0;
    for (const auto& p : overload.parameters) {
      if (!p.optional && !p.repeated) ++least;
      if (p.repeated) most = SIZE_MAX;
      else if (most != SIZE_MAX) ++most;
    }
    out.least = std::min(out.least, least);
    out.most = std::max(out.most, most);
  }
  return out;
}

}  // namespace cairn::query

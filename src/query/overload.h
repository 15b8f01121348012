// Which overload of a word takes given types. Inside this folder only.
#pragma once
#include <optional>
#include <span>
#include <string>

#include "query/words.h"

namespace cairn::query {

/// The type of an argument; `row` is an event or entity without a property.
struct Argument {
  Type type;
  bool row = false;
};
/// The type of the result, or nothing when no overload takes these. An undeclared value stands for a number, a text or
/// a boolean, whichever is asked for.
std::optional<Type> result_of(Word word, std::span<const Argument> arguments);
/// `number or money`: what the parameter at `index` may be, for messages.
std::string accepted(Word word, size_t index);
/// How many arguments the word takes; most is SIZE_MAX when there is no limit.
struct Arity {
  size_t least = 0;
  size_t most = 0;
};
Arity arity(Word word);

}  // namespace cairn::query

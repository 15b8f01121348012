// Text to a syntax tree: an expression or a question, as docs/reference/query.md describes. Says where a text is wrong
// and what to write instead. No text crashes it or takes it long: sizes are limited by limits.h.
#pragma once
#include <string_view>

#include "base/result.h"
#include "query/expression.h"
#include "query/problem.h"

namespace cairn::query {

using Parsed = tl::expected<Query, Problems>;

/// Either. The first thing that is wrong is the one reported.
Parsed parse(std::string_view text);
/// An expression alone: the stored form of a segment or a condition.
Parsed parse_expression(std::string_view text);

}  // namespace cairn::query

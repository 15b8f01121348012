// What is wrong with a text, and where.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "query/expression.h"

namespace cairn::query {

/// One thing that is wrong. `suggestion` is what to write in the place of the span, empty when there is none.
struct Problem {
  Span span;
  std::string message;  ///< `order_completed has no property 'totl'. Did you mean 'total'?`
  std::string suggestion;
};
using Problems = std::vector<Problem>;

/// Columns and lines count from 1; columns count characters, not bytes.
struct Place {
  size_t line = 1;
  size_t column = 1;
};
Place place_of(std::string_view text, size_t offset);

/// `col 14: order_completed has no property 'totl'. Did you mean 'total'?`; with the line when the text has several.
std::string describe(const Problem& problem, std::string_view text);
/// All of them in one error, a line each. REQUIRES at least one.
Error to_error(const Problems& problems, std::string_view text);

}  // namespace cairn::query

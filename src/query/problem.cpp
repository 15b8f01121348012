#include "query/problem.h"

#include <algorithm>

#include "base/text.h"

namespace cairn::query {

Place place_of(std::string_view text, size_t offset) {
  std::string_view before = text.substr(0, std::min(offset, text.size()));
  Place out;
  out.line = 1 + static_cast<size_t>(std::count(before.begin(), before.end(), '\n'));
  size_t start = before.rfind('\n');
  out.column = 1 + length(start == before.npos ? before : before.substr(start + 1));
  return out;
}

std::string describe(const Problem& problem, std::string_view text) {
  Place place = place_of(text, problem.span.offset);
  if (text.find('\n') == text.npos) return fmt::format("col {}: {}", place.column, problem.message);
  return fmt::format("line {}, col {}: {}", place.line, place.column, problem.message);
}

Error to_error(const Problems& problems, std::string_view text) {
  std::string message;
  for (const Problem& problem : problems) {
    if (!message.empty()) message += '\n';
    message += describe(problem, text);
  }
  return {Code::invalid, std::move(message)};
}

}  // namespace cairn::query

#include "events/wording.h"

#include <algorithm>

#include "base/text.h"
#include "events/kinds.h"

namespace cairn::events {

bool says_nothing(std::string_view text) {
  if (text.empty()) return true;
  if (text.size() > 9) return false;
  std::string lower = to_lower(text);
  return lower == "null" || lower == "none" || lower == "nan" || lower == "undefined" || lower == "\\n";
}

std::string kind_of(std::string_view text) {
  std::string_view now = current_name(text);
  const query::Catalogue& declared = declared_kinds();
  if (declared.find(now)) return std::string(now);
  const query::Kind* kind = declared.find_stream(to_snake(now));
  return kind ? kind->name : std::string(now);
}

Result<Time> parse_when(std::string_view text, const Zone& zone) {
  bool digits = text.size() >= 10 && text.find_first_not_of("0123456789") == text.npos;
  if (!digits) return parse_moment(text, zone);
  if (text.size() != 10 && text.size() != 13 && text.size() != 16)
    return fail(Code::invalid, "'{}' is no time; counts since 1970 have 10, 13 or 16 digits", excerpt(text, 40));
  int64_t count = 0;
  for (char c : text) count = count * 10 + (c - '0');
  return Time{count * (text.size() == 10 ? 1'000'000 : text.size() == 13 ? 1'000 : 1)};
}

bool is_id_name(std::string_view name) {
  static constexpr std::string_view kEnds[] = {"id",    "Id",  "ID",      "sku",    "code",     "zip",
                                               "phone", "ean", "barcode", "number", "reference"};
  return name.find("postal") != name.npos ||
         std::any_of(std::begin(kEnds), std::end(kEnds), [&](std::string_view end) { return name.ends_with(end); });
}

}  // namespace cairn::events

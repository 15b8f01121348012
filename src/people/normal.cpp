#include "people/normal.h"

#include "base/text.h"
#include "people/phone.h"

namespace cairn::people {

std::optional<std::string> normal_email(std::string_view text) {
  constexpr std::string_view kScheme = "mailto:";
  std::string out = to_lower(trim(text));
  if (out.starts_with(kScheme)) out.erase(0, kScheme.size());
  while (out.ends_with('.')) out.pop_back();
  size_t at = out.find('@');
  bool is_one = at != out.npos && at > 0 && at + 1 < out.size() && out.find('@', at + 1) == out.npos;
  if (!is_one || out.find_first_of(" \t<>,;") != out.npos) return std::nullopt;
  return out;
}

std::optional<std::string> normal(std::string_view kind, std::string_view value, std::string_view region) {
  if (kind == "email") return normal_email(value);
  if (kind == "phone") return to_e164(value, region);
  std::string out(trim(value));
  if (out.empty()) return std::nullopt;
  return out;
}

}  // namespace cairn::people

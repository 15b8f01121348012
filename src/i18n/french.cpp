#include "i18n/french.h"

namespace cairn::i18n {
namespace {

/// What a space before `next` becomes; empty when it stays.
std::string_view space_before(std::string_view next) {
  if (next.empty()) return {};
  if (next[0] == ';' || next[0] == '!' || next[0] == '?' || next[0] == '%') return kNarrowNoBreakSpace;
  if (next[0] == ':' || next.starts_with("»") || next.starts_with("€")) return kNoBreakSpace;
  return {};
}

}  // namespace

std::string french_spaces(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    std::string_view space;
    if (text[i] == ' ') {
      space = space_before(text.substr(i + 1));
      if (space.empty() && out.ends_with("«")) space = kNoBreakSpace;
    }
    if (space.empty()) out += text[i];
    else out += space;
  }
  return out;
}

}  // namespace cairn::i18n

#include "i18n/language.h"

#include <charconv>
#include <optional>

#include "base/text.h"

namespace cairn::i18n {
namespace {

std::optional<Language> find_language(std::string_view tag) {
  std::string primary = to_lower(tag.substr(0, tag.find_first_of("-_")));
  if (primary == "en") return Language::en;
  if (primary == "fr") return Language::fr;
  return std::nullopt;
}

/// The q of `fr;q=0.8`; 1 without one, 0 when it cannot be read.
double quality(std::string_view parameters) {
  for (std::string_view part : split(parameters, ';')) {
    part = trim(part);
    if (!part.starts_with("q=") && !part.starts_with("Q=")) continue;
    part.remove_prefix(2);
    double q = 0;
    auto [end, code] = std::from_chars(part.data(), part.data() + part.size(), q);
    return code == std::errc() && end == part.data() + part.size() && q <= 1 ? q : 0;
  }
  return 1;
}

}  // namespace

Result<Language> parse_language(std::string_view text) {
  if (auto language = find_language(trim(text))) return *language;
  return fail(Code::invalid, "'{}' is not a language of Cairn; use en or fr", to_utf8(text.substr(0, 20)));
}

Language from_accept_language(std::string_view header, Language fallback) {
  Language best = fallback;
  double best_quality = 0;
  for (std::string_view part : split(header, ',')) {
    size_t semicolon = part.find(';');
    auto language = find_language(trim(part.substr(0, semicolon)));
    double q = semicolon == part.npos ? 1 : quality(part.substr(semicolon + 1));
    if (!language || q <= best_quality) continue;
    best = *language;
    best_quality = q;
  }
  return best;
}

}  // namespace cairn::i18n

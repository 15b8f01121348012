// French typography.
#pragma once
#include <string>
#include <string_view>

namespace cairn::i18n {

inline constexpr std::string_view kNoBreakSpace = "\xC2\xA0";            ///< U+00A0
inline constexpr std::string_view kNarrowNoBreakSpace = "\xE2\x80\xAF";  ///< U+202F

/// Plain spaces made unbreakable where French wants it (Lexique des règles typographiques de l'Imprimerie nationale):
/// narrow before ; ! ? %, whole before : » € and after «.
std::string french_spaces(std::string_view text);

}  // namespace cairn::i18n

// Identifiers in the one form by which they are compared: `Ada@Example.org ` and `ada@example.org` are one e-mail, `06
// 12 34 56 78` and `+33612345678` one telephone. The log's row keeps them as they came.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace cairn::people {

/// Lower case, without `mailto:`, blanks and a dot at the end. Dots and what follows a `+` stay: only some providers
/// pass them over. Nothing when it is no address: not one `@`, nothing on a side of it, a blank within.
std::optional<std::string> normal_email(std::string_view text);

/// Of any kind. `region`: see to_e164. Nothing when it can name nobody: an e-mail or telephone that is none.
std::optional<std::string> normal(std::string_view kind, std::string_view value, std::string_view region);

}  // namespace cairn::people

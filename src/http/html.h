// Text in pages that the server writes.
#pragma once
#include <string>
#include <string_view>

namespace cairn::http {

/// As text or within a quoted attribute: `&lt;` for `<`, and so on.
std::string escape_html(std::string_view text);

}  // namespace cairn::http

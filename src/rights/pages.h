// Small pages that stand alone: a file that can be kept, printed or sent.
#pragma once
#include <string>
#include <string_view>

namespace cairn::rights {

/// Up to the body: language, title, style. No script, nothing from elsewhere.
std::string page_begin(std::string_view language, std::string_view title);
std::string page_end();

}  // namespace cairn::rights

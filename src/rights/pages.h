// Small pages that stand alone: a file that can be kept, printed or sent.
#pragma once
#include <string>
#include <string_view>

#include "json/value.h"

namespace cairn::rights {

/// Up to the body: language, title, style. No script, nothing from elsewhere.
std::string page_begin(std::string_view language, std::string_view title);
std::string page_end();
/// A value for people, as HTML: within a cell a member a line and an object of a list a paragraph; what says nothing is
/// a dash.
std::string as_cell(const json::Value& value);
/// Of an object a row a member, of a list a row an element.
std::string as_table(const json::Value& value);

}  // namespace cairn::rights

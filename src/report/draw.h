// The report for a terminal: the pyramid as six stones, then what to do, then the figures behind it.
#pragma once
#include <string>

#include "report/report.h"

namespace cairn::report {

struct TerminalOptions {
  int width = 80;       ///< Columns; drawn for 80 to 100, narrower terminals wrap.
  bool colour = false;  ///< ANSI colours.
  i18n::Language language = i18n::Language::en;
};

/// Lines of UTF-8, each ending with a line break. Pure. The words inside the report keep the language it was made in;
/// give the same.
std::string draw(const Report& report, const TerminalOptions& options);

}  // namespace cairn::report

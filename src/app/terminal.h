// The terminal that the command line writes to.
#pragma once
#include "app/command.h"
#include "i18n/language.h"

namespace cairn::app {

/// Standard output for text; a progress line on standard error, only where somebody looks at it. Cancelled by Ctrl-C.
class Terminal final : public Output {
 public:
  Terminal();
  ~Terminal() override;
  void text(std::string_view text) override;
  void progress(std::string_view line) override;
  bool is_cancelled() override;

  bool is_colourful() const { return colourful_; }
  int width() const { return width_; }

 private:
  void clear_line();
  bool interactive_ = false;
  bool colourful_ = false;
  int width_ = 80;
  bool line_shown_ = false;
};

/// An environment variable, empty when it is not set.
std::string environment(const char* name);
/// Of LC_ALL, LC_MESSAGES, LANG, in that order; English else.
i18n::Language terminal_language();
/// Standard error, one line: `cairn: …`.
void print_error(std::string_view message);

}  // namespace cairn::app

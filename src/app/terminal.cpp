#include "app/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "base/signals.h"
#include "base/text.h"

namespace cairn::app {

Terminal::Terminal() {
  interactive_ = isatty(STDERR_FILENO) == 1;
  colourful_ = isatty(STDOUT_FILENO) == 1 && environment("NO_COLOR").empty() && environment("TERM") != "dumb";
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) width_ = size.ws_col;
}

Terminal::~Terminal() { clear_line(); }

void Terminal::clear_line() {
  if (!line_shown_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  line_shown_ = false;
}

void Terminal::text(std::string_view text) {
  clear_line();
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void Terminal::progress(std::string_view line) {
  if (!interactive_ || line.empty()) return;
  std::string shown(line.substr(0, static_cast<size_t>(width_ - 1)));
  fmt::print(stderr, "\r\x1b[K{}", shown);
  std::fflush(stderr);
  line_shown_ = true;
}

bool Terminal::is_cancelled() { return is_stop_asked(); }

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

i18n::Language terminal_language() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    std::string value = environment(name);
    if (value.empty()) continue;
    auto language = i18n::parse_language(value.substr(0, value.find('.')));
    return language.value_or(i18n::Language::en);
  }
  return i18n::Language::en;
}

void print_error(std::string_view message) { fmt::print(stderr, "cairn: {}\n", message); }

}  // namespace cairn::app

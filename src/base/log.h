// The program's own log: one line a record on stderr, for the operator. Never a secret, never a person's data.
#pragma once
#include <string_view>

#include <fmt/format.h>

namespace cairn {

enum class LogLevel { debug, info, warning, error };

/// Records below are dropped; the default is info. Safe from any thread.
void set_log_level(LogLevel level);
bool is_logged(LogLevel level);
void write_log(LogLevel level, std::string_view text);

template <class... Args>
void log(LogLevel level, fmt::format_string<Args...> text, Args&&... args) {
  if (is_logged(level)) write_log(level, fmt::format(text, std::forward<Args>(args)...));
}
template <class... Args>
void log_info(fmt::format_string<Args...> text, Args&&... args) {
  log(LogLevel::info, text, std::forward<Args>(args)...);
}
template <class... Args>
void log_warning(fmt::format_string<Args...> text, Args&&... args) {
  log(LogLevel::warning, text, std::forward<Args>(args)...);
}
template <class... Args>
void log_error(fmt::format_string<Args...> text, Args&&... args) {
  log(LogLevel::error, text, std::forward<Args>(args)...);
}

}  // namespace cairn

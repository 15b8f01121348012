// Broken invariants: on in release too. A failed CHECK logs where and why, and aborts; the next start recovers
// from what is durable.
#pragma once
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace cairn {
[[noreturn]] void check_failed(const char* file, int line, const char* condition, std::string_view message);
}  // namespace cairn

/// CHECK(a == b) or CHECK(a == b, "offset {} of {}", a, b).
#define CHECK(condition, ...)                                                               \
  do {                                                                                      \
    if (!(condition)) [[unlikely]]                                                          \
      ::cairn::check_failed(__FILE__, __LINE__, #condition, ::fmt::format("" __VA_ARGS__)); \
  } while (false)

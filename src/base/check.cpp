#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace cairn {

void check_failed(const char* file, int line, const char* condition, std::string_view message) {
  // Straight to stderr: the logger may be what broke.
  fmt::print(stderr, "CHECK failed at {}:{}: {} {}\n", file, line, condition, message);
  std::fflush(stderr);
  std::abort();
}

}  // namespace cairn

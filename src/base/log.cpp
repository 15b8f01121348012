#include "base/log.h"

#include <atomic>
#include <cstdio>

#include "base/clock.h"

namespace cairn {
namespace {

std::atomic<LogLevel> lowest{LogLevel::info};

constexpr std::string_view kNames[] = {"debug", "info", "warning", "error"};

}  // namespace

void set_log_level(LogLevel level) { lowest = level; }

bool is_logged(LogLevel level) { return level >= lowest.load(std::memory_order_relaxed); }

void write_log(LogLevel level, std::string_view text) {
  // One fwrite, so that records of two threads never mix within a line.
  std::string line = fmt::format("{} {} {}\n", to_rfc3339(system_clock().now()), kNames[static_cast<int>(level)], text);
  for (size_t i = 0; i + 1 < line.size(); ++i)
    if (line[i] == '\n') line[i] = ' ';
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace cairn

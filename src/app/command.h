// A command of the command line as the work it does, apart from where it runs: in this process on a directory that
// nobody serves, or inside the server of that directory, which is asked through its socket. So each is written once.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "app/instance.h"
#include "json/value.h"

namespace cairn::app {

/// Where a command writes. Safe from one thread at a time.
class Output {
 public:
  virtual ~Output() = default;
  /// Finished lines, for standard output.
  virtual void text(std::string_view text) = 0;
  /// A line that replaces the one before it, on a terminal; never kept.
  virtual void progress(std::string_view line) = 0;
  /// True when whoever started it wants it to stop: it should leave things whole and return.
  virtual bool is_cancelled() = 0;
};

/// The options of a command as one JSON object, so that they can travel.
struct CommandCall {
  json::Object options;
  Output& output;
};

struct Command {
  std::string_view name;
  /// Whether a fresh directory may be made for it.
  bool creates = false;
  /// Whether it may run inside a server, beside others.
  bool runs_in_server = true;
  Result<void> (*run)(Instance&, CommandCall&) = nullptr;
  /// Within a server it does not wait for those that write, which may be an import of hours.
  bool only_reads = false;
};

/// Every command that works on a data directory, by name.
const Command* find_command(std::string_view name);

}  // namespace cairn::app

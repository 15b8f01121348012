// `cairn query`, and `cairn ask` with its question put together.
#pragma once
#include <cstdint>
#include <functional>

#include "app/command.h"

namespace cairn::app {

Result<void> run_query(Instance& instance, CommandCall& call);

/// For History::catch_up: shows how much of the log is read, and says no when the command is to stop.
std::function<bool(uint64_t, uint64_t)> shows_reading(Output& output);

}  // namespace cairn::app

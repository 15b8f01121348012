// `cairn query`, and `cairn ask` with its question put together.
#pragma once
#include "app/command.h"

namespace cairn::app {

Result<void> run_query(Instance& instance, CommandCall& call);

}  // namespace cairn::app

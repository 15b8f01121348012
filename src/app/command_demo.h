// `cairn demo`.
#pragma once
#include "app/command.h"

namespace cairn::app {

Result<void> run_demo(Instance& instance, CommandCall& call);

}  // namespace cairn::app

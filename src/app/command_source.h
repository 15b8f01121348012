// `cairn source` and `cairn log`.
#pragma once
#include "app/command.h"

namespace cairn::app {

Result<void> run_source(Instance& instance, CommandCall& call);
Result<void> run_log(Instance& instance, CommandCall& call);

}  // namespace cairn::app

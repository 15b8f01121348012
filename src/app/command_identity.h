// `cairn identity`.
#pragma once
#include "app/command.h"

namespace cairn::app {

Result<void> run_identity(Instance& instance, CommandCall& call);

}  // namespace cairn::app

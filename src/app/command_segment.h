// `cairn segment`.
#pragma once
#include "app/command.h"

namespace cairn::app {

Result<void> run_segment(Instance& instance, CommandCall& call);

}  // namespace cairn::app

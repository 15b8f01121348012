// `cairn customer`.
#pragma once
#include "app/command.h"

namespace cairn::app {

Result<void> run_customer(Instance& instance, CommandCall& call);

}  // namespace cairn::app

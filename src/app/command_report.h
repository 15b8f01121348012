// `cairn report`.
#pragma once
#include "app/command.h"

namespace cairn::app {

Result<void> run_report(Instance& instance, CommandCall& call);

}  // namespace cairn::app

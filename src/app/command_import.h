// `cairn import`, `cairn import --undo`, `cairn import --list`.
#pragma once
#include "app/command.h"

namespace cairn::app {

Result<void> run_import(Instance& instance, CommandCall& call);
Result<void> run_undo(Instance& instance, CommandCall& call);
Result<void> run_imports(Instance& instance, CommandCall& call);

}  // namespace cairn::app

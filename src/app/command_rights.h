// `cairn erase` and `cairn export-person`.
#pragma once
#include "app/command.h"

namespace cairn::app {

Result<void> run_erase(Instance& instance, CommandCall& call);
Result<void> run_export_person(Instance& instance, CommandCall& call);

}  // namespace cairn::app

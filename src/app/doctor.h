// `cairn doctor`: whether what is stored is whole, and what is derived equals what it is derived from.
#pragma once
#include "app/command.h"

namespace cairn::app {

/// Prints what it checked and found. Error corrupt when anything was found.
Result<void> run_doctor(Instance& instance, CommandCall& call);

}  // namespace cairn::app

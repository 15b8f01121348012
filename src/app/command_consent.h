// `cairn consent`: what customers allow, said and shown, and the links to their preference pages.
#pragma once
#include "app/command.h"

namespace cairn::app {

Result<void> run_consent(Instance& instance, CommandCall& call);

}  // namespace cairn::app

// The command line's side of a command that runs inside the server.
#pragma once
#include "app/command.h"

namespace cairn::app {

/// Asks the server of this directory to run a command, and passes on what it writes. A cancel is passed on too.
Result<void> run_in_server(World& world, const std::string& directory, std::string_view command, json::Object options,
                           Output& output);

}  // namespace cairn::app

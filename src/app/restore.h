// `cairn restore`: a backup becomes a data directory.
#pragma once
#include <string>

#include "base/world.h"

namespace cairn::app {

/// Copies the backup into a directory that is not there yet, and opens it once to see that it is whole. On an error
/// nothing is left behind. Prints one line when it is done.
Result<void> restore(World& world, const std::string& backup, const std::string& directory);

}  // namespace cairn::app

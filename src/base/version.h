// Which build this is.
#pragma once
#include <string>

namespace cairn {

/// `0.1.0`, or `0.1.0 (3c0c9dd1a2)` when the build knew its commit.
std::string version();

}  // namespace cairn

// The rule of identity over the rows of a log, replayed in memory from the first to the last: whose each row must be,
// who must be one person, whom each identifier must name.
#pragma once
#include <string>
#include <vector>

#include "sim/snapshot.h"

namespace cairn::sim {

/// What is stored differently; empty when nothing is. REQUIRES: no import was undone.
std::vector<std::string> check_identities(const Snapshot& snapshot);

}  // namespace cairn::sim

// Plays a scenario against the real program.
#pragma once
#include <string>

#include "api/scenario.h"

namespace cairn::test {

struct Stage {
  std::string directory;  ///< Empty; files and the data directory go in here.
  std::string store_url;  ///< Empty: the embedded store.
};

/// Error says which line failed and how.
Result<void> play(const Scenario& scenario, const Stage& stage);

}  // namespace cairn::test

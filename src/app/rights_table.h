// Who holds personal data, in one table: what an erasure takes away and an export hands out.
#pragma once
#include "app/instance.h"
#include "rights/eraser.h"

namespace cairn::app {

/// REQUIRES: the instance is open but for its rights.
rights::Parts rights_parts(Instance& instance);

}  // namespace cairn::app

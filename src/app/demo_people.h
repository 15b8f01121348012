// What the demo shop keeps of its customers besides their events: consents and what they say of themselves, as rows of
// their events; notes and tags that its team wrote after what happened.
#pragma once
#include <span>

#include "app/instance.h"

namespace cairn::app {

/// What customers of the demo can choose of themselves. REQUIRES: nothing was written yet.
Result<void> set_demo_choices(Instance& instance);

/// For demo::Context::on_kept.
Result<void> keep_demo_people(db::Transaction& tx, std::span<const events::NewEvent> kept,
                              std::span<const events::Outcome> outcomes);

}  // namespace cairn::app

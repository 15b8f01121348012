// `cairn customer`.
#pragma once
#include "app/command.h"

namespace cairn::app {

/// The one whom a text names: an id, an identifier with its kind (`email=…`), or a search that finds one person.
/// Errors: not_found, conflict. REQUIRES: the profiles have caught up.
Result<CustomerId> customer_of(Instance& instance, const std::string& text);

Result<void> run_customer(Instance& instance, CommandCall& call);

}  // namespace cairn::app

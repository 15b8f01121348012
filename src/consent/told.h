// The events that tell of statements and declarations.
#pragma once
#include <span>

#include "consent/model.h"
#include "events/own.h"

namespace cairn::consent {

inline constexpr std::string_view kConsentUpdated = "Consent Updated";

/// `Consent Updated`. Its key is what was said, so that saying the same again is the same event.
events::NewEvent event_of(const Statement& statement);
/// `Customer Updated` with a trait for each. REQUIRES: not empty, all of one customer and moment.
events::NewEvent event_of(std::span<const Declaration> declarations);

}  // namespace cairn::consent

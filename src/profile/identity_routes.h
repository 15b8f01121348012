// Merging customers, taking merges back, and the rules of identity over HTTP: docs/concepts/identity.md.
#pragma once
#include <vector>

#include "accounts/audit.h"
#include "history/history.h"
#include "http/route.h"
#include "people/identities.h"

namespace cairn::profile {

struct IdentityParts {
  World& world;
  db::Store& store;
  events::Log& log;
  history::History& history;
  people::Identities& identities;
};

/// What is given must outlive the routes.
std::vector<http::Route> identity_routes(const IdentityParts& parts);

/// Sets the rules for what comes from now on. Error invalid, with the field. Not on the writer's thread.
Result<void> set_rules(const IdentityParts& parts, const accounts::Actor& actor, const people::Rules& rules);

}  // namespace cairn::profile

// The live view over HTTP: what arrives, the rules, what nobody declared, what was refused.
#pragma once
#include <vector>

#include "events/undeclared.h"
#include "http/route.h"
#include "ingest/live.h"
#include "ingest/refused.h"
#include "ingest/rules.h"

namespace cairn::ingest {

struct LiveParts {
  World& world;
  db::Store& store;
  events::Log& log;
  Rules& rules;
  Live& live;
  events::Undeclared& undeclared;
  Refused& refused;
};

/// All of them. What `parts` names must outlive the routes.
std::vector<http::Route> live_routes(LiveParts parts);
/// Of these, the refused list's.
std::vector<http::Route> refused_routes(LiveParts parts);

}  // namespace cairn::ingest

// What other rules of identity would have made of the same events.
#pragma once
#include <functional>

#include "db/store.h"
#include "events/log.h"
#include "people/identities.h"

namespace cairn::people {

struct WhatIf {
  int64_t events = 0;      ///< Of the log.
  int64_t people_now = 0;  ///< Who are known by an identifier.
  int64_t people_then = 0;
  int64_t would_merge =
      0;  ///< Merges more: people of now, less one, for each person of then who holds several of them.
  int64_t would_split = 0;   ///< The other way round.
  int64_t names_nobody = 0;  ///< Events without a usable identifier.
};
BOOST_DESCRIBE_STRUCT(WhatIf, (), (events, people_now, people_then, would_merge, would_split, names_nobody))

/// Plays the log's identifiers once under `rules`, from nothing; merges by hand are done and taken back as they were.
/// Every identifier is in memory meanwhile. Error conflict when `goes_on` (rows done) said no.
Result<WhatIf> what_if(db::Store& store, events::Log& log, const Identities& identities, const Rules& rules,
                       const std::function<bool(int64_t)>& goes_on = {});

}  // namespace cairn::people

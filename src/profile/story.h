// What an agent reads first, in words: what hurts, why somebody stands where they do, who it is. Pure.
#pragma once
#include <vector>

#include "i18n/words.h"
#include "measures/standing.h"
#include "profile/facts.h"
#include "profile/reading.h"
#include "segments/rfm.h"

namespace cairn::profile {

Level level_of(const measures::Explained& explained, const i18n::Words& words, const Zone& zone);

struct Pains {
  const std::vector<Ticket>& tickets;
  const std::vector<RecentOrder>& late;
  const measures::Explained& explained;
};
/// The worst first: tickets past their promise, orders that never came, open tickets, late orders, bad answers. One
/// thing is told once.
std::vector<Hurt> hurts_of(const Pains& pains, const i18n::Words& words, const Zone& zone);

struct Thresholds {
  segments::Fifths fifths;
  Time at;
};
/// Nothing for who has no order that stands, and before there are thresholds. Recency is counted up to the moment that
/// the thresholds are of, so that nobody slides back until they are looked at again. `now`: that of the facts.
std::optional<Rfm> rfm_of(const Facts& facts, const std::optional<Thresholds>& thresholds, Time now,
                          const i18n::Words& words);

/// Who it is; `Visitor …4321` when nothing says a name. `identifiers` of all ids.
Who who_of(CustomerId root, const std::vector<Attribute>& attributes, const std::vector<Identifier>& identifiers,
           const Facts& facts, const i18n::Words& words);

}  // namespace cairn::profile

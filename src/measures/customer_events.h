// One event as measures see it.
#pragma once
#include <cstdint>
#include <string_view>

#include "base/id.h"
#include "base/time.h"
#include "measures/vocabulary.h"

namespace cairn::measures {

struct Columns;

/// A customer's events are always handed around as a span in the order (occurred_at, seq). What an event tells is read
/// through Properties (properties.h), from one of two places.
struct Event {
  Seq seq;
  Time occurred_at;
  Time known_at;
  std::string_view properties;       ///< JSON object text; `{}` for kinds of which only the moment is read.
  const Columns* columns = nullptr;  ///< Of a timeline, then `properties` is not looked at.
  uint32_t row = 0;                  ///< In these columns.
  int32_t source = 0;                ///< This and the next only where sources are weighed against one another.
  int32_t precedence = 0;            ///< Of the source: higher wins where two tell of the same fact.
  KindRef kind = KindRef::other;
};

/// The order of a timeline.
inline bool is_before(const Event& a, const Event& b) {
  return a.occurred_at != b.occurred_at ? a.occurred_at < b.occurred_at : a.seq < b.seq;
}

}  // namespace cairn::measures

// One event as measures see it.
#pragma once
#include <cstdint>
#include <string_view>

#include "base/id.h"
#include "base/time.h"
#include "measures/vocabulary.h"

namespace cairn::measures {

/// A customer's events are always handed around as a span in the order (occurred_at, seq).
struct Event {
  Seq seq;
  Time occurred_at;
  Time known_at;
  std::string_view properties;  ///< JSON object text; `{}` for kinds of which only the moment is read.
  int32_t source = 0;
  int32_t precedence = 0;  ///< Of the source: higher wins where two tell of the same fact.
  uint32_t flags = 0;      ///< events::Flag.
  KindRef kind = KindRef::other;
};

/// The order of a timeline.
inline bool is_before(const Event& a, const Event& b) {
  return a.occurred_at != b.occurred_at ? a.occurred_at < b.occurred_at : a.seq < b.seq;
}

}  // namespace cairn::measures

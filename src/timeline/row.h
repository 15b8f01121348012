// One event on its way from the log into the timeline.
#pragma once
#include <cstdint>
#include <string_view>

#include "base/id.h"
#include "base/time.h"

namespace cairn::timeline {

/// Views are read during the call only.
struct Row {
  Seq seq;
  CustomerId customer;    ///< As in the log, before any alias.
  std::string_view kind;  ///< `Order Completed`
  Time occurred_at;
  Time known_at;
  int32_t source = 1;
  int32_t precedence = 100;  ///< Of the source.
  uint32_t flags = 0;
  std::string_view properties = "{}";  ///< JSON text; what is no object tells nothing.
};

/// Both ends included.
struct SeqRange {
  Seq from;
  Seq to;
};

}  // namespace cairn::timeline

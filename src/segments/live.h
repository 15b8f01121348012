// A live segment: a condition made ready for one customer and for a scan, and in what ways time alone can change it.
#pragma once
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/plan.h"

namespace cairn::segments {

/// The kinds of the events that tell of changes.
inline constexpr std::string_view kEntered = "Segment Entered";
inline constexpr std::string_view kLeft = "Segment Left";
bool is_own_kind(const timeline::Schema& schema, timeline::KindIndex kind);

struct Live {
  int64_t id = 0;
  std::shared_ptr<const engine::Plan> plan;
  /// The same as select(condition).
  std::shared_ptr<const engine::Plan> scan;
  /// A window moves or now() runs: each customer has a moment at which to look again.
  bool is_moving = false;
  /// Not that, but a calendar day or hour changes it, for everybody at once: scanned then.
  bool follows_days = false, follows_hours = false;
  bool follows_calendar() const { return follows_days || follows_hours; }
};

/// REQUIRES the plan of a condition. Error invalid: time changes it in a way that cannot be foreseen.
Result<Live> make_live(int64_t id, std::shared_ptr<const engine::Plan> plan);

}  // namespace cairn::segments

// What arrives, as it arrives: the last events and requests that were turned away, counts a second, and the browsers
// that watch. For people to look at; nothing depends on it, and it forgets on restart.
//
// Invariants:
// 1. Counts are complete; details are a sample: at most kShownASecond events, and as many refused ones, a second.
// 2. delivered() copies what it shows and returns: everything else (JSON, masks, sending) is done on a queue.
// 3. Who may not see customers gets identifiers and personal properties masked; what is undeclared counts as personal.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/world.h"
#include "events/log.h"
#include "http/reply.h"
#include "ingest/model.h"

namespace cairn::ingest {

class Live {
 public:
  static constexpr size_t kKept = 500;  ///< Events and turned-away requests that are remembered.
  static constexpr int kShownASecond = 100;
  static constexpr size_t kWatchersMax = 64;
  static constexpr size_t kPropertiesBytes = 2048;  ///< Of one event's properties that are shown.

  /// `log` gives the names of sources; both outlive it.
  Live(World& world, const events::Log& log);
  ~Live();

  /// After the commit, on the writer's thread. REQUIRES: an outcome for each event of the delivery.
  void delivered(const Delivery& delivery, std::span<const events::Outcome> outcomes);
  /// A request that no source's word could be made of: an unknown key, no JSON, overload. `key_hint` is as much of the
  /// key as may be shown (its first characters), `client` the address. Any thread.
  void turned_away(std::string_view key_hint, std::string_view reason, std::string_view client);

  /// Somebody is erased: what is remembered of anybody is let go, the counts stay.
  void forget();

  struct Viewer {
    bool sees_customers = false;
  };
  /// {"events":[…newest first],"turned_away":[…],"sources":[{"source_id","source","kept":[60],…}]} as
  /// docs/reference/live-view.md has it.
  std::string snapshot(Viewer viewer) const;
  struct Watch {
    std::optional<int64_t> after = {};  ///< Last-Event-ID: first comes what was newer than that, as far as remembered.
    Duration limit = minutes(15);       ///< Then it ends, so that who may no longer look stops looking.
  };
  /// Sends `event`, `turned_away` and, each second, `counts` until the stream closes; browsers come again by
  /// themselves. Error overloaded: too many watch already.
  Result<void> watch(std::shared_ptr<http::EventStream> stream, Viewer viewer, Watch watch);
  /// Error overloaded when there is no room for one more; ask before the stream is opened.
  Result<void> check_room() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cairn::ingest

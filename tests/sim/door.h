// The way in that the simulated clients knock at, and the faults that can be planted behind it.
#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "app/instance.h"

namespace cairn::sim {

/// A fault to be found: a test plants one and expects findings.
enum class Planted {
  none,
  lying_sync,     ///< The disk says that it synced, and did not.
  early_answer,   ///< An answer before the commit.
  lost_keys,      ///< Message ids are thrown away when the disk gave trouble.
  credulous,      ///< Bad events are mended instead of refused.
  torn_delivery,  ///< Big deliveries are written in two halves.
};

using Answer = std::function<void(Result<std::vector<events::Outcome>>)>;

class Door {
 public:
  Door(app::Instance& instance, Planted planted) : instance_(instance), planted_(planted) {}

  /// `answer` is called once, on the writer's thread, unless this says overloaded.
  Result<void> submit(SourceId source, std::vector<events::NewEvent> events, Answer answer);

 private:
  Result<void> write(SourceId source, std::vector<events::NewEvent> events, Answer answer);

  app::Instance& instance_;
  const Planted planted_;
};

}  // namespace cairn::sim

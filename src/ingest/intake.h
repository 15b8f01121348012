// Takes deliveries, hands them to the writer in groups, and tells when they are on disk.
//
// Invariants:
// 1. `done` is called exactly once for each delivery taken; with success only after the commit.
// 2. A delivery is written whole (events and refused calls in one transaction), or not at all.
// 3. What was taken and is not answered yet takes at most `bytes_max`, as Delivery::bytes counts it.
// 4. A delivery that the store cannot write does not take others with it: a group that failed for another reason than
//    the store's own absence is written again one request at a time, also of those that were joined.
#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "base/world.h"
#include "db/store.h"
#include "events/log.h"
#include "events/undeclared.h"
#include "ingest/model.h"

namespace cairn::ingest {

class Live;
class Refused;

class Intake {
 public:
  static constexpr size_t kBytesMax = size_t{32} << 20;

  struct Parts {
    World& world;
    db::Store& store;
    events::Log& log;
    events::Identify& identify;
    events::Undeclared& undeclared;
    Refused& refused;
    Live& live;
    size_t bytes_max = kBytesMax;
    size_t group_events = 4000;  ///< Events of one transaction; a delivery with more is one of its own.
    int groups_at_once = 2;      ///< One is written while the next is made ready.
  };
  explicit Intake(Parts parts);
  /// Waits for what was taken.
  ~Intake();

  using Done = std::function<void(Result<void>)>;
  /// Any thread, never blocks. `done` runs on the writer's thread (or on this one, when the store refuses at once); it
  /// must not block. Error overloaded, and `done` is not called: there is no room, or the intake is closed.
  Result<void> submit(Delivery delivery, Done done);
  /// From now on everything is overloaded. What was taken goes on.
  void close();

  struct Figures {
    size_t waiting_bytes = 0;  ///< Taken, not answered.
    uint64_t events = 0, copies = 0, refused = 0, groups = 0, turned_away = 0;
  };
  Figures figures() const;

 private:
  struct Taken;
  struct Group;
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace cairn::ingest

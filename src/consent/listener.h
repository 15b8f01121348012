// Statements from what a shop's own server tells: live `Consent Updated` events of trusted sources.
//
// Invariants:
// 1. An event becomes one statement at most, for ever: its seq is in the key.
// 2. The cursor is never ahead of what was heard: a start takes up from it, through crashes.
// 3. What a browser sends says nothing: its key is public. Nor does an imported past, which can be undone.
#pragma once
#include <memory>

#include "base/world.h"
#include "consent/model.h"
#include "db/store.h"
#include "events/log.h"

namespace cairn::consent {

class Listener {
 public:
  /// All of it must outlive the listener.
  Listener(World& world, db::Store& store, events::Log& log);
  /// Waits for what it is at.
  ~Listener();
  Result<void> start();

  /// Rows of the log up to here are committed; `has_consent`: one of those since the last call may tell of consent.
  /// Any thread, returns at once. Calls ascend.
  void hear(Seq to, bool has_consent);

 private:
  void take(Seq to, bool has_consent);
  Result<void> take_rows(Seq to);

  World& world_;
  db::Store& store_;
  events::Log& log_;
  // Of the queue's thread, once started.
  Seq cursor_, written_;
  bool is_caught_up_ = false;
  std::unique_ptr<Queue> queue_;
};

/// What an event says; nothing when it says no purpose and state that we know.
std::optional<Statement> heard(const events::LogRow& row, std::string_view source);

}  // namespace cairn::consent

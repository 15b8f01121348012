// The fifths of all buyers, by which a buyer's classes of recency, frequency and value are: looked at once a day of the
// brand (of fewer than 1,000 buyers, every few seconds when asked), in the background, and kept, so that they are of a
// moment that can be said.
#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "base/world.h"
#include "db/store.h"
#include "history/history.h"
#include "profile/story.h"

namespace cairn::profile {

class BuyerFifths {
 public:
  /// What is given must outlive it.
  BuyerFifths(World& world, db::Store& store, history::History& history);
  ~BuyerFifths();

  /// Any thread, at once: those that stand. Others are looked at in the background when these are of another day; with
  /// none yet, nothing.
  std::optional<Thresholds> present();
  /// As present(), but waits for those of today. For commands.
  Result<void> ensure();
  /// Looks now.
  Result<void> refresh();

 private:
  Result<void> look_when_old();
  Result<void> run(const std::function<Result<void>()>& work);
  Result<void> look();
  Result<void> load();
  bool is_ending() const;

  World& world_;
  db::Store& store_;
  history::History& history_;
  mutable std::mutex mutex_;
  std::optional<Thresholds> present_;                          // guarded by mutex_
  bool is_loaded_ = false, is_posted_ = false, ends_ = false;  // guarded by mutex_
  Time asked_at_;                                              // guarded by mutex_
  std::unique_ptr<Queue> queue_;                               // last: its tasks use all of the above
};

}  // namespace cairn::profile

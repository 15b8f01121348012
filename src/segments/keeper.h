// Keeps membership in step with the timelines and the clock, and records what changes: told changes become events,
// silent ones a baseline.
//
// Invariants:
// 1. Membership of a computed segment is its baseline and the events behind it, at every commit.
// 2. The cursor is behind everything that is not recorded; a start takes up from there, so that nothing is missing, and
//    asks the record of whoever was touched since, so that nothing comes twice.
#pragma once
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "base/world.h"
#include "db/store.h"
#include "events/log.h"
#include "events/pace.h"
#include "history/history.h"
#include "questions/running.h"
#include "segments/membership.h"
#include "segments/model.h"
#include "segments/store.h"

namespace cairn::segments {

class Keeper {
 public:
  /// What is given must outlive it.
  Keeper(World& world, db::Store& store, events::Log& log, history::History& history);
  ~Keeper();

  /// Begins, in the background, to follow the history.
  /// `sets` gives the segments as they stand; safe from any thread.
  Result<void> start(std::function<std::shared_ptr<const Set>()> sets);
  /// There are others now, or the same with other meanings: those are computed anew, silently.
  void change();
  bool is_running() const;
  /// Everything that is committed now is decided and recorded afterwards, and `change` was heard. Error unavailable
  /// when that takes longer than `limit`.
  Result<void> catch_up(Duration limit = seconds(60));

  struct State {
    bool is_ready = false;
    uint64_t count = 0;
    std::string finding;  ///< Why it is not.
  };
  State state(int64_t segment) const;
  Figures figures() const;
  /// Everything in the log up to this is decided, and what changed by it recorded.
  Seq seen() const;
  /// Ascending by id, those behind `after`. Error unavailable before it is computed.
  Result<std::vector<CustomerId>> members(int64_t segment, CustomerId after, size_t limit) const;
  Result<bool> is_in(int64_t segment, CustomerId customer) const;

  /// A condition made ready for the present version: columns that lack are read from the log first, until `running`,
  /// if there is one, is stopped.
  Result<Live> make_ready(int64_t id, const query::Checked& checked, const Set& set,
                          questions::Running* running = nullptr) const;

 private:
  struct Record;
  void post();
  void turn();
  Result<void> work();
  Result<void> resume();
  Result<void> align();
  Result<void> begin(int64_t id, const Definition& definition);
  void collect(const std::vector<Change>& changes);
  Result<void> record();
  Result<void> record_told();
  Result<void> record_silent();
  Result<std::vector<history::Touched>> touched_since(Seq seq, const timeline::Version& version) const;
  Result<std::vector<CustomerId>> moved_since(Seq seq) const;
  Baseline baseline(int64_t segment, int shard) const;
  Day day_of(Time t) const;
  void publish();
  bool holds_back();
  void wait();

  World& world_;
  db::Store& store_;
  events::Log& log_;
  history::History& history_;
  SourceId source_;
  int following_ = 0;
  std::function<std::shared_ptr<const Set>()> sets_;

  mutable std::mutex mutex_;
  std::optional<history::Step> coming_;                                                     // guarded by mutex_
  bool is_posted_ = false, is_waiting_ = false, is_stopping_ = false, is_started_ = false;  // guarded by mutex_
  std::map<int64_t, State> states_;                                                         // guarded by mutex_
  Figures figures_;                                                                         // guarded by mutex_
  Seq seen_;                      // guarded by mutex_: of what is recorded
  uint64_t generation_seen_ = 0;  // guarded by mutex_
  /// Calls of catch_up: all, those that the present turn began after, those that a turn which succeeded began after.
  uint64_t asked_ = 0, taken_ = 0, answered_ = 0;  // guarded by mutex_

  mutable std::mutex core_mutex_;
  Membership core_;  // guarded by core_mutex_ while it changes; changed on the queue alone

  // On the queue alone.
  std::shared_ptr<const Set> set_;
  std::optional<history::Step> backlog_;
  bool is_live_ = false;
  events::Pace pace_;
  bool is_held_back_ = false;
  Duration held_back_since_;
  Seq first_;
  std::map<int64_t, std::string> meanings_;
  std::map<int64_t, std::string> findings_;
  std::deque<Change> untold_;
  std::set<std::pair<int64_t, int>> dirty_;
  std::map<std::pair<int64_t, Day>, int64_t> silent_;
  Cursor cursor_;
  Time dirty_since_, cursor_written_;
  std::unique_ptr<Queue> queue_;  // last: its tasks use all of the above
};

}  // namespace cairn::segments

// Who is in which segment, exact after every event and every passage of time. Pure: no store, no clock.
//
// Invariants:
// 1. Whoever is in a segment at at() is so by the plan's value at that moment over version(), and has an event by then.
//    (A customer whom an event has touched is as of that event's known_at, which may be later than at().)
// 2. A change has the first moment at which the value was another one: when time made it, that moment to the
//    microsecond; when an event did, the moment when it was learnt.
// 3. Of what is given, the answer depends on nothing else: not on cores, not on how rows came into the version.
// 4. A condition that asks to be looked at more than kVainMax times running, each within a second, without a change
//    (some arithmetic with now() at the limit of what doubles tell apart) is looked at once a minute, then less, up to
//    once an hour: it is late by so much, and takes nothing from the others.
#pragma once
#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/executor.h"
#include "history/history.h"
#include "segments/live.h"
#include "segments/roster.h"
#include "segments/wakes.h"

namespace cairn::segments {

inline constexpr int kVainMax = 64;

struct Change {
  int64_t segment = 0;
  CustomerId customer;
  Time at;
  bool is_in = false;      ///< Entered, else left.
  bool is_silent = false;  ///< Imported past, or rows that went: it is nothing that happened.
  friend auto operator<=>(const Change&, const Change&) = default;
};

struct Figures {
  size_t segments = 0, waiting = 0, memory_bytes = 0;
  uint64_t wakes = 0;           ///< Customers looked at because time passed, since the beginning.
  uint64_t wakes_changing = 0;  ///< Of these, at whom something changed.
  uint64_t coarse = 0;          ///< Wakes put off because nobody can say when the value changes (invariant 4).
  uint64_t evaluations = 0;     ///< A segment for a customer.
};

/// One thread at a time; work is shared out over the executor's cores.
class Membership {
 public:
  explicit Membership(Executor& executor);
  ~Membership();

  /// Everybody is looked at, at this moment. Error corrupt, here and below: a snapshot is damaged.
  Result<void> start(std::shared_ptr<const timeline::Version> version, Time at, std::vector<Live> segments);
  /// The same, after a stop: what was recorded until `step.after` stands for those who are touched since, and the step
  /// is taken as on_step does. `was_in`: segment and customer. `was_there`: whether one who moved was somebody at `at`,
  /// and not merged into another; absent: everybody was.
  Result<std::vector<Change>> resume(const history::Step& step, Time at, std::vector<Live> segments,
                                     const std::function<bool(int64_t, CustomerId)>& was_in, Time now,
                                     const std::function<bool(CustomerId)>& was_there = {});

  /// Events came. Only segments that depend on their kinds are evaluated, for the touched customers. Changes by (at,
  /// segment, customer). REQUIRES now >= at().
  Result<std::vector<Change>> on_step(const history::Step& step, Time now);
  /// Finds out until when what the last step decided holds, which takes longer than deciding it: do it when nobody
  /// waits. Whatever comes next does it first.
  Result<void> settle();
  /// Time passed: what fell due up to `now` is looked at, at the moment when it did.
  Result<std::vector<Change>> on_time(Time now);

  /// A segment more, computed at at(). REQUIRES none of that id. A change of one is a removal and this.
  Result<void> add(Live segment);
  Result<void> remove(int64_t segment);

  bool is_empty() const { return segments_.empty(); }
  bool has(int64_t segment) const { return find(segment) != nullptr; }
  bool is_in(int64_t segment, CustomerId customer) const;
  uint64_t count(int64_t segment) const;
  /// Of one shard, ascending.
  std::vector<CustomerId> members(int64_t segment, int shard) const;
  /// No later than the next moment at which on_time has something to do. REQUIRES settle().
  Time next() const;
  Time at() const { return at_; }
  const std::shared_ptr<const timeline::Version>& version() const { return version_; }
  Figures figures() const;

 private:
  struct Segment {
    Live live;
    std::array<Members, kShards> members;
  };
  /// Of a customer, segments whose wake is not known yet.
  struct Unsettled {
    CustomerId customer;
    Time at;
    std::vector<size_t> segments;
  };
  struct Shard {
    Roster roster;
    Wakes wakes;
    std::vector<Change> changes;
    std::vector<Unsettled> unsettled;
    /// Ascending: of whom the version knows more than was known at at(); they are looked at as known then.
    std::vector<CustomerId> ahead;
    /// Of these: changes were recorded since, so that nothing is to be told before the step.
    std::vector<CustomerId> told;
    /// How often somebody was looked at in vain and again within a second.
    std::unordered_map<uint32_t, int> vain;
    uint64_t coarse = 0;
    uint64_t wakes_seen = 0, wakes_changing = 0, evaluations = 0;
  };
  class Bench;
  class Work;
  friend class Work;

  const Segment* find(int64_t segment) const;
  Result<void> scan(Segment& segment, Time at);
  Result<void> rescan(Segment& segment, Time at);
  Result<void> scan_calendar(Time at);
  Result<void> watch(std::span<Segment* const> segments);
  Result<void> each_shard(const std::function<Result<void>(int, Work&)>& body);
  Result<void> each_shard(std::span<const int> shards, const std::function<Result<void>(int, Work&)>& body);
  Result<void> wake(Time until);
  Result<void> touch(const history::Step& step, Time now, Time bound, bool resumes);
  Result<void> touch_one(Work& work, const history::Step& step, std::span<const history::Touched> own, Time limit,
                         bool resumes);
  std::set<size_t> reading(std::span<const history::Touched> touched) const;
  Result<void> remake(const history::Step& step);
  Result<void> move(const history::Step& step, Time limit);
  void resume_moved(const history::Step& step, const std::function<bool(int64_t, CustomerId)>& was_in,
                    const std::function<bool(CustomerId)>& was_there);
  Result<void> hold(const history::Step& step, const std::function<bool(int64_t, CustomerId)>& was_in);
  Result<Time> first_known(const history::Step& step, Time now) const;
  Time next_calendar(Time after) const;
  void index();
  std::vector<Change> take_changes();

  Executor& executor_;
  std::shared_ptr<const timeline::Version> version_;
  Time at_;
  std::vector<std::unique_ptr<Segment>> segments_;
  std::vector<std::vector<size_t>> by_kind_;  ///< Which segments an event of the kind can change.
  std::vector<size_t> by_every_kind_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Bench>> benches_;  // guarded by mutex_; evaluators at rest
};

}  // namespace cairn::segments

// Keeps the timelines in step with the log: a snapshot that fits is mapped, the rest is swept from the log; then what
// is committed is followed, folded and written to disk again, all of it in the background.
//
// Invariants:
// 1. version() is what the log says up to version()->last(): rebuilt from nothing it would be the same.
//    Rows of an import whose undo has begun count no more.
// 2. Followers see every step once, in order, from the version that they began with.
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/world.h"
#include "db/store.h"
#include "events/log.h"
#include "query/catalogue.h"
#include "timeline/timeline.h"

namespace cairn::history {

struct Touched {
  CustomerId customer;  ///< As the timeline knows them: after aliases.
  timeline::KindIndex kind = 0;
  bool is_historical = false;  ///< Every row of this pair is an imported past.
  friend auto operator<=>(const Touched&, const Touched&) = default;
};

/// From one version to the next.
struct Step {
  std::shared_ptr<const timeline::Version> version;
  Seq after;                     ///< Of the version before.
  std::vector<Touched> touched;  ///< Ascending, each once.
  bool is_remade = false;        ///< Rows went (an import undone): anybody may be another.
  /// Who was merged, unmerged or erased: ids of before and after, ascending. All about them may be another; those
  /// whom the version does not have are nobody any more.
  std::vector<CustomerId> moved = {};
  /// A row that counts has what a banner was answered (events::kConsentCategories).
  bool has_answers = false;
};

/// One step that says what both say. REQUIRES: `later` follows `earlier`.
Step joined(Step earlier, Step later);
/// Sorted; of two of one customer and kind the one stays that has a row which is no imported past.
std::vector<Touched> each_once(std::vector<Touched> touched);

struct Standing {
  enum class State { closed, building, following, failed };
  State state = State::closed;
  Seq last;             ///< Of version().
  Seq log_last;         ///< Of the log.
  std::string finding;  ///< Why it was built anew, or failed.
};

/// Of version() being null: how far it is, and to come again. Error unavailable.
tl::unexpected<Error> not_built(const Standing& standing);

struct Options {
  /// Rows of one step, at most. A customer who is touched is made anew with all their rows, so that large steps cost
  /// less a row. A long log is swept in pieces of this size, too.
  size_t rows_a_step = 262'144;
  /// A snapshot is written when so many rows came since the last, and when it closes.
  uint64_t rows_a_snapshot = 2'000'000;
  /// False: nothing is written below the directory.
  bool writes_snapshots = true;
};

class History {
 public:
  /// Cheap: nothing is read before start() or catch_up(). The snapshots are in DIRECTORY/timeline.
  static Result<std::unique_ptr<History>> open(World& world, db::Store& store, events::Log& log,
                                               const std::string& directory, Options options);
  static Result<std::unique_ptr<History>> open(World& world, db::Store& store, events::Log& log,
                                               const std::string& directory) {
    return open(world, store, log, directory, Options());
  }
  /// Stops following; writes what a snapshot lacks when that is worth it.
  virtual ~History() = default;

  /// Begins to build and then to follow, in the background. For a server.
  virtual void start() = 0;
  /// Every row that is committed now is in version() afterwards. For commands, and for those who read what they just
  /// wrote. Builds when nothing was built yet, telling `progress` (rows done, rows in all) now and then; it says no to
  /// stop. Not on the writer's thread.
  virtual Result<void> catch_up(const std::function<bool(uint64_t, uint64_t)>& progress = {}) = 0;

  /// Any thread. Null before the first version stands (state building): answer 503 and come again. At once, but for the
  /// first who asks in a flood after nobody did for half a minute: what came meanwhile is put in first, which takes a
  /// second or so.
  virtual std::shared_ptr<const timeline::Version> version() const = 0;
  /// What stands, at once; in a flood that nobody asks about it may be some seconds old. For figures about it.
  virtual std::shared_ptr<const timeline::Version> present() const { return version(); }
  virtual Standing standing() const = 0;

  /// The catalogue with undeclared kinds and properties, as queries are checked against it. Shared, never changes.
  virtual std::shared_ptr<const query::Catalogue> catalogue() const = 0;

  /// Makes the column of a property that has none yet, by a sweep of the log. Returns when a version has it.
  /// Errors: not_found when there is no such kind or property; conflict when `progress` said no.
  virtual Result<void> make_column(std::string_view stream, std::string_view property,
                                   const std::function<bool(uint64_t, uint64_t)>& progress = {}) = 0;

  /// Calls `follower` after each version, on the follower's thread of this object, in order; it must return within
  /// milliseconds. The first call has the present version, `after` its last, and nobody touched. Returns a number.
  virtual int follow(std::function<void(const Step&)> follower) = 0;
  /// Afterwards it is not called again, nor is it being called. Not from within a follower.
  virtual void unfollow(int number) = 0;

  /// Who an id in the log is now, by the merges that version() knows. Any thread.
  virtual CustomerId root(CustomerId customer) const = 0;

  /// Somebody was erased: these customers (as version() knows them) are nobody any more; these rows, which the log has
  /// under another id by now, are read anew. Snapshots of what they were are gone when it returns. Call it also when
  /// that failed half way. Returns when version() shows it. Error overloaded, with nothing done: a snapshot is being
  /// written, which takes seconds; come again.
  virtual Result<void> forget(std::span<const CustomerId> customers, std::span<const Seq> rows) = 0;

  /// Rows of these customers, who stay, say something else in the log now: they are read anew, and what they said is in
  /// no snapshot, dictionary or text when it returns. Ids as in the log. Errors as above.
  virtual Result<void> read_again(std::span<const CustomerId> customers) = 0;

  /// Something changed behind the log's back: an import was undone (its rows need not be named), rows were removed, the
  /// brand has another currency. Call it also when that failed half way. Returns when version() shows it.
  virtual Result<void> remake(std::span<const timeline::SeqRange> removed) = 0;

  /// A reader of a version met damaged bytes (Code::corrupt): all is built anew from the log, in the background.
  virtual void mend(const Error& damage) = 0;
};

}  // namespace cairn::history

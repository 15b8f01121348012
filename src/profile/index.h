// Keeps the index by which people are found: names, e-mails and telephones of `Customer Updated`, order numbers of
// `Order Completed`. Derived from the timelines, in the background, some seconds behind them at most.
//
// Invariants:
// 1. What the cursor says is in the tables is there; what is made twice is there once. So a crash costs nothing.
// 2. An entry names the id that its event came under: merges and their undoing change nothing here.
// 3. Nobody who is not among the customers is written: what was read just before an erasure does not come back.
// 4. An entry is a hint. Whoever reads it asks the timelines whether it is still so.
#pragma once
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "base/world.h"
#include "db/store.h"
#include "events/aliases.h"
#include "events/log.h"
#include "history/history.h"
#include "profile/store.h"

namespace cairn::profile {

/// What the rows of one customer with after < seq are found by. Exposed for tests. REQUIRES a touched place.
struct Entries {
  std::vector<rows::Name> names;
  std::vector<rows::Order> orders;
  size_t size() const { return names.size() + orders.size(); }
};
struct EntriesOf {
  const timeline::Schema& schema;
  timeline::Place place;
  Seq after;
  std::string_view region;  ///< Whose telephones are written without a calling code.
};
void add_entries(const EntriesOf& of, Entries& out);

class Index {
 public:
  /// What is given must outlive it.
  Index(World& world, db::Store& store, events::Log& log, history::History& history, const events::Aliases& aliases);
  ~Index();

  /// Begins to follow, in the background: for a server.
  void start();
  /// What the present version has is in the tables afterwards. For commands; not on the writer's thread.
  Result<void> catch_up();
  /// What the timelines show now is in the tables, and what they showed before is on its way no more. Nothing is done
  /// when it was not started. Error unavailable while the first pass over everybody goes on: come again.
  Result<void> settle();
  /// False while the first pass over everybody goes on.
  bool is_whole() const;

 private:
  void take(const history::Step& step);
  void post(Duration delay);
  void turn();
  /// What steps told since the last time.
  struct Taken {
    std::shared_ptr<const timeline::Version> version;
    Seq after;                     ///< `touched` is whole behind this, up to the version.
    std::set<CustomerId> touched;  ///< Ids as in the steps.
    bool must_rebuild = false;     ///< Rows went.
  };
  Taken take_all();
  Result<void> work(const Taken& taken);
  Result<void> read_state();
  Result<void> build(const timeline::Version& version);
  Result<void> follow_up(const Taken& taken);
  Result<std::set<CustomerId>> touched_since(Seq seq) const;
  Result<void> write(Entries& entries, const rows::Cursor* cursor);
  bool is_stopping() const;

  World& world_;
  db::Store& store_;
  events::Log& log_;
  history::History& history_;
  const events::Aliases& aliases_;
  std::atomic<int> following_{0};

  mutable std::mutex mutex_;
  bool is_posted_ = false, is_ending_ = false;  // guarded by mutex_
  Taken taken_;                                 // guarded by mutex_
  uint64_t events_ = 0;                         // guarded by mutex_: of the last step
  bool is_whole_ = false;                       // guarded by mutex_

  // On the queue alone.
  std::optional<rows::Cursor> cursor_;
  std::string region_;
  std::unique_ptr<Queue> queue_;  // last: its tasks use all of the above
};

}  // namespace cairn::profile

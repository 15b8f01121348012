// The log: append, once each, in order; and reading it back.
//
// Invariants:
// 1. `seq` grows by one for each kept event, in commit order; it says nothing about time.
// 2. An event is kept at most once per (source, source_key), without limit of time, through crashes.
// 3. Everything in memory here (next seq, fingerprints, names) is derived from committed rows: a rolled-back closure
//    leaves no trace (Transaction::on_rollback), and open() rebuilds whatever is missing.
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/world.h"
#include "db/store.h"
#include "events/model.h"
#include "query/catalogue.h"

namespace cairn::events {

/// Says whose event it is. Implemented by people::Identities; called only for events that will be kept, on the writer's
/// thread, inside the append's transaction.
class Identify {
 public:
  struct Context {
    Seq seq;  ///< The row that the event will have.
    Time known_at;
    SourceId source;
    RunId run;               ///< Set during an import.
    bool is_trusted = true;  ///< The source's word may join two customers who are known already.
  };
  virtual ~Identify() = default;
  /// Before the events of one append, all that will be identified: to look up at once what they carry.
  virtual Result<void> begin(db::Transaction&, std::span<const NewEvent* const>) { return {}; }
  /// After them: to write at once what is new. What is told of it is appended as rows from `next` on, in this order.
  virtual Result<std::vector<Told>> end(db::Transaction&, Seq /*next*/) { return std::vector<Told>(); }
  /// Between the two, for each event of begin() in its order. Error: refused, with the reason.
  virtual Result<CustomerId> identify(db::Transaction& tx, const std::vector<Identifier>& identifiers,
                                      const Context& context) = 0;
};

/// Names of events in one log. Who writes an id into the name would make a kind of each event, and every question slow:
/// an event of one kind more is refused, unless the kind is declared.
inline constexpr size_t kKindsMax = 10'000;

struct AppendOptions {
  SourceId source;
  RunId run;                ///< Set during an import: remembers the range of seq, so that it can be undone.
  bool historical = false;  ///< known_at = occurred_at and the flag kHistorical.
  bool checked = false;     ///< Whoever made the events has asked check_event of each.
  bool trusted = true;      ///< See Identify::Context.
};

class Log {
 public:
  /// Rebuilds the fingerprints that are missing, with progress in the program's log when that takes long. So many of
  /// the newest stay in memory: 40 bytes each, and a file each time that they are full.
  static Result<std::unique_ptr<Log>> open(World& world, db::Store& store, const std::string& directory,
                                           size_t fingerprints_in_memory = 512 * 1024);
  virtual ~Log() = default;

  /// Within a write transaction: checks, dedupes, identifies and appends the events in order. One outcome each; a
  /// refused event is no error of the call. An error of the call (store gone, disk full) rolls everything back.
  virtual Result<std::vector<Outcome>> append(db::Transaction& tx, Identify& identify, std::span<const NewEvent> events,
                                              const AppendOptions& options) = 0;

  /// The source's id, made when new. Not from the writer's thread.
  virtual Result<SourceId> ensure_source(std::string_view name, int precedence = 100) = 0;

  /// The name of a kind or source that is in the log. Any thread.
  virtual std::string kind_name(KindId kind) const = 0;
  virtual std::string source_name(SourceId source) const = 0;
  /// Higher wins where two sources tell of the same fact.
  virtual int source_precedence(SourceId source) const = 0;
  /// What an erased row has in the place of its key: the keyed fingerprint, by which a late retry is known. Begins
  /// with a byte that no key holds; of such a one it is the same. A log without keys has none.
  virtual std::string erased_key(SourceId /*source*/, std::string_view /*key*/) const { return {}; }

  /// Visits rows with after < seq, in order of seq, in chunks each in its own short read. Stops when `visit` returns
  /// false. Returns the last seq visited (or `after`).
  virtual Result<Seq> sweep(Seq after, const std::function<bool(const LogRow&)>& visit) = 0;

  /// The highest seq that is committed.
  virtual Seq last() const = 0;
  /// Calls `growth` after each commit that brought rows, on the writer's thread: it must return at once. There is one;
  /// an empty one ends it, and it is not being called afterwards.
  virtual void on_growth(std::function<void()> growth) = 0;

  /// Reads the whole log and says what is not as it should be, a line each: a seq or shard out of order, a kind
  /// or source without a name, a key that the fingerprints do not find. Not on the writer's thread.
  virtual Result<void> verify(const std::function<void(std::string)>& finding) = 0;

  /// Removes the rows of an import run and forgets their fingerprints. Returns how many rows. REQUIRES: not on the
  /// writer's thread. Works in several transactions, the run marked `undoing` first, so that a crash is resumed.
  virtual Result<int64_t> remove_run(RunId run) = 0;
};

/// The rows with these seq, as far as they are there, ascending. In one read, a look-up in the key each.
Result<void> visit_rows(db::Session& session, std::span<const Seq> seqs,
                        const std::function<void(const LogRow&)>& visit);

}  // namespace cairn::events

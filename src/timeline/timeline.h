// Every customer's events as columns in memory: one writer puts rows in, readers have versions of it.
//
// Invariants:
// 1. A version never changes. Readers never wait for the writer, nor the writer for readers.
// 2. Whatever way rows came (in one build, in batches of any size and order, late, moved, from a snapshot and the log's
//    tail), the rows and their order are the same.
// 3. Rows with a flag of Options::leave_out are in no stream.
#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/executor.h"
#include "timeline/row.h"
#include "timeline/version.h"

namespace cairn::timeline {

class Backfill;

/// Memory of one column, over all shards and parts.
struct ColumnFigure {
  std::string owner;   ///< Stream, entity, `customer`, `member`; empty: the whole (`customers`, `order`).
  std::string column;  ///< Property, field, attribute; `occurred_at`, `offsets`, `seq`, … in brackets: `[seq]`.
  uint64_t rows = 0;
  uint64_t memory_bytes = 0;  ///< Held by this process.
  uint64_t mapped_bytes = 0;  ///< Of a snapshot: in memory as far as somebody read it, and given back under pressure.
};

struct Figures {
  uint64_t events = 0, customers = 0, parts = 0;
  uint64_t base_events = 0;  ///< In the first part of each shard.
  uint64_t memory_bytes = 0, mapped_bytes = 0;
  std::vector<ColumnFigure> columns;  ///< Largest first.
};
Figures figures(const Version& version);

struct Options {
  /// Rows with one of these flags are passed over: events::kSetApart.
  uint32_t leave_out = 0;
  /// From the id in a row to the customer whom it belongs to now. Absent: the same. Must be safe from any thread.
  std::function<CustomerId(CustomerId)> canonical = {};
  /// A shard wants to be folded when what came since its base has so many events for each of the base …
  double fold_share = 0.125;
  /// … but not before it has so many.
  uint32_t fold_events = 4096;
};

class Timeline {
 public:
  Timeline(std::shared_ptr<const Schema> schema, Options options);
  ~Timeline();

  /// Any thread, at once.
  std::shared_ptr<const Version> version() const;

  // The writer's: one thread at a time.

  /// Adds rows, in any order, and publishes. A row that is there already is passed over. `last`: every row of the log
  /// up to this was given by now. The time goes with the rows and with what else their customers have; with an
  /// executor it is shared out over the cores. Undeclared kinds join the schema.
  /// Error corrupt, here and below: a snapshot's bytes are damaged; build anew. Nothing is changed then.
  Result<void> apply(std::span<const Row> rows, Seq last, Executor* executor = nullptr);
  /// Removes the rows of these seq, of everybody: an import is undone. Reads every seq.
  Result<void> remove_rows(std::span<const SeqRange> ranges, Executor& executor);
  /// Removes customers with all their rows: someone is erased, and what remains comes anew by apply under another id.
  /// REQUIRES ids as they stand now.
  Result<void> remove_customers(std::span<const CustomerId> customers);
  /// After Options::canonical changed: rows that are now with one of these customers go where they belong. For a merge
  /// of A into B name A; to take it back name B. Of what went from B nothing stays in B's shard: it is folded, because
  /// who erases A later looks for it nowhere but with A. Damage found by the fold leaves them where they belong.
  Result<void> rehome(std::span<const CustomerId> customers);
  /// Finds everybody who is not where Options::canonical says, and moves them: after a snapshot was opened.
  Result<void> rehome_all(Executor& executor);
  /// Takes finished parts (bulk.h, snapshot.h) in place of everything in their shards.
  void adopt(std::shared_ptr<const Schema> schema, std::vector<std::shared_ptr<const Part>> parts, Seq last);
  /// Makes a column of a property that has none, because it is undeclared or rests until somebody asks. From now on new
  /// rows fill it; give the kind's rows of the log to the Backfill (a sweep, with progress) for the others, then
  /// install it. REQUIRES a kind of the schema. Null when the column is there. Asked twice, whoever installs last
  /// counts.
  std::unique_ptr<Backfill> add_column(std::string_view stream, const query::Property& property);
  Result<void> install(Backfill& backfill, Executor& executor);

  // Beside the writer: any one thread.

  /// Which shards: those that have grown enough beside their base; of these those with as much beside it as in it, for
  /// one who has no time; all that have more than one part.
  enum class FoldWhich { wanting, pressing, all };
  bool wants_fold(FoldWhich which = FoldWhich::wanting) const;
  /// Makes one base of a shard's parts, in all such shards, then publishes each. Meanwhile the writer goes on. Returns
  /// how many. Pressing folds leave dictionaries as they are, with texts that nobody has any more: most of a fold goes
  /// into reading them.
  Result<int> fold(Executor& executor, FoldWhich which = FoldWhich::wanting);
  /// The same for these shards: what nobody has any more is in none of their bytes then.
  Result<int> fold_shards(Executor& executor, std::span<const int> shards);
  /// Puts `base`, which has what `folded` have, in the place of these parts of a shard. False, and nothing is done,
  /// when the shard was made anew from its base on meanwhile: that has what was folded, but for those who were
  /// removed.
  bool put_base(int shard, std::span<const std::shared_ptr<const Part>> folded, std::shared_ptr<const Part> base);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Values of one property for rows that are in the timeline already, collected from the log.
class Backfill {
 public:
  Backfill(std::shared_ptr<const Schema> schema, KindIndex kind, ColumnIndex column);
  ~Backfill();
  /// Rows of other kinds are passed over. In any order.
  void add(const Row& row);

  struct State;

 private:
  friend class BackfillPart;
  std::unique_ptr<State> state_;
};

}  // namespace cairn::timeline

// Calls that could not become events: kept whole, listed by reason, mended, replayed or dropped.
//
// Invariants:
// 1. One row per (source, call): a retry of a refused call is the same row (`receivedAt` and `sentAt` do not count).
// 2. A replay appends the event and settles the row in one transaction: exactly once, whenever the process dies. What
//    the log had already settles as already_there.
// 3. At most kWaitingMax rows and kWaitingBytesMax bytes wait; beyond that the oldest are crowded_out, and said so.
// 4. A settled row keeps no body: nothing personal outlives it.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/audit.h"
#include "base/world.h"
#include "db/store.h"
#include "events/erasing.h"
#include "events/log.h"
#include "ingest/live.h"
#include "ingest/model.h"
#include "json/value.h"

namespace cairn::ingest {

enum class RefusedState { waiting, replayed, already_there, dropped, crowded_out };
BOOST_DESCRIBE_ENUM(RefusedState, waiting, replayed, already_there, dropped, crowded_out)

struct RefusedRow {
  int64_t id = 0;
  SourceId source;
  Time at;
  std::string kind, field, reason;
  std::string body;  ///< Empty once settled.
  RefusedState state = RefusedState::waiting;
  std::optional<Time> settled_at;
  Seq seq;  ///< Of the row in the log, when replayed or already there.
};

/// Which rows; empty members ask for all.
struct RefusedFilter {
  std::vector<int64_t> ids;
  std::optional<SourceId> source;
  std::optional<std::string> field, reason;
};

/// A change to a call's JSON before it is read again: names first, then a merge patch (RFC 7386).
struct Mend {
  std::vector<std::pair<std::string, std::string>>
      rename;  ///< Paths: `userid` → `userId`, `properties.a` → `traits.b`.
  std::optional<json::Object> merge;

  bool is_empty() const { return rename.empty() && !merge; }
};
/// The mended call as JSON text. Error invalid: the body or a path is no object's.
Result<std::string> mended(std::string_view body, const Mend& mend);

/// Reads a call as if it had come at `received_at`: one event, or one refused call with its reason. Pure, any thread.
using ReadAgain = std::function<Result<Delivery>(SourceId source, std::string_view body, Time received_at)>;

class Refused {
 public:
  static constexpr int64_t kWaitingMax = 100'000;
  static constexpr int64_t kWaitingBytesMax = int64_t{256} << 20;
  static constexpr int64_t kSettledMax = 100'000;  ///< Settled rows that are remembered.

  struct Parts {
    World& world;
    db::Store& store;
    events::Log& log;
    events::Identify& identify;
    events::Undeclared& undeclared;
    Live& live;
    ReadAgain read;
    int64_t waiting_max = kWaitingMax;
    int64_t waiting_bytes_max = kWaitingBytesMax;
  };
  static Result<std::unique_ptr<Refused>> open(Parts parts);

  /// Within the intake's transaction, on the writer's thread. A call that waits already is left as it is.
  Result<void> keep(db::Transaction& tx, SourceId source, Time at, std::span<const RefusedCall> calls);

  struct Group {
    SourceId source;
    std::string field, reason;
    int64_t count = 0;
    int64_t newest_id = 0;
    Time newest_at;
  };
  struct Listed {
    std::vector<RefusedRow> rows;  ///< Newest first.
    std::optional<int64_t> next;   ///< `before` of the next page.
  };
  /// What waits, by (source, field, reason), most first; at most 200.
  Result<std::vector<Group>> groups() const;
  Result<Listed> list(const RefusedFilter& filter, std::optional<RefusedState> state, int64_t before, int limit) const;
  /// How many rows there are of each state.
  Result<std::vector<std::pair<RefusedState, int64_t>>> counts() const;

  /// One call of a replay: what became of it.
  struct Replayed {
    int64_t id = 0;
    RefusedState state = RefusedState::waiting;
    Seq seq;
    std::string field, reason;  ///< Why it still waits.
    std::string call;           ///< Of a trial: the mended call.
  };
  struct Report {
    int64_t replayed = 0, already_there = 0, still_waiting = 0;
    std::vector<Replayed> calls;  ///< At most 100 of them, those that still wait first.
    std::optional<int64_t> next;  ///< Go on with `after` = this.
  };
  struct Ask {
    RefusedFilter filter;
    Mend mend;
    int64_t after = 0;      ///< Only rows with a higher id.
    int limit = 1000;       ///< Rows of this call at most.
    bool is_trial = false;  ///< Reads and tells, keeps nothing.
  };
  /// Reads waiting calls again, oldest first. One that still cannot be read goes on waiting, with its new reason when
  /// nothing was mended. Not on the writer's thread.
  Result<Report> replay(const accounts::Actor& actor, const Ask& ask);
  /// Settles waiting calls as dropped; returns how many. REQUIRES (invalid otherwise): the filter names something.
  Result<int64_t> drop(const accounts::Actor& actor, const RefusedFilter& filter);

  /// Somebody is erased: calls that name them are dropped and keep no word of theirs. Reads every row; returns how many
  /// it changed. A retry of such a call is still the same row. Not on the writer's thread.
  Result<int64_t> forget(const events::Needles& needles);

 private:
  struct State;
  explicit Refused(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace cairn::ingest

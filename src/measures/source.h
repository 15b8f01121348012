// Where timelines come from: every customer's events in time order, once. The program reads them as columns
// (version_timelines.h); what is here reads the log itself, and is the judge of that.
#pragma once
#include <array>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "events/log.h"
#include "measures/customer_events.h"
#include "measures/owners.h"

namespace cairn::measures {

/// What is in the log and counts, known before the first customer is visited.
struct Census {
  int64_t events = 0;
  int64_t set_apart = 0;  ///< Rows that rules set apart (events::kSetApart): in the log, in nothing else here.
  std::optional<Time> first_event;   ///< Earliest occurred_at.
  std::optional<Time> newest_event;  ///< Latest occurred_at.
  std::array<int64_t, kKindRefs> by_kind{};

  int64_t of(KindRef kind) const { return by_kind[static_cast<size_t>(kind)]; }
  void count(KindRef kind, Time occurred_at);
};

class Visitor {
 public:
  virtual ~Visitor() = default;
  /// Once, before any customer.
  virtual void begin(const Census& census) = 0;
  /// Each customer once, those of a shard one after the other by id; those of different shards may come at the same
  /// time. The span and what it views are valid during the call.
  virtual void customer(CustomerId id, std::span<const Event> events) = 0;
  /// Whether known_at must be right for kinds that are no facts of their own (`other`), too.
  virtual bool asks_as_known() const { return false; }
};

class Timelines {
 public:
  virtual ~Timelines() = default;
  virtual Result<void> each(Visitor& visitor) = 0;
};

/// Straight from the log; things that several sources tell of stand at one customer (owners.h). Sweeps it into memory
/// by shard; when the rows outgrow `memory_bytes`, the highest shards are let go and read by a further sweep. So
/// memory stays below memory_bytes plus the rows of one shard (about 1/64 of the log), and a log that fits is read
/// once.
class LogTimelines final : public Timelines {
 public:
  struct Options {
    size_t memory_bytes = size_t{768} << 20;
    /// From the id in a row to the customer that it belongs to now (merges). Absent: the same.
    std::function<CustomerId(CustomerId)> canonical = {};
  };
  LogTimelines(events::Log& log, Options options);
  explicit LogTimelines(events::Log& log) : LogTimelines(log, Options()) {}
  Result<void> each(Visitor& visitor) override;
  /// How often the log was swept by the last each().
  int sweeps() const { return sweeps_; }

 private:
  struct Shard;
  Result<int> read_from(int first_shard, std::vector<Shard>& shards, Census* census);

  events::Log& log_;
  Owners owners_;
  Options options_;
  int sweeps_ = 0;
};

/// For tests: events added by hand, in any order.
class MemoryTimelines final : public Timelines {
 public:
  struct Row {
    int64_t customer = 1;
    std::string kind;
    Time at;
    std::string properties = "{}";
    int source = 1;
    int precedence = 100;
    std::optional<Time> known_at = {};
  };
  /// Returns the seq given to it.
  int64_t add(Row row);
  Result<void> each(Visitor& visitor) override;

 private:
  std::vector<Row> rows_;
};

}  // namespace cairn::measures

// How a question goes, seen from outside: what it does, how far it is, and the wish that it ends.
#pragma once
#include <atomic>
#include <mutex>
#include <string>

#include "base/result.h"
#include "engine/ask.h"
#include "json/describe.h"

namespace cairn::questions {

/// Any thread may look and stop; one thread works.
class Running {
 public:
  enum class Stage { waiting, reading, asking, done };
  BOOST_DESCRIBE_NESTED_ENUM(Stage, waiting, reading, asking, done)
  struct State {
    Stage stage = Stage::waiting;
    std::string reading;           ///< Of `reading`: the property that is read from the log.
    uint64_t done = 0, total = 0;  ///< Rows of the log, or customers.
  };
  State state() const;
  /// `asking 40 % of 5,000 customers`: a line for people.
  std::string line() const;

  /// It ends soon with this error. The first one counts.
  void stop(Error why);
  /// Somebody does not want it any more.
  void cancel();
  bool is_stopped() const { return progress_.is_cancelled.load(std::memory_order_relaxed); }
  /// Why it was stopped. REQUIRES is_stopped().
  Error why() const;

  // For who works.
  engine::Progress& progress() { return progress_; }
  /// Customers who will be looked at from now on: several scans, one after the other, are added up.
  void begin_asking(uint64_t customers);
  /// False when it is to end.
  bool read_so_far(std::string_view property, uint64_t rows, uint64_t of);
  void finish();

 private:
  mutable std::mutex mutex_;
  State state_;  // guarded by mutex_; `done` of asking is in progress_
  Error why_;    // guarded by mutex_
  engine::Progress progress_;
};

}  // namespace cairn::questions

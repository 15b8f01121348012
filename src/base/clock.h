// The only way to learn what time it is.
#pragma once
#include "base/time.h"

namespace cairn {

class Clock {
 public:
  virtual ~Clock() = default;
  /// The wall clock. Safe from any thread.
  virtual Time now() = 0;
  /// Never goes back; only differences mean something.
  virtual Duration elapsed() = 0;
};

/// A clock that tests move by hand. Not safe from two threads at once.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(Time start) : now_(start) {}
  Time now() override { return now_; }
  Duration elapsed() override { return now_ - Time{}; }
  void advance(Duration d) { now_ = now_ + d; }

 private:
  Time now_;
};

/// The machine's.
Clock& system_clock();

}  // namespace cairn

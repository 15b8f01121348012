// The only way to learn what time it is.
#pragma once
#include <atomic>

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

/// A clock that tests move by hand; reading it is safe from any thread.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(Time start) : now_(start.micros) {}
  Time now() override { return {now_.load()}; }
  Duration elapsed() override { return {now_.load()}; }
  void advance(Duration d) { now_ += d.micros; }

 private:
  std::atomic<int64_t> now_;
};

/// The machine's.
Clock& system_clock();

}  // namespace cairn

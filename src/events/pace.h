// Whether the log grows faster than those should keep up with who follow it: then the writer needs the cores.
#pragma once
#include "base/id.h"
#include "base/time.h"

namespace cairn::events {

/// One for each who follows; not safe from two threads.
class Pace {
 public:
  static constexpr double kFlood = 20'000;  ///< Rows a second.
  /// A flood is over when it paused for so long: a slow disk, or a core that others have, is no end.
  static constexpr Duration kCalm = seconds(1);

  /// Of what came within less than `least` nobody knows yet how fast the next will: it is judged then.
  explicit Pace(Duration least, Duration calm = kCalm) : least_(least), calm_(calm) {}

  /// The log reaches `last` at `now` (of the clock's elapsed()). Returns is_flood().
  bool look(Seq last, Duration now) {
    if (now - at_ < least_) return is_flood_;
    is_fast_ = static_cast<double>(last.value - last_.value) > kFlood * (now - at_).seconds();
    if (is_fast_) fast_at_ = now;
    is_flood_ = is_fast_ || (is_flood_ && now - fast_at_ < calm_);
    last_ = last;
    at_ = now;
    return is_flood_;
  }
  /// What was there before is no growth.
  void begin(Seq last, Duration now) {
    last_ = last;
    at_ = now;
    is_fast_ = is_flood_ = false;
  }
  bool is_flood() const { return is_flood_; }
  /// As it was looked at last: a flood that pauses is not.
  bool is_fast() const { return is_fast_; }

 private:
  Duration least_, calm_;
  Seq last_;
  Duration at_, fast_at_;
  bool is_fast_ = false, is_flood_ = false;
};

}  // namespace cairn::events

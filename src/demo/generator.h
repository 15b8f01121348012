// All the shop's events, slice by slice, without a store: the same for the same plan, byte for byte.
//
// Customers are simulated side by side in waves small enough for memory (about two million events), in two rounds:
// those who come by themselves, then those whom these invited. Within a wave slices follow each other in time; the
// next wave begins at the shop's first day again.
#pragma once
#include <array>
#include <memory>
#include <vector>

#include "base/world.h"
#include "demo/life.h"
#include "demo/plan.h"
#include "events/model.h"

namespace cairn::demo {

/// Some thousand events that follow each other in time, by who sends them (Source), each list in time order.
struct Slice {
  std::array<std::vector<events::NewEvent>, kSources> by_source;
  size_t size() const;
};

class Generator {
 public:
  /// The plan must outlive it.
  Generator(Executor& executor, const Plan& plan) : executor_(executor), plan_(plan) {}
  /// The next slice; false when there is none.
  bool next(Slice& slice);
  /// How many events there will be in all: an estimate until the last wave is there.
  uint64_t expected() const;
  /// Those of the wave that the last slice came from, by number; the story's two are not among them.
  const std::vector<Truth>& truths() const { return truths_; }
  /// True when the last slice began a wave.
  bool began_wave() const { return began_wave_; }

 private:
  struct Place {
    Time at;
    uint32_t tape, record;
  };
  bool begin_wave();
  std::vector<Invitation> live(uint32_t first, uint32_t last, const std::vector<Invitation>& invitations);
  void merge();

  Executor& executor_;
  const Plan& plan_;
  uint32_t next_customer_ = 0;
  uint64_t events_ = 0;  // of all waves so far
  std::vector<std::unique_ptr<Tape>> tapes_;
  std::vector<Place> order_;
  size_t at_ = 0;
  std::vector<Truth> truths_;
  bool began_wave_ = false;
  bool told_story_ = false;
};

}  // namespace cairn::demo

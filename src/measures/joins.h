// Owners (owners.h) over a timeline: which rows count at another customer than the one where they stand, because
// several sources tell of one thing. Nothing is looked for when there is one source.
#pragma once
#include <vector>

#include "measures/lanes.h"

namespace cairn::measures {

/// A row at the customer whose it is.
struct Arrival {
  CustomerId owner;
  const Lane* lane = nullptr;
  uint32_t row = 0;
  Time at;
  Seq seq;
};

class Joins {
 public:
  /// In parallel. The lanes must outlive it.
  static Joins of(const Lanes& lanes, Executor& executor);

  bool is_empty() const { return is_empty_; }
  /// Whether a customer's row counts elsewhere. REQUIRES it stands in that shard.
  bool leaves(int shard, const Lane& lane, uint32_t row) const;
  /// Ascending by (owner, at, seq).
  const std::vector<Arrival>& arrivals(int shard) const { return arrivals_[static_cast<size_t>(shard)]; }

 private:
  struct Row {
    const Lane* lane = nullptr;
    uint32_t row = 0;
    auto operator<=>(const Row&) const = default;
  };
  bool is_empty_ = true;
  std::vector<std::vector<Row>> leaving_;  ///< By shard; ascending.
  std::vector<std::vector<Arrival>> arrivals_;
};

}  // namespace cairn::measures

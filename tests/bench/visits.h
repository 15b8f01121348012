// Who comes next to a shop: visits of some eight events, two thousand of them at one time.
#pragma once
#include <vector>

#include "base/random.h"

namespace cairn::load {

inline constexpr size_t kVisitors = 2'000;
inline constexpr double kLeaves = 1.0 / 8;  // before each event

/// One of `visitors`, or who comes in their place, as draw() says.
template <class Draw>
int64_t next_visitor(std::vector<int64_t>& visitors, Random& random, Draw draw) {
  int64_t& visitor = visitors[random.below(visitors.size())];
  if (random.chance(kLeaves)) visitor = draw();
  return visitor;
}

}  // namespace cairn::load

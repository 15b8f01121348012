// How large a query may be. Beyond these the parser says so; nothing that it accepts can exhaust stack, memory or time.
#pragma once
#include <cstddef>

namespace cairn::query {

inline constexpr size_t kMaxQueryBytes = 20'000;
/// Nodes on the longest way from the root to a leaf; also how deep the parser goes.
inline constexpr size_t kMaxDepth = 100;
/// Of the whole tree, the items of lists included.
inline constexpr size_t kMaxNodes = 4'000;
/// Of a sequence or a funnel.
inline constexpr size_t kMaxSteps = 12;
/// What one answer may be broken down by.
inline constexpr size_t kMaxDimensions = 4;
/// Events that a path may have after its first.
inline constexpr int kMaxPathDepth = 20;
/// Columns of `values`.
inline constexpr size_t kMaxColumns = 500;
/// Periods after the first in `retention`; later returns are not counted.
inline constexpr int kMaxRetentionPeriods = 200;
/// Problems that one check reports.
inline constexpr size_t kMaxProblems = 20;

}  // namespace cairn::query

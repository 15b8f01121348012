// Questions about many customers, over all shards on all cores. Every answer is the same to the bit whatever way the
// rows came into the version, and however many cores there are.
#pragma once
#include <atomic>

#include "base/executor.h"
#include "engine/answers.h"
#include "engine/customer.h"

namespace cairn::engine {

/// How a long question goes; any thread may look, and stop it.
struct Progress {
  std::atomic<uint64_t> customers_done{0};
  std::atomic<bool> is_cancelled{false};
};

/// Of one answer: some 40 bytes of memory each, and their texts.
inline constexpr uint64_t kCellsMax = 50'000'000;

struct Ask {
  const timeline::Version& version;
  Executor& executor;
  Time now;  ///< What `now()` means unless the question says `as of`.
  Progress* progress = nullptr;
  uint64_t cells_max = kCellsMax;
};

// REQUIRES a plan of that question. Errors: corrupt when a snapshot is damaged; conflict when it was cancelled.

Result<Selected> select(const Plan& plan, const Ask& ask);
/// Ascending by id. Error too_large, too: there would be more than `cells_max` values.
Result<std::vector<Line>> values(const Plan& plan, const Ask& ask);
Result<Series> series(const Plan& plan, const Ask& ask);
Result<Funnel> funnel(const Plan& plan, const Ask& ask);
Result<Retention> retention(const Plan& plan, const Ask& ask);
Result<Paths> paths(const Plan& plan, const Ask& ask);
Result<Transitions> transitions(const Plan& plan, const Ask& ask);

/// The moment of a plan's question, and from where it looks.
Look look_of(const Plan& plan, Time now);

}  // namespace cairn::engine

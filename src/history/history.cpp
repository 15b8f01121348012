#include "history/history.h"

#include <algorithm>

#include "history/following.h"

namespace cairn::history {

tl::unexpected<Error> not_built(const Standing& standing) {
  if (standing.state == Standing::State::failed)
    return fail(Code::unavailable, "the timelines could not be built: {}", standing.finding);
  int64_t of = std::max<int64_t>(standing.log_last.value, 1);
  return fail(Code::unavailable, "the timelines are being built ({} %); ask again in a moment",
              std::min<int64_t>(standing.last.value * 100 / of, 99));
}

Result<std::unique_ptr<History>> History::open(World& world, db::Store& store, events::Log& log,
                                               const std::string& directory, Options options) {
  return std::make_unique<Following>(world, store, log, directory, options);
}

}  // namespace cairn::history

#include "history/history.h"

#include "history/following.h"

namespace cairn::history {

Result<std::unique_ptr<History>> History::open(World& world, db::Store& store, events::Log& log, std::string directory,
                                               Options options) {
  return std::make_unique<Following>(world, store, log, std::move(directory), options);
}

}  // namespace cairn::history

// The timeline held against one that is made from the log at once, by other code than the application's.
#pragma once
#include <string>

#include "base/executor.h"
#include "db/store.h"
#include "events/log.h"
#include "timeline/version.h"

namespace cairn::sim {

/// What a version says otherwise than the log's rows up to its last; empty when nothing.
std::string difference(const timeline::Version& version, db::Store& store, events::Log& log, Executor& executor);

}  // namespace cairn::sim

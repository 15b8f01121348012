// The log over HTTP.
#pragma once
#include "events/log.h"
#include "http/route.h"

namespace cairn::app {

/// `GET /api/v1/log?after=SEQ&limit=N`: rows in order of seq, as events/log_text.h writes them.
http::Route log_route(events::Log& log);

}  // namespace cairn::app

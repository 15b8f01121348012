// The addresses of segments.
#pragma once
#include <vector>

#include "http/route.h"
#include "segments/service.h"

namespace cairn::segments {

/// `service` must outlive them.
std::vector<http::Route> routes(Service& service);

}  // namespace cairn::segments

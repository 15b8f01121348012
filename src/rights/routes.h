// The addresses of people's rights.
#pragma once
#include <vector>

#include "http/route.h"
#include "rights/service.h"

namespace cairn::rights {

/// `service` must outlive them.
std::vector<http::Route> routes(Service& service);

}  // namespace cairn::rights

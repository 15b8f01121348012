// Customers over HTTP: docs/reference/customer-360.md.
#pragma once
#include <vector>

#include "http/route.h"
#include "profile/service.h"

namespace cairn::profile {

std::vector<http::Route> routes(Service& service);

}  // namespace cairn::profile

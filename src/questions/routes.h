// The query language over HTTP: docs/reference/query-api.md.
#pragma once
#include <vector>

#include "http/route.h"
#include "questions/jobs.h"
#include "questions/service.h"

namespace cairn::questions {

/// Rows of a table in one JSON answer, unless it says `limit`, and at most.
inline constexpr int64_t kRowsShown = 1000;
inline constexpr int64_t kRowsMax = 10'000;
/// Customers who are listed to those who may see them but not export them.
inline constexpr int64_t kCustomersShown = 100;

/// What is given must outlive the routes.
std::vector<http::Route> routes(Service& service, Jobs& jobs);

}  // namespace cairn::questions

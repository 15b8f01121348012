// Which routes no scenario asks. Pure.
#pragma once
#include <string>
#include <vector>

#include "api/scenario.h"
#include "json/value.h"

namespace cairn::test {

/// `DELETE /api/v1/keys/{id}` for each operation of the OpenAPI document that no request of the scenarios matches. A
/// variable in a scenario's path stands for any part. `as owner` and `key` ask their routes, too.
Result<std::vector<std::string>> routes_without_scenario(const json::Object& openapi,
                                                         const std::vector<Scenario>& scenarios);

}  // namespace cairn::test

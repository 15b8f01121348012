// Places in a JSON value: `$.orders[0].total`, `$.orders[-1]`, `$.orders[id=7].total`, `$["odd key"]`.
#pragma once
#include <string>
#include <string_view>

#include "json/value.h"

namespace cairn::test {

/// The value there, or null when there is none. Error invalid when the path itself is malformed.
Result<const json::Value*> find_path(const json::Value& value, std::string_view path);

}  // namespace cairn::test

// Numbers in paths: `/api/v1/customers/{id}`.
#pragma once
#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace cairn::http {

/// Error not_found, `there is no such customer`: what is no whole number names nothing.
Result<int64_t> path_number(std::string_view text, std::string_view what);

}  // namespace cairn::http

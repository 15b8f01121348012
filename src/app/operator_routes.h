// What the command line asks of a running server, through the socket in the data directory: run this command, how
// far is it, stop it. Only this machine's operator can reach it, so it needs no session.
#pragma once
#include <vector>

#include "app/jobs.h"
#include "http/route.h"

namespace cairn::app {

/// The permission that only a caller on the server's own socket has.
inline constexpr std::string_view kOperator = "operator";

std::vector<http::Route> operator_routes(Jobs& jobs);

}  // namespace cairn::app

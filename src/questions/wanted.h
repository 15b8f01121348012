// Handlers whose work ends when nobody waits for its answer any more.
#pragma once
#include <functional>
#include <memory>

#include "http/reply.h"
#include "questions/running.h"

namespace cairn::questions {

/// Answers when it returns; what it is given is stopped when the client has gone.
http::Handler while_wanted(
    std::function<Result<http::Response>(const http::Request&, const std::shared_ptr<Running>&)> handle);

}  // namespace cairn::questions

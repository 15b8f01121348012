// The real server with a source of its own, for tests and benches that load it.
#pragma once
#include <string>
#include <vector>

#include "api/process.h"
#include "base/result.h"

namespace cairn::load {

/// Runs the program to its end. Error unavailable, with what it wrote, when it fails.
Result<std::string> run_cairn(const std::vector<std::string>& words, const test::Environment& environment);

/// Makes a server source and returns its write key. Works with and without a server running.
Result<std::string> add_source(const std::string& name, const test::Environment& environment);

/// `cairn serve` on a free port.
Result<test::ServerProcess> serve(const test::Environment& environment, const std::string& log_path);

/// The text of a new API key with these permissions, made as the owner does: by the sign-in link.
Result<std::string> make_api_key(test::ServerProcess& server, const std::vector<std::string>& scopes);

/// Of /proc/PID/status, in bytes: `VmRSS`, `VmHWM`, `RssAnon`; 0 when the process is gone.
int64_t memory_of(pid_t pid, std::string_view field);

}  // namespace cairn::load

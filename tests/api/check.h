// Whether what came is what a scenario expects.
#pragma once
#include <optional>
#include <string>

#include "api/scenario.h"
#include "http/client.h"

namespace cairn::test {

/// What a step brought: an answer, or a command's end.
struct Outcome {
  int status = 0;  ///< Or the exit code.
  http::Headers headers;
  std::string text;        ///< The body, or what the command wrote.
  std::string error_text;  ///< What the command wrote to stderr.
};

/// Error invalid says what was expected and what came.
Result<void> check_outcome(const Check& check, const Outcome& outcome, const Variables& variables);
/// The value that a capture takes.
Result<std::string> take_capture(const Capture& capture, const Outcome& outcome);

}  // namespace cairn::test

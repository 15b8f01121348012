// Question texts put together from parts, for the command line and for forms. The text is checked afterwards like any
// other, so nothing here judges what the parts say.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace cairn::questions {

struct Parts {
  std::string form;                 ///< funnel, retention, paths, series, transitions, select, values.
  std::vector<std::string> what;    ///< Steps, an aggregate, a condition, expressions.
  std::optional<std::string> from;  ///< paths: the event to start at …
  std::optional<std::string> to;    ///< … or to end at.
  std::optional<std::string> within, on, every, depth;
  std::vector<std::string> by;
  std::optional<std::string> customers;  ///< `for …`
  /// The period: a window as the language has it, or its ends.
  std::optional<std::string> period, last, since, until;
};

/// Error invalid: what lacks, or what the form does not have, and what to write.
Result<std::string> compose(const Parts& parts);

}  // namespace cairn::questions

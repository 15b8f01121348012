// What goes over the operator's socket.
#pragma once
#include <optional>
#include <string>

#include "json/describe.h"
#include "json/value.h"

namespace cairn::app {

struct CommandAsked {
  std::string command;
  json::Object options;
};
BOOST_DESCRIBE_STRUCT(CommandAsked, (), (command, options))

struct CommandStarted {
  int64_t job = 0;
};
BOOST_DESCRIBE_STRUCT(CommandStarted, (), (job))

struct CommandState {
  std::string text;
  std::string progress;
  bool done = false;
  std::optional<std::string> error;  ///< Its message, when it failed.
};
BOOST_DESCRIBE_STRUCT(CommandState, (), (text, progress, done, error))

}  // namespace cairn::app

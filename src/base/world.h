// Everything that a program can only get from outside itself, in one place: handed down from main, or from a test.
#pragma once
#include "base/clock.h"
#include "base/executor.h"
#include "base/file.h"
#include "base/random.h"

namespace cairn {

struct World {
  Clock& clock;
  Entropy& entropy;
  Executor& executor;
  Files& files;
};

/// The machine's own.
inline World system_world() { return {system_clock(), system_entropy(), system_executor(), system_files()}; }

}  // namespace cairn

// The command line: what may be typed, and what each line does.
#pragma once

namespace cairn::app {

/// Runs one command line. Returns the exit status: 0 done, 1 it failed (one line on standard error says what to
/// do), 2 it was not understood.
int run_command_line(int argc, char** argv);

}  // namespace cairn::app

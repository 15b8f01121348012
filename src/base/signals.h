// Being asked to stop, by Ctrl-C or a service manager.
#pragma once

namespace cairn {

/// From now on SIGINT and SIGTERM ask for a stop instead of killing; a second one kills at once. SIGPIPE is ignored.
void catch_stop_signals();
/// Whether a stop was asked for. Any thread.
bool is_stop_asked();
/// Returns when a stop was asked for.
void wait_for_stop();

}  // namespace cairn

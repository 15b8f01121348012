#include "app/cli.h"

/// jemalloc's settings, read before main (docs/dependencies.md): what was freed goes back to the system by itself, a
/// while later (forty seconds: a flood's folds want as much again by then), also when nothing more happens. An arena
/// keeps what its threads freed, so there are few of them.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "background_thread:true,dirty_decay_ms:40000,muzzy_decay_ms:0,oversize_threshold:0,narenas:3";
}

int main(int argc, char** argv) { return cairn::app::run_command_line(argc, argv); }

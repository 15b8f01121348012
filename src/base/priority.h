// Who waits for whom when there are more threads than cores.
#pragma once

namespace cairn {

/// From now on the calling thread, and threads that it starts (Executor::parallel_for), get what others leave of the
/// cores: for work that people wait seconds for, beside work that must not wait. Cannot be taken back. Does nothing on
/// threads that system_executor() did not make: a simulation runs everything on one.
void give_way();

/// The calling thread is one queue's or one loop's alone. For executors.
void is_owned();

}  // namespace cairn

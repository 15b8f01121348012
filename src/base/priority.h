// Who waits for whom when there are more threads than cores.
#pragma once

namespace cairn {

/// From now on the calling thread, and threads that it starts (Executor::parallel_for), get what others leave of the
/// cores: for work that people wait seconds for, beside work that must not wait. Cannot be taken back.
void give_way();

}  // namespace cairn

#include "base/priority.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace cairn {

namespace {
thread_local bool is_own = false;
}

void is_owned() { is_own = true; }

void give_way() {
  if (!is_own) return;
  // Who wakes takes the core from such a thread at once, and a core that has only such threads counts as free: beside a
  // nice value of 15 that is the difference between 0.87 and 0.99 of a flood's speed (`./dev bench live`). They still
  // get a three-hundredth of a core that others want, so who waits for a lock of theirs waits for milliseconds.
  sched_param none{};
  if (::sched_setscheduler(0, SCHED_IDLE, &none) == 0) return;
  constexpr int kNice = 15;
  (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), kNice);
}

}  // namespace cairn

#include "base/signals.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

#include "base/check.h"

namespace cairn {
namespace {

// Signal handlers have no arguments of ours: the only state that is global, and it is two numbers.
std::atomic<bool> asked{false};
int wake_fd = -1;

void on_signal(int number) {
  if (asked.exchange(true)) _exit(128 + number);
  uint64_t one = 1;
  [[maybe_unused]] ssize_t n = write(wake_fd, &one, sizeof one);
}

}  // namespace

void catch_stop_signals() {
  wake_fd = eventfd(0, EFD_CLOEXEC);
  CHECK(wake_fd >= 0);
  struct sigaction action{};
  action.sa_handler = on_signal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, nullptr);
}

bool is_stop_asked() { return asked; }

void wait_for_stop() {
  pollfd waiting{wake_fd, POLLIN, 0};
  while (!asked) poll(&waiting, 1, -1);
}

}  // namespace cairn

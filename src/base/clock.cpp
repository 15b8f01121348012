#include "base/clock.h"

#include <chrono>

namespace cairn {
namespace {

class SystemClock final : public Clock {
 public:
  Time now() override { return {micros(std::chrono::system_clock::now())}; }
  Duration elapsed() override { return {micros(std::chrono::steady_clock::now())}; }

 private:
  template <class T>
  static int64_t micros(T t) {
    return std::chrono::duration_cast<std::chrono::microseconds>(t.time_since_epoch()).count();
  }
};

}  // namespace

Clock& system_clock() {
  static SystemClock clock;
  return clock;
}

}  // namespace cairn

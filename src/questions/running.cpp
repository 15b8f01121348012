#include "questions/running.h"

namespace cairn::questions {

Running::State Running::state() const {
  std::lock_guard lock(mutex_);
  State out = state_;
  if (out.stage == Stage::asking) out.done = std::min<uint64_t>(progress_.customers_done.load(), out.total);
  return out;
}

std::string Running::line() const {
  State s = state();
  uint64_t percent = s.total == 0 ? 0 : s.done * 100 / s.total;
  switch (s.stage) {
    case Stage::waiting: return "waiting for another question …";
    case Stage::reading: return fmt::format("reading {} from the log … {} %", s.reading, percent);
    case Stage::asking: return fmt::format("asking {} customers … {} %", s.total, percent);
    case Stage::done: return {};
  }
  return {};
}

void Running::stop(Error why) {
  std::lock_guard lock(mutex_);
  if (progress_.is_cancelled.exchange(true)) return;
  why_ = std::move(why);
}

void Running::cancel() { stop({Code::conflict, "the question was cancelled"}); }

Error Running::why() const {
  std::lock_guard lock(mutex_);
  return why_;
}

void Running::begin_asking(uint64_t customers) {
  std::lock_guard lock(mutex_);
  if (state_.stage != Stage::asking) state_ = {Stage::asking, {}, 0, 0};
  state_.total += customers;
}

bool Running::read_so_far(std::string_view property, uint64_t rows, uint64_t of) {
  std::lock_guard lock(mutex_);
  state_ = {Stage::reading, std::string(property), rows, of};
  return !is_stopped();
}

void Running::finish() {
  std::lock_guard lock(mutex_);
  state_ = {Stage::done, {}, 0, 0};
}

}  // namespace cairn::questions

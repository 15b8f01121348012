#include "segments/wakes.h"

#include <algorithm>
#include <functional>

#include "base/time.h"

namespace cairn::segments {
namespace {

int64_t hour_of(int64_t at) {
  constexpr int64_t kHour = hours(1).micros;
  return at / kHour - (at % kHour < 0 ? 1 : 0);
}

}  // namespace

void Wakes::set(uint32_t number, int64_t at) {
  if (number >= at_.size()) {
    if (at == kNever) return;
    at_.resize(number + 1, kNever);
  }
  int64_t before = at_[number];
  if (before == at) return;
  waiting_ += (before == kNever ? 1 : 0);
  waiting_ -= (at == kNever ? 1 : 0);
  at_[number] = at;
  if (at == kNever) return;
  // Its entry is in that bucket already.
  bool is_there = before != kNever && hour_of(before) == hour_of(at) && hour_of(at) >= opened_;
  if (!is_there) put(number, at);
  if (entries_ > 2 * waiting_ + 4096) sweep();
}

void Wakes::put(uint32_t number, int64_t at) {
  ++entries_;
  if (hour_of(at) >= opened_) {
    buckets_[hour_of(at)].push_back(number);
    return;
  }
  heap_.emplace_back(at, number);
  std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
}

void Wakes::open(int64_t hour) {
  while (!buckets_.empty() && buckets_.begin()->first <= hour) {
    for (uint32_t number : buckets_.begin()->second) {
      if (at_[number] != kNever && hour_of(at_[number]) == buckets_.begin()->first)
        heap_.emplace_back(at_[number], number);
      else --entries_;
    }
    buckets_.erase(buckets_.begin());
    std::make_heap(heap_.begin(), heap_.end(), std::greater<>());
  }
  opened_ = std::max(opened_, hour + 1);
}

std::optional<Wakes::Entry> Wakes::pop(int64_t until) {
  if (opened_ <= hour_of(until)) open(hour_of(until));
  while (!heap_.empty() && heap_.front().first <= until) {
    Entry out = heap_.front();
    std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
    heap_.pop_back();
    --entries_;
    if (at_[out.second] != out.first) continue;
    at_[out.second] = kNever;
    --waiting_;
    return out;
  }
  return {};
}

int64_t Wakes::next() const {
  int64_t out = heap_.empty() ? kNever : heap_.front().first;
  if (!buckets_.empty()) out = std::min(out, buckets_.begin()->first * hours(1).micros);
  return out;
}

/// Customers who are looked at often leave entries behind in the hours that they no longer wait for.
void Wakes::sweep() {
  buckets_.clear();
  heap_.clear();
  entries_ = 0;
  for (uint32_t number = 0; number < at_.size(); ++number)
    if (at_[number] != kNever) put(number, at_[number]);
}

size_t Wakes::bytes() const {
  size_t out = at_.capacity() * sizeof(int64_t) + heap_.capacity() * sizeof(Entry);
  for (const auto& [hour, numbers] : buckets_) out += numbers.capacity() * sizeof(uint32_t) + 64;
  return out;
}

}  // namespace cairn::segments

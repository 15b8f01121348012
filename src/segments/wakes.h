// When which customer of a shard is to be looked at again: one moment each. A calendar queue: buckets of an hour, of
// which only those that have begun are sorted. 8 bytes a customer and 4 for each that waits.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace cairn::segments {

class Wakes {
 public:
  static constexpr int64_t kNever = INT64_MAX;

  /// kNever when nothing is awaited.
  int64_t of(uint32_t number) const { return number < at_.size() ? at_[number] : kNever; }
  void set(uint32_t number, int64_t at);
  /// The earliest, while it is not after `until`, taken out; those of one moment by number.
  std::optional<std::pair<int64_t, uint32_t>> pop(int64_t until);
  /// No later than the earliest, and at most an hour earlier; kNever when nobody waits.
  int64_t next() const;
  size_t waiting() const { return waiting_; }
  size_t bytes() const;

 private:
  using Entry = std::pair<int64_t, uint32_t>;
  void put(uint32_t number, int64_t at);
  void open(int64_t hour);
  void sweep();

  std::vector<int64_t> at_;
  /// By hour; an entry counts while at_ lies in that hour.
  std::map<int64_t, std::vector<uint32_t>> buckets_;
  std::vector<Entry> heap_;     ///< Of the hours that were opened; an entry counts while at_ says the same.
  int64_t opened_ = INT64_MIN;  ///< Hours before this are in the heap.
  size_t waiting_ = 0, entries_ = 0;
};

}  // namespace cairn::segments

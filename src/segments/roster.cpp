#include "segments/roster.h"

#include "base/hash.h"

namespace cairn::segments {

size_t Roster::slot_of(int64_t id) const {
  // The upper bits decide the shard, so the lower ones are left to tell those of one shard apart.
  size_t mask = slots_.size() - 1;
  size_t at = mix(static_cast<uint64_t>(id)) & mask;
  while (slots_[at] != kNobody && ids_[slots_[at]] != id) at = (at + 1) & mask;
  return at;
}

uint32_t Roster::find(CustomerId customer) const { return slots_.empty() ? kNobody : slots_[slot_of(customer.value)]; }

uint32_t Roster::ensure(CustomerId customer) {
  if (ids_.size() * 2 >= slots_.size()) grow();
  uint32_t& slot = slots_[slot_of(customer.value)];
  if (slot == kNobody) {
    slot = size();
    ids_.push_back(customer.value);
  }
  return slot;
}

void Roster::grow() {
  slots_.assign(slots_.empty() ? 16 : slots_.size() * 2, kNobody);
  for (uint32_t i = 0; i < ids_.size(); ++i) slots_[slot_of(ids_[i])] = i;
}

void Members::set(uint32_t number, bool is_in) {
  if (has(number) == is_in) return;
  size_t word = number / 64;
  if (word >= words_.size()) words_.resize(word + 1, 0);
  words_[word] ^= uint64_t{1} << (number % 64);
  count_ += is_in ? 1 : UINT32_MAX;
}

}  // namespace cairn::segments

#include "import/occurrences.h"

#include "base/hash.h"

namespace cairn::import {

RowHash hash_row(std::string_view row, uint64_t seed) { return {hash64(row, seed), hash64(row, ~seed)}; }

std::string row_key(const RowHash& hash, uint32_t occurrence) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out(32, '0');
  for (size_t i = 0; i < 16; ++i) {
    out[i] = kHex[(hash.high >> (60 - 4 * i)) & 15];
    out[16 + i] = kHex[(hash.low >> (60 - 4 * i)) & 15];
  }
  if (occurrence > 1) out += '#' + std::to_string(occurrence);
  return out;
}

uint32_t Occurrences::next(const RowHash& hash) {
  uint64_t value = hash.low ? hash.low : 1;  // 0 is an empty slot
  if (insert(parts_[value >> 56], value)) return 1;
  uint32_t& count = repeated_[value];
  count = count == 0 ? 2 : count + 1;
  return count;
}

namespace {

/// Of `size` slots: the 32 bits below those that chose the part, scaled.
size_t slot_of(uint64_t hash, size_t size) { return static_cast<size_t>(((hash >> 24) & 0xFFFFFFFFu) * size >> 32); }

}  // namespace

bool Occurrences::insert(Part& part, uint64_t hash) {
  if (part.used * 5 >= part.slots.size() * 4) grow(part);
  for (size_t at = slot_of(hash, part.slots.size());; at = at + 1 < part.slots.size() ? at + 1 : 0) {
    if (part.slots[at] == hash) return false;
    if (part.slots[at] != 0) continue;
    part.slots[at] = hash;
    ++part.used;
    return true;
  }
}

/// By a third: doubling would leave most of the memory empty half of the time.
void Occurrences::grow(Part& part) {
  std::vector<uint64_t> old(part.slots.empty() ? 16 : part.slots.size() + part.slots.size() / 3);
  old.swap(part.slots);
  for (uint64_t hash : old) {
    if (hash == 0) continue;
    size_t at = slot_of(hash, part.slots.size());
    while (part.slots[at] != 0) at = at + 1 < part.slots.size() ? at + 1 : 0;
    part.slots[at] = hash;
  }
}

}  // namespace cairn::import

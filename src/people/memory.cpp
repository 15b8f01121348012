#include "people/memory.h"

#include <utility>

namespace cairn::people {
namespace {

constexpr size_t kFirstSlots = 1 << 10;
constexpr size_t kSlots = 1 << 21;  // a power of two; half full is full

}  // namespace

Memory::Memory(Entropy& entropy)
    : first_key_{entropy.next64(), entropy.next64()}, second_key_{entropy.next64(), entropy.next64()} {}

Memory::Slot* Memory::Generation::find(const Print& print) {
  if (slots.empty()) return nullptr;
  size_t mask = slots.size() - 1;
  for (size_t at = print.a & mask; slots[at].print != Print{}; at = (at + 1) & mask)
    if (slots[at].print == print) return &slots[at];
  return nullptr;
}

bool Memory::Generation::put(const Print& print, CustomerId customer) {
  if (used * 2 >= slots.size()) {
    if (slots.size() == kSlots) return false;
    auto before = std::exchange(slots, std::vector<Slot>(slots.empty() ? kFirstSlots : slots.size() * 2));
    used = 0;
    for (const Slot& slot : before)
      if (slot.customer.is_set()) put(slot.print, slot.customer);
  }
  size_t mask = slots.size() - 1;
  size_t at = print.a & mask;
  while (slots[at].print != Print{} && slots[at].print != print) at = (at + 1) & mask;
  used += slots[at].print == Print{};
  slots[at] = {print, customer};
  return true;
}

Memory::Print Memory::print_of(const events::Identifier& identifier) {
  // No kind holds '=': kind and value cannot run into each other.
  scratch_.assign(identifier.kind).append(1, '=').append(identifier.value);
  return {siphash(first_key_, scratch_) | 1, siphash(second_key_, scratch_)};
}

void Memory::put(const Print& print, CustomerId customer) {
  if (young_.put(print, customer)) return;
  old_ = std::exchange(young_, Generation{});
  young_.put(print, customer);
}

CustomerId Memory::find(const events::Identifier& identifier) {
  Print print = print_of(identifier);
  if (const Slot* slot = young_.find(print); slot && slot->customer.is_set()) return slot->customer;
  const Slot* slot = old_.find(print);
  if (!slot || !slot->customer.is_set()) return {};
  CustomerId customer = slot->customer;
  put(print, customer);
  return customer;
}

void Memory::remember(const events::Identifier& identifier, CustomerId customer) {
  put(print_of(identifier), customer);
}

void Memory::forget(const events::Identifier& identifier) {
  Print print = print_of(identifier);
  for (Generation* generation : {&young_, &old_})
    if (Slot* slot = generation->find(print)) slot->customer = {};
}

void Memory::clear() {
  young_ = {};
  old_ = {};
}

}  // namespace cairn::people

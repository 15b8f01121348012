#include "timeline/part.h"

namespace cairn::timeline {

std::optional<uint32_t> Part::find(CustomerId customer) const {
  uint32_t low = 0, high = size();
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (customers_[middle] < customer.value) low = middle + 1;
    else high = middle;
  }
  return low < size() && customers_[low] == customer.value ? std::optional(low) : std::nullopt;
}

Result<void> Part::touch(Range customers) const {
  if (!is_mapped_) return {};
  TRY(order_.touch(customers));
  for (const auto& stream : streams_)
    if (stream) TRY(stream->touch_all(customers));
  for (const auto& entity : entities_) {
    if (!entity) continue;
    TRY(entity->touch(customers));
    TRY(entity->rows().touch_all(customers));
  }
  for (const auto& attribute : attributes_) {
    if (!attribute) continue;
    if (attribute->now) TRY(attribute->now->touch(customers));
    TRY(attribute->settled->at.touch(customers));
    TRY(attribute->settled->known_by.touch(customers));
  }
  return {};
}

}  // namespace cairn::timeline

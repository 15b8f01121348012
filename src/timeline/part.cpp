#include "timeline/part.h"

#include <algorithm>

namespace cairn::timeline {

namespace {

/// The first place whose number is not below `id`. Ids are random numbers, so that their size tells where one stands,
/// but for some places: from there it is looked for by leaps that grow. REQUIRES min < id <= max, the ends of all.
template <class At>
uint32_t first_not_below(At at, uint32_t size, int64_t min, int64_t max, int64_t id) {
  double places = (size - 1) / (static_cast<double>(max) - static_cast<double>(min));
  auto guess_from = [&](uint32_t place, int64_t here) {
    double there = place + places * (static_cast<double>(id) - static_cast<double>(here));
    return static_cast<uint32_t>(std::clamp(there, 0.0, static_cast<double>(size - 1)));
  };
  uint32_t guess = guess_from(0, min);
  guess = guess_from(guess, at[guess]);
  // What lies before `low` is below, what lies from `high` on is not.
  uint32_t low = 0, high = size, step = 1;
  if (at[guess] < id) {
    for (low = guess + 1; step < high - low && at[low + step] < id; step *= 2) low += step + 1;
    high = std::min(high, low + step + 1);
  } else {
    for (high = guess; step < high && at[high - step] >= id; step *= 2) high -= step;
    low = step < high ? high - step : 0;
  }
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (at[middle] < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

}  // namespace

std::optional<uint32_t> Part::find(CustomerId customer) const {
  int64_t id = customer.value, min = customers_.min(), max = customers_.max();
  if (size() == 0 || id < min || id > max) return std::nullopt;
  if (id == min) return 0;
  return customers_.visit([&](auto at) -> std::optional<uint32_t> {
    uint32_t place = first_not_below(at, size(), min, max, id);
    return at[place] == id ? std::optional(place) : std::nullopt;
  });
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

#include "timeline/integers.h"

#include <numeric>

namespace cairn::timeline {
namespace {

uint8_t width_of(uint64_t largest) {
  if (largest == 0) return 0;
  if (largest <= UINT8_MAX) return 1;
  if (largest <= UINT16_MAX) return 2;
  if (largest <= UINT32_MAX) return 4;
  if (largest < uint64_t{1} << 40) return 5;
  return largest < uint64_t{1} << 48 ? 6 : 8;
}

/// The greatest number that divides all differences from `min`, or 1 as soon as it would not make them narrower.
uint64_t scale_of(std::span<const int64_t> values, int64_t min, uint64_t range) {
  uint8_t plain = width_of(range);
  uint64_t scale = range;
  for (int64_t v : values) {
    uint64_t distance = static_cast<uint64_t>(v) - static_cast<uint64_t>(min);
    if (distance % scale == 0) continue;
    scale = std::gcd(scale, distance);
    if (width_of(range / scale) == plain) return 1;
  }
  return scale;
}

template <class T>
std::shared_ptr<const Block> plane_of(std::span<const int64_t> values, const Packing& packing, int shift) {
  auto owner = std::make_shared_for_overwrite<T[]>(values.size());
  T* out = owner.get();
  auto base = static_cast<uint64_t>(packing.base), scale = static_cast<uint64_t>(packing.scale);
  if (scale == 1)
    for (size_t i = 0; i < values.size(); ++i)
      out[i] = static_cast<T>((static_cast<uint64_t>(values[i]) - base) >> shift);
  else
    for (size_t i = 0; i < values.size(); ++i)
      out[i] = static_cast<T>((static_cast<uint64_t>(values[i]) - base) / scale >> shift);
  std::string_view bytes(reinterpret_cast<const char*>(out), values.size() * sizeof(T));
  return std::make_shared<const Block>(std::move(owner), bytes);
}

}  // namespace

Integers Integers::pack(std::span<const int64_t> values) {
  Integers out;
  out.size_ = values.size();
  if (values.empty()) return out;
  auto [low, high] = std::minmax_element(values.begin(), values.end());
  out.min_ = *low;
  out.max_ = *high;
  out.packing_.base = out.min_;
  uint64_t range = static_cast<uint64_t>(out.max_) - static_cast<uint64_t>(out.min_);
  if (range == 0) return out;
  uint64_t scale = range <= UINT8_MAX ? 1 : scale_of(values, out.min_, range);
  out.packing_.scale = static_cast<int64_t>(scale);
  out.packing_.width = width_of(range / scale);
  if (out.packing_.width == 8) out.packing_ = {0, 1, 8};
  switch (out.packing_.width) {
    case 1: out.low_ = plane_of<uint8_t>(values, out.packing_, 0); break;
    case 2: out.low_ = plane_of<uint16_t>(values, out.packing_, 0); break;
    case 5: out.high_ = plane_of<uint8_t>(values, out.packing_, 32); [[fallthrough]];
    case 4: out.low_ = plane_of<uint32_t>(values, out.packing_, 0); break;
    case 6:
      out.high_ = plane_of<uint16_t>(values, out.packing_, 32);
      out.low_ = plane_of<uint32_t>(values, out.packing_, 0);
      break;
    case 8: out.low_ = plane_of<uint64_t>(values, out.packing_, 0); break;
    default: break;
  }
  return out;
}

Integers::Integers(Packing packing, size_t size, int64_t min, int64_t max, std::shared_ptr<const Block> low,
                   std::shared_ptr<const Block> high)
    : packing_(packing), size_(size), min_(min), max_(max), low_(std::move(low)), high_(std::move(high)) {}

void Integers::read(size_t first, size_t count, int64_t* out) const {
  visit([=](auto at) {
    for (size_t i = 0; i < count; ++i) out[i] = at[first + i];
  });
}

Result<void> Integers::touch(Range range) const {
  if (!low_) return {};
  size_t last = std::min(range.last, size_);
  size_t low_bytes = packing_.width == 5 || packing_.width == 6 ? 4 : packing_.width;
  TRY(low_->touch(range.first * low_bytes, last * low_bytes));
  if (!high_) return {};
  size_t high_bytes = packing_.width - low_bytes;
  return high_->touch(range.first * high_bytes, last * high_bytes);
}

}  // namespace cairn::timeline

#include "timeline/array.h"

#include <algorithm>
#include <cstring>

#include "base/hash.h"

namespace cairn::timeline {
namespace {

uint64_t load64(const char* p) {
  uint64_t v;
  std::memcpy(&v, p, 8);
  return v;
}

/// Both halves of the product folded together (wyhash, Wang Yi 2019).
uint64_t fold_product(uint64_t a, uint64_t b) {
  auto product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

constexpr uint64_t kLane[4] = {0x9E3779B97F4A7C15ull, 0xD6E8FEB86659FD93ull, 0xA0761D6478BD642Full,
                               0xE7037ED1A0B428DBull};

}  // namespace

uint64_t checksum(std::string_view bytes) {
  uint64_t lanes[4] = {kLane[0], kLane[1], kLane[2], kLane[3]};
  const char* p = bytes.data();
  size_t n = bytes.size();
  // Four chains side by side, or the latency of the multiplication would be the speed.
  for (; n >= 64; p += 64, n -= 64)
    for (size_t i = 0; i < 4; ++i)
      lanes[i] = fold_product(load64(p + 16 * i) ^ lanes[i], load64(p + 16 * i + 8) ^ kLane[i]) + load64(p + 16 * i);
  uint64_t h = lanes[0] ^ mix(lanes[1]) ^ mix(lanes[2] + 1) ^ mix(lanes[3] + 2);
  return hash64({p, n}, h + bytes.size());
}

Block::Block(std::shared_ptr<const void> owner, std::string_view bytes) : owner_(std::move(owner)), bytes_(bytes) {}

Block::Block(std::shared_ptr<const void> owner, std::string_view bytes, std::vector<uint64_t> sums, std::string name)
    : owner_(std::move(owner)),
      bytes_(bytes),
      sums_(std::move(sums)),
      name_(std::move(name)),
      states_(std::make_unique<std::atomic<uint8_t>[]>(sums_.size())),
      is_mapped_(true) {}

Result<void> Block::touch_pieces(size_t from, size_t to) const {
  for (size_t i = from / kPieceBytes; i < sums_.size() && i * kPieceBytes < to; ++i) {
    uint8_t state = states_[i].load(std::memory_order_acquire);
    if (state == untouched) {
      state = checksum(bytes_.substr(i * kPieceBytes, kPieceBytes)) == sums_[i] ? right : damaged;
      states_[i].store(state, std::memory_order_release);
    }
    if (state == damaged) return fail(Code::corrupt, "{}: the bytes from {} on are damaged", name_, i * kPieceBytes);
  }
  return {};
}

}  // namespace cairn::timeline

#include "timeline/bits.h"

#include "base/check.h"

namespace cairn::timeline {
namespace {

std::vector<uint64_t> words_of(const std::vector<bool>& bits) {
  std::vector<uint64_t> words((bits.size() + 63) / 64);
  for (size_t i = 0; i < bits.size(); ++i)
    if (bits[i]) words[i >> 6] |= uint64_t{1} << (i & 63);
  return words;
}

std::vector<uint32_t> counts_of(const std::vector<uint64_t>& words) {
  std::vector<uint32_t> counts;
  uint32_t ones = 0;
  for (size_t w = 0; w < words.size(); ++w) {
    if (w % (Bits::kGroup / 64) == 0) counts.push_back(ones);
    ones += count_ones(words[w]);
  }
  return counts;
}

}  // namespace

Bits::Bits(const std::vector<bool>& bits) : Bits(words_of(bits), bits.size()) {}

Bits::Bits(std::vector<uint64_t> words, size_t size) : counts_(counts_of(words)), size_(size) {
  CHECK(words.size() == (size + 63) / 64, "{} words for {} bits", words.size(), size);
  words_ = Array<uint64_t>(std::move(words));
}

Bits::Bits(Array<uint64_t> words, Array<uint32_t> counts, size_t size)
    : words_(std::move(words)), counts_(std::move(counts)), size_(size) {}

void Bits::read(size_t first, size_t count, uint8_t* out) const {
  for (size_t i = 0; i < count; ++i) out[i] = (*this)[first + i];
}

Result<void> Bits::touch(Range range) const {
  size_t last = std::min(range.last, size_);
  if (range.first >= last) return {};
  // rank reads from the group's begin on, and its count.
  Range groups{(range.first == 0 ? 0 : range.first - 1) / kGroup, last / kGroup + 1};
  TRY(counts_.touch(groups));
  return words_.touch({groups.first * (kGroup / 64), groups.last * (kGroup / 64)});
}

}  // namespace cairn::timeline

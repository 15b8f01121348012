#include "timeline/text_store.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "base/hash.h"

namespace cairn::timeline {
namespace {

/// Whether a dictionary seems to pay, by the one text in sixteen whose hash says so: making a whole one only to find
/// that it does not costs as much as one that does.
bool seems_shared(std::span<const std::string_view> texts) {
  constexpr uint64_t kOneIn = 16;
  size_t values = 0;
  Dictionary sample;
  for (std::string_view text : texts) {
    if (hash64(text) % kOneIn != 0) continue;
    ++values;
    sample.ensure(text);
  }
  // The sample is not exact: what is close is counted.
  return TextStore::pays(sample.size() * 9 / 10, values);
}

}  // namespace

uint32_t Dictionary::ensure(std::string_view text) {
  if (table_.size() < 2 * (ends_.size() + 1)) grow();
  size_t mask = table_.size() - 1;
  for (size_t at = hash64(text) & mask;; at = (at + 1) & mask) {
    if (table_[at] == 0) {
      bytes_ += text;
      ends_.push_back(bytes_.size());
      table_[at] = size();
      return size() - 1;
    }
    if ((*this)[table_[at] - 1] == text) return table_[at] - 1;
  }
}

void Dictionary::grow() {
  table_.assign(std::max<size_t>(16, table_.size() * 2), 0);
  size_t mask = table_.size() - 1;
  for (uint32_t code = 0; code < size(); ++code) {
    size_t at = hash64((*this)[code]) & mask;
    while (table_[at] != 0) at = (at + 1) & mask;
    table_[at] = code + 1;
  }
}

void TextStore::add(std::string_view text) {
  if (plain_) {
    bytes_ += text;
    ends_.push_back(bytes_.size());
    return;
  }
  codes_.push_back(dictionary_.ensure(text));
  reconsider();
}

void TextStore::reconsider() {
  // Asked at powers of two alone, so that a slow start is forgiven and the check costs nothing.
  if (codes_.size() < kTrial || !std::has_single_bit(codes_.size())) return;
  if (dictionary_.size() * kSharing <= codes_.size()) return;
  for (uint32_t code : codes_) {
    bytes_ += dictionary_[code];
    ends_.push_back(bytes_.size());
  }
  plain_ = true;
  plain_since_ = codes_.size();
  codes_ = {};
  dictionary_ = {};
}

std::string_view TextStore::operator[](size_t i) const {
  if (!plain_) return dictionary_[codes_[i]];
  size_t from = i == 0 ? 0 : ends_[i - 1];
  return std::string_view(bytes_).substr(from, ends_[i] - from);
}

std::optional<TextStore::Coded> TextStore::try_coded(std::span<const std::string_view> texts) {
  if (!seems_shared(texts)) return std::nullopt;
  TextStore store;
  store.codes_.reserve(texts.size());
  for (std::string_view text : texts) {
    store.codes_.push_back(store.dictionary_.ensure(text));
    if (!pays(store.dictionary_.size(), texts.size())) return std::nullopt;
  }
  return store.take_coded();
}

std::optional<TextStore::Coded> TextStore::reconsidered() const {
  if (!plain_ || size() < 2 * plain_since_) return std::nullopt;
  std::vector<std::string_view> texts;
  texts.reserve(size());
  for (size_t i = 0; i < size(); ++i) texts.push_back((*this)[i]);
  return try_coded(texts);
}

TextStore::Coded TextStore::take_coded() {
  std::vector<uint32_t> sorted(dictionary_.size());
  std::iota(sorted.begin(), sorted.end(), 0u);
  std::sort(sorted.begin(), sorted.end(), [&](uint32_t a, uint32_t b) { return dictionary_[a] < dictionary_[b]; });
  std::vector<std::string_view> texts;
  std::vector<int64_t> place(sorted.size());
  for (uint32_t code : sorted) {
    place[code] = static_cast<int64_t>(texts.size());
    texts.push_back(dictionary_[code]);
  }
  std::vector<int64_t> codes(codes_.size());
  for (size_t i = 0; i < codes.size(); ++i) codes[i] = place[codes_[i]];
  return {Texts(texts), std::move(codes)};
}

}  // namespace cairn::timeline

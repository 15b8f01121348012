// Texts as a column gathers them: by a dictionary, until that turns out not to pay.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "timeline/column.h"

namespace cairn::timeline {

/// Distinct texts under numbers from 0, in the order in which they came.
class Dictionary {
 public:
  uint32_t ensure(std::string_view text);
  uint32_t size() const { return static_cast<uint32_t>(ends_.size()); }
  std::string_view operator[](uint32_t code) const {
    size_t from = code == 0 ? 0 : ends_[code - 1];
    return std::string_view(bytes_).substr(from, ends_[code] - from);
  }

 private:
  void grow();
  std::vector<uint32_t> table_;  ///< Code + 1 by hash, 0 is free; a power of two, at most half full.
  std::vector<size_t> ends_;
  std::string bytes_;
};

/// One text a value.
class TextStore {
 public:
  /// A dictionary pays while at least so many values share each text.
  static constexpr size_t kSharing = 2;
  /// It is not asked before so many values.
  static constexpr size_t kTrial = 2048;

  size_t size() const { return plain_ ? ends_.size() : codes_.size(); }
  /// Whether a dictionary of so many texts pays for so many values.
  static bool pays(size_t texts, size_t values) { return texts <= 256 || texts * kSharing <= values; }
  void add(std::string_view text);
  std::string_view operator[](size_t i) const;
  /// Whether to store codes.
  bool is_coded() const { return !plain_ && pays(dictionary_.size(), size()); }
  /// The dictionary in the order of bytes, and the codes by it.
  using Coded = std::pair<Texts, std::vector<int64_t>>;
  Coded take_coded();
  /// Of all values at once, when a dictionary pays for them.
  static std::optional<Coded> try_coded(std::span<const std::string_view> texts);
  /// What was plain after so few values that many share a text by now. Asked once, at the end.
  std::optional<Coded> reconsidered() const;

 private:
  void reconsider();
  bool plain_ = false;
  size_t plain_since_ = 0;  ///< How many values there were when it became so.
  Dictionary dictionary_;
  std::vector<uint32_t> codes_;
  std::string bytes_;
  std::vector<size_t> ends_;
};

}  // namespace cairn::timeline

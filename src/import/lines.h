// Lines of a text file, for formats of one record a line (JSON Lines, columns between blanks).
#pragma once
#include "import/input.h"

namespace cairn::import {

/// A line, without its end (LF, CRLF). Views are valid until the next call of next().
struct Line {
  uint64_t number = 0;  ///< From 1.
  uint64_t offset = 0;  ///< Of its first byte in the file.
  std::string_view text;
  bool too_long = false;  ///< Over kRowLimit: `text` is its beginning alone.
};

/// Lines of nothing but blanks are stepped over, but counted in the numbers.
class LineReader {
 public:
  explicit LineReader(Input input) : input_(std::move(input)) {}
  /// False at the end.
  Result<bool> next(Line& out);
  /// How many bytes of the file are behind.
  uint64_t position() const { return input_.position(); }

 private:
  /// Length of the window's first line without its end, after making the window long enough.
  Result<size_t> find_end();
  Result<void> skip_rest();

  Input input_;
  size_t taken_ = 0;   ///< Of the line given out: consumed by the next call.
  bool skip_ = false;  ///< The line given out goes on beyond what was taken.
  uint64_t number_ = 0;
};

}  // namespace cairn::import

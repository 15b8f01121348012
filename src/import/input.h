// The bytes of a file through a window that moves forward: what the row readers stand on. Memory stays bounded by the
// block and the longest row asked for, whatever the size of the file.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace cairn::import {

/// A row longer than this is rejected: no real row is, and an open quote must not swallow a file.
inline constexpr size_t kRowLimit = 1 << 20;

/// Not safe from two threads.
class Input {
 public:
  static constexpr size_t kBlock = 1 << 20;

  /// Reads `file` in blocks; a byte order mark of UTF-8 at its start is stepped over.
  explicit Input(std::shared_ptr<File> file, size_t block = kBlock);
  /// A text that is there already, for small files and tests.
  static Input of(std::string text, size_t block = kBlock);

  /// The bytes from position() on that are in memory; valid until the next more() or consume().
  std::string_view window() const { return {buffer_.data() + begin_, end_ - begin_}; }
  /// Where the window starts in the file.
  uint64_t position() const { return position_; }
  /// REQUIRES: n <= window().size().
  void consume(size_t n);
  /// Makes the window longer by up to a block. False when the file has no more.
  Result<bool> more();

 private:
  std::shared_ptr<File> file_;
  size_t block_;
  std::vector<char> buffer_;
  size_t begin_ = 0, end_ = 0;
  uint64_t position_ = 0;
  bool started_ = false;
};

/// A text as a file that can only be read.
std::shared_ptr<File> text_file(std::string text);

/// Errors, one line each with the file's path: empty, binary (a NUL byte), UTF-16, compressed.
/// `head` is the file's beginning.
Result<void> check_is_text(const std::string& path, std::string_view head);

}  // namespace cairn::import

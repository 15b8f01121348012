// The bytes of a snapshot's file: blocks one behind another, then a list of numbers and of where the blocks are,
// then 64 bytes that say where the list is. docs/reference/snapshot-format.md.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "timeline/part_file.h"

namespace cairn::timeline {

inline constexpr size_t kBlockAlignment = 64;
inline constexpr size_t kFooterBytes = 64;

/// What the last 64 bytes say.
struct Footer {
  Group group = Group::core;
  uint32_t shard = 0;
  uint64_t fingerprint = 0;  ///< Of the schema.
};

/// Appends to a file. The first error is kept and returned by finish.
class BlockWriter {
 public:
  explicit BlockWriter(const Sink& sink) : sink_(sink) {}
  void number(uint64_t value);
  void block(std::string_view bytes);
  /// Something could not be read: the file will not be finished.
  void check(Result<void> result) {
    if (result_ && !result) result_ = std::move(result);
  }
  Result<void> finish(const Footer& footer);

 private:
  void write(std::string_view bytes);
  const Sink& sink_;
  uint64_t at_ = 0;
  std::string list_;
  Result<void> result_;
};

/// Reads the list. After something impossible everything is 0 and empty, and ok() says no.
class BlockReader {
 public:
  /// Error corrupt or invalid.
  static Result<BlockReader> open(const FileBytes& file, const Footer& expected, LoadOptions options);
  uint64_t number();
  /// A number up to `max`.
  uint64_t number(uint64_t max);
  /// A block of that size; empty when it is not.
  std::shared_ptr<const Block> block(uint64_t bytes);
  /// A block of any size.
  std::shared_ptr<const Block> block();
  bool ok() const { return ok_; }
  void refuse() { ok_ = false; }
  /// All was read, and nothing impossible.
  Result<void> finish() const;

 private:
  BlockReader(FileBytes file, std::string_view list, uint64_t end, LoadOptions options);
  FileBytes file_;
  std::string_view list_;
  uint64_t end_;  ///< Of the blocks.
  LoadOptions options_;
  size_t blocks_ = 0;
  bool ok_ = true;
};

}  // namespace cairn::timeline

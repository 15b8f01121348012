// One sorted run of fingerprints in a file, mapped into memory; immutable.
//
// Layout, little-endian: header (64 bytes: magic, version, from, to, count, filter words, hash of the body, hash of the
// header), then count × 8 bytes of fingerprint ascending, count × 5 bytes of seq, padding to 64, the filter as 64-byte
// blocks.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "events/fingerprints.h"

namespace cairn::events {

/// How the name of a whole run's file ends.
inline constexpr std::string_view kRunEnd = ".run";

struct SeqRange {
  int64_t from = 0;
  int64_t to = 0;
};

class FingerprintRun {
 public:
  /// Error corrupt when the header or the size is not right. The body's hash is for verify().
  static Result<std::shared_ptr<const FingerprintRun>> open(Files& files, std::string path);
  /// REQUIRES: entries sorted by (value, seq), every seq below 2^40.
  static Result<std::shared_ptr<const FingerprintRun>> write(Files& files, const std::string& directory, SeqRange range,
                                                             std::span<const Fingerprint> entries);
  /// Two neighbours, older first, as one file.
  static Result<std::shared_ptr<const FingerprintRun>> merge(Files& files, const std::string& directory,
                                                             const FingerprintRun& older, const FingerprintRun& newer);

  void find(uint64_t value, std::vector<int64_t>& out) const;
  void look_ahead(uint64_t value) const;
  Fingerprint at(uint64_t index) const;
  uint64_t size() const { return count_; }
  uint64_t bytes() const { return mapping_->bytes().size(); }
  int64_t from() const { return range_.from; }
  int64_t to() const { return range_.to; }
  const std::string& path() const { return path_; }
  /// Reads everything and compares with the hash in the header.
  bool verify() const;

 private:
  FingerprintRun() = default;
  bool may_hold(uint64_t value) const;
  uint64_t value_at(uint64_t index) const;

  std::string path_;
  std::unique_ptr<Mapping> mapping_;
  SeqRange range_;
  uint64_t count_ = 0;
  const char* values_ = nullptr;
  const char* seqs_ = nullptr;
  const char* filter_ = nullptr;
  uint64_t blocks_ = 0;
};

}  // namespace cairn::events

// Files are reached only through this, so that a simulation can lose what was not synced.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cairn {

enum class Open {
  read,      ///< It must exist.
  write,     ///< Read and write; created when missing, kept when there.
  truncate,  ///< Read and write; created or emptied.
};

/// An open file. Not safe from two threads, except read_at.
class File {
 public:
  virtual ~File() = default;
  /// Reads up to out.size() bytes; fewer only at the end. Returns how many.
  virtual Result<size_t> read_at(uint64_t offset, std::span<char> out) = 0;
  virtual Result<void> write_at(uint64_t offset, std::string_view bytes) = 0;
  virtual Result<void> append(std::string_view bytes) = 0;
  virtual Result<void> truncate(uint64_t size) = 0;
  /// On return the bytes survive a power loss.
  virtual Result<void> sync() = 0;
  virtual Result<uint64_t> size() = 0;
};

/// Bytes of a file mapped read-only; valid while it lives, whatever happens to the name.
class Mapping {
 public:
  virtual ~Mapping() = default;
  virtual std::string_view bytes() const = 0;
};

/// Held while it lives; released by the kernel when the process dies.
class Lock {
 public:
  virtual ~Lock() = default;
};

class Files {
 public:
  virtual ~Files() = default;
  /// Errors: not_found, forbidden, unavailable (I/O), each naming the path.
  virtual Result<std::unique_ptr<File>> open(const std::string& path, Open mode) = 0;
  virtual Result<std::unique_ptr<Mapping>> map(const std::string& path) = 0;
  virtual Result<std::string> read(const std::string& path) = 0;
  /// Whole and durable, or not at all: written beside, synced, renamed.
  virtual Result<void> write(const std::string& path, std::string_view bytes) = 0;
  virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  /// Removing what is not there is no error.
  virtual Result<void> remove(const std::string& path) = 0;
  virtual Result<void> remove_all(const std::string& path) = 0;
  virtual bool exists(const std::string& path) = 0;
  virtual bool is_directory(const std::string& path) = 0;
  /// Names, sorted, without `.` and `..`.
  virtual Result<std::vector<std::string>> list(const std::string& directory) = 0;
  /// With its parents; fine when it exists.
  virtual Result<void> make_directory(const std::string& path) = 0;
  /// Error conflict when another process (or this one) holds it.
  virtual Result<std::unique_ptr<Lock>> lock(const std::string& path) = 0;
  virtual Result<uint64_t> free_bytes(const std::string& path) = 0;
};

Files& system_files();

/// `a/b` from `a` and `b`.
std::string join_path(std::string_view directory, std::string_view name);
/// The last part of a path.
std::string_view base_name(std::string_view path);

}  // namespace cairn

// Unix sockets whose path is longer than the 107 bytes that the kernel's address holds.
#pragma once
#include <string>

#include "base/result.h"

namespace cairn::http {

/// A path of the same file that fits in a socket address: itself, or one through an open directory of this process,
/// good while this object lives.
class SocketPath {
 public:
  /// Errors: those of opening the directory.
  static Result<SocketPath> open(const std::string& path);
  ~SocketPath();
  SocketPath(SocketPath&& other) noexcept;
  SocketPath& operator=(SocketPath&&) = delete;
  const std::string& text() const { return text_; }

 private:
  SocketPath() = default;
  std::string text_;
  int directory_ = -1;
};

}  // namespace cairn::http

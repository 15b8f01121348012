// A directory for one test.
#pragma once
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/file.h"

namespace cairn::test {

/// Empty when made, removed with all that is in it at the end.
class TempDir {
 public:
  TempDir() {
    const char* parent = std::getenv("TMPDIR");
    path_ = join_path(parent && *parent ? parent : "/tmp", "cairn-test-XXXXXX");
    CHECK(::mkdtemp(path_.data()) != nullptr, "cannot make {}", path_);
  }
  ~TempDir() { (void)system_files().remove_all(path_); }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  /// `dir / "name"`: a path below it.
  std::string operator/(std::string_view name) const { return join_path(path_, name); }

 private:
  std::string path_;
};

}  // namespace cairn::test

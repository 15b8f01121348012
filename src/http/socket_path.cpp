#include "http/socket_path.h"

#include <fcntl.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace cairn::http {

Result<SocketPath> SocketPath::open(const std::string& path) {
  SocketPath out;
  if (path.size() < sizeof(sockaddr_un::sun_path)) {
    out.text_ = path;
    return out;
  }
  size_t slash = path.rfind('/');
  std::string directory = slash == std::string::npos ? "." : path.substr(0, slash);
  out.directory_ = ::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (out.directory_ < 0) return fail(Code::not_found, "{}: {}", directory, std::strerror(errno));
  out.text_ = fmt::format("/proc/self/fd/{}/{}", out.directory_, path.substr(slash + 1));
  return out;
}

SocketPath::SocketPath(SocketPath&& other) noexcept
    : text_(std::move(other.text_)), directory_(std::exchange(other.directory_, -1)) {}

SocketPath::~SocketPath() {
  if (directory_ >= 0) ::close(directory_);
}

}  // namespace cairn::http

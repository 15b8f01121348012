#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace cairn {
namespace {

/// The last errno as an Error that names the path and says what to do about the usual ones.
tl::unexpected<Error> io_error(std::string_view act, const std::string& path) {
  int e = errno;
  switch (e) {
    case ENOENT: return fail(Code::not_found, "{}: there is no such file or directory", path);
    case EACCES:
    case EPERM:
    case EROFS: return fail(Code::forbidden, "{}: no permission to {} it", path, act);
    case ENOSPC:
    case EDQUOT: return fail(Code::unavailable, "{}: the disk is full; free some space and try again", path);
    case EISDIR: return fail(Code::invalid, "{}: this is a directory, a file was expected", path);
    case ENOTDIR: return fail(Code::invalid, "{}: a part of this path is a file, not a directory", path);
    default: return fail(Code::unavailable, "{}: cannot {} it: {}", path, act, std::strerror(e));
  }
}

class PosixFile final : public File {
 public:
  PosixFile(int fd, std::string path, uint64_t end) : fd_(fd), path_(std::move(path)), end_(end) {}
  ~PosixFile() override { ::close(fd_); }

  Result<size_t> read_at(uint64_t offset, std::span<char> out) override {
    size_t done = 0;
    while (done < out.size()) {
      ssize_t n = ::pread(fd_, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return io_error("read", path_);
      if (n == 0) break;
      done += static_cast<size_t>(n);
    }
    return done;
  }
  Result<void> write_at(uint64_t offset, std::string_view bytes) override {
    size_t done = 0;
    while (done < bytes.size()) {
      ssize_t n = ::pwrite(fd_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return io_error("write", path_);
      done += static_cast<size_t>(n);
    }
    end_ = std::max(end_, offset + bytes.size());
    return {};
  }
  Result<void> append(std::string_view bytes) override { return write_at(end_, bytes); }
  Result<void> truncate(uint64_t size) override {
    if (::ftruncate(fd_, static_cast<off_t>(size)) != 0) return io_error("shorten", path_);
    end_ = size;
    return {};
  }
  Result<void> sync() override {
    if (::fdatasync(fd_) != 0) return io_error("sync", path_);
    return {};
  }
  Result<uint64_t> size() override {
    struct stat st;
    if (::fstat(fd_, &st) != 0) return io_error("look at", path_);
    return static_cast<uint64_t>(st.st_size);
  }

 private:
  int fd_;
  std::string path_;
  uint64_t end_;
};

class PosixMapping final : public Mapping {
 public:
  PosixMapping(const char* data, size_t size) : data_(data), size_(size) {}
  ~PosixMapping() override {
    if (size_) ::munmap(const_cast<char*>(data_), size_);
  }
  std::string_view bytes() const override { return {data_, size_}; }

 private:
  const char* data_;
  size_t size_;
};

class PosixLock final : public Lock {
 public:
  explicit PosixLock(int fd) : fd_(fd) {}
  ~PosixLock() override { ::close(fd_); }

 private:
  int fd_;
};

Result<void> sync_parent(const std::string& path) {
  std::string parent = std::filesystem::path(path).parent_path().string();
  int fd = ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return io_error("open", parent);
  int rc = ::fsync(fd);
  ::close(fd);
  if (rc != 0) return io_error("sync", parent);
  return {};
}

class PosixFiles final : public Files {
 public:
  Result<std::unique_ptr<File>> open(const std::string& path, Open mode) override {
    int flags = mode == Open::read ? O_RDONLY : O_RDWR | O_CREAT | (mode == Open::truncate ? O_TRUNC : 0);
    int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0640);
    if (fd < 0) return io_error(mode == Open::read ? "read" : "write", path);
    struct stat st;
    if (::fstat(fd, &st) != 0 || S_ISDIR(st.st_mode)) {
      errno = EISDIR;
      ::close(fd);
      errno = EISDIR;
      return io_error("open", path);
    }
    return std::make_unique<PosixFile>(fd, path, static_cast<uint64_t>(st.st_size));
  }
  Result<std::unique_ptr<Mapping>> map(const std::string& path) override {
    int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return io_error("read", path);
    struct stat st;
    if (::fstat(fd, &st) != 0) {
      ::close(fd);
      return io_error("look at", path);
    }
    auto size = static_cast<size_t>(st.st_size);
    void* data = size ? ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0) : nullptr;
    ::close(fd);
    if (data == MAP_FAILED) return io_error("map", path);
    return std::make_unique<PosixMapping>(static_cast<const char*>(data), size);
  }
  Result<std::string> read(const std::string& path) override {
    auto file = TRY(open(path, Open::read));
    std::string out(TRY(file->size()), '\0');
    out.resize(TRY(file->read_at(0, out)));
    return out;
  }
  Result<void> write(const std::string& path, std::string_view bytes) override {
    std::string beside = path + ".new";
    {
      auto file = TRY(open(beside, Open::truncate));
      TRY(file->append(bytes));
      TRY(file->sync());
    }
    return rename(beside, path);
  }
  Result<void> rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return io_error("rename", from);
    return sync_parent(to);
  }
  Result<void> remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return io_error("remove", path);
    return {};
  }
  Result<void> remove_all(const std::string& path) override {
    std::error_code error;
    std::filesystem::remove_all(path, error);
    if (error) return fail(Code::unavailable, "{}: cannot remove it: {}", path, error.message());
    return {};
  }
  bool exists(const std::string& path) override { return ::access(path.c_str(), F_OK) == 0; }
  bool is_directory(const std::string& path) override {
    struct stat st;
    return ::stat(path.c_str(), &st) == 0 && S_ISDIR(st.st_mode);
  }
  Result<std::vector<std::string>> list(const std::string& directory) override {
    DIR* dir = ::opendir(directory.c_str());
    if (!dir) return io_error("list", directory);
    std::vector<std::string> names;
    while (dirent* entry = ::readdir(dir)) {
      std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
    }
    ::closedir(dir);
    std::sort(names.begin(), names.end());
    return names;
  }
  Result<void> make_directory(const std::string& path) override {
    std::error_code error;
    std::vector<std::string> made;
    for (std::filesystem::path at = path; !at.empty() && !std::filesystem::exists(at, error); at = at.parent_path())
      made.push_back(at.string());
    std::filesystem::create_directories(path, error);
    if (error) return fail(Code::unavailable, "{}: cannot make this directory: {}", path, error.message());
    // What is synced inside is lost with a directory whose own name is not.
    for (const std::string& one : made)
      if (auto synced = sync_parent(one); !synced && synced.error().code != Code::forbidden) return synced;
    return {};
  }
  Result<std::unique_ptr<Lock>> lock(const std::string& path) override {
    int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (fd < 0) return io_error("lock", path);
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
      ::close(fd);
      return fail(Code::conflict, "{}: another process holds this lock", path);
    }
    return std::make_unique<PosixLock>(fd);
  }
  Result<uint64_t> free_bytes(const std::string& path) override {
    struct statvfs st;
    if (::statvfs(path.c_str(), &st) != 0) return io_error("look at", path);
    return uint64_t{st.f_bavail} * st.f_frsize;
  }
};

}  // namespace

Files& system_files() {
  static PosixFiles files;
  return files;
}

std::string join_path(std::string_view directory, std::string_view name) {
  if (directory.empty()) return std::string(name);
  std::string out(directory);
  if (out.back() != '/') out += '/';
  return out.append(name);
}

std::string_view base_name(std::string_view path) {
  size_t slash = path.find_last_of('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace cairn

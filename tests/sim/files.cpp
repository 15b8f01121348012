#include "sim/files.h"

namespace cairn::sim {
namespace {

Result<void> as_result(Outcome outcome, const std::string& path) {
  switch (outcome) {
    case Outcome::done: return {};
    case Outcome::full: return fail(Code::unavailable, "{}: the disk is full; free some space and try again", path);
    case Outcome::absent: return fail(Code::not_found, "{}: there is no such file or directory", path);
    case Outcome::io_error: break;
  }
  return fail(Code::unavailable, "{}: the disk does not answer", path);
}

class SimMapping final : public Mapping {
 public:
  explicit SimMapping(std::string bytes) : bytes_(std::move(bytes)) {}
  std::string_view bytes() const override { return bytes_; }

 private:
  const std::string bytes_;
};

}  // namespace

class SimFiles::SimFile final : public File {
 public:
  SimFile(Disk& disk, Disk::NodePtr node, std::string path)
      : disk_(disk), node_(std::move(node)), path_(std::move(path)), told_(Disk::failures(*node_)) {}
  Result<size_t> read_at(uint64_t offset, std::span<char> out) override {
    size_t got = 0;
    TRY(as_result(disk_.read(*node_, offset, out, got), path_));
    return got;
  }
  Result<void> write_at(uint64_t offset, std::string_view bytes) override {
    return as_result(disk_.write(*node_, offset, bytes), path_);
  }
  Result<void> append(std::string_view bytes) override { return write_at(Disk::size_of(*node_), bytes); }
  Result<void> truncate(uint64_t size) override { return as_result(disk_.truncate(*node_, size), path_); }
  Result<void> sync() override { return as_result(disk_.sync(*node_, told_), path_); }
  Result<uint64_t> size() override { return Disk::size_of(*node_); }

 private:
  Disk& disk_;
  const Disk::NodePtr node_;
  const std::string path_;
  uint64_t told_;
};

class SimFiles::SimLock final : public Lock {
 public:
  SimLock(SimFiles& files, std::string path) : files_(files), path_(std::move(path)) {}
  ~SimLock() override { files_.locks_.erase(path_); }

 private:
  SimFiles& files_;
  const std::string path_;
};

Result<std::unique_ptr<File>> SimFiles::open(const std::string& path, Open mode) {
  if (disk_.is_directory(path)) return fail(Code::invalid, "{}: this is a directory, a file was expected", path);
  Disk::NodePtr node = disk_.find(path);
  if (!node && mode == Open::read) return fail(Code::not_found, "{}: there is no such file or directory", path);
  if (!node) TRY(as_result(disk_.create(path, node), path));
  if (mode == Open::truncate && Disk::size_of(*node) > 0) TRY(as_result(disk_.truncate(*node, 0), path));
  return std::make_unique<SimFile>(disk_, std::move(node), path);
}

Result<std::unique_ptr<Mapping>> SimFiles::map(const std::string& path) {
  return std::make_unique<SimMapping>(TRY(read(path)));
}

Result<std::string> SimFiles::read(const std::string& path) {
  auto file = TRY(open(path, Open::read));
  std::string out(TRY(file->size()), '\0');
  out.resize(TRY(file->read_at(0, out)));
  return out;
}

Result<void> SimFiles::write(const std::string& path, std::string_view bytes) {
  std::string beside = path + ".new";
  {
    auto file = TRY(open(beside, Open::truncate));
    TRY(file->append(bytes));
    TRY(file->sync());
  }
  return rename(beside, path);
}

Result<void> SimFiles::rename(const std::string& from, const std::string& to) {
  TRY(as_result(disk_.rename(from, to), from));
  return as_result(disk_.sync_directory(parent_of(to)), to);
}

Result<void> SimFiles::remove(const std::string& path) {
  Outcome outcome = disk_.remove(path);
  return outcome == Outcome::absent ? Result<void>() : as_result(outcome, path);
}

Result<void> SimFiles::remove_all(const std::string& path) {
  if (!disk_.is_directory(path)) return remove(path);
  for (const std::string& name : disk_.list(path)) TRY(remove_all(join_path(path, name)));
  disk_.remove_directory(path);
  return {};
}

Result<std::vector<std::string>> SimFiles::list(const std::string& directory) {
  if (!disk_.is_directory(directory)) return fail(Code::not_found, "{}: there is no such directory", directory);
  return disk_.list(directory);
}

Result<void> SimFiles::make_directory(const std::string& path) { return as_result(disk_.make_directory(path), path); }

Result<std::unique_ptr<Lock>> SimFiles::lock(const std::string& path) {
  Disk::NodePtr node;
  TRY(as_result(disk_.create(path, node), path));
  if (!locks_.insert(path).second) return fail(Code::conflict, "{}: another process holds this lock", path);
  return std::make_unique<SimLock>(*this, path);
}

Result<uint64_t> SimFiles::free_bytes(const std::string&) {
  if (!disk_.capacity()) return uint64_t{1} << 40;
  uint64_t used = disk_.used_bytes();
  return *disk_.capacity() > used ? *disk_.capacity() - used : 0;
}

}  // namespace cairn::sim

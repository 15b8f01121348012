// cairn::Files on the simulated disk: what the contract of base/file.h promises, and not more.
#pragma once
#include <set>

#include "base/file.h"
#include "sim/disk.h"

namespace cairn::sim {

class SimFiles final : public Files {
 public:
  explicit SimFiles(Disk& disk) : disk_(disk) {}

  Result<std::unique_ptr<File>> open(const std::string& path, Open mode) override;
  Result<std::unique_ptr<Mapping>> map(const std::string& path) override;
  Result<std::string> read(const std::string& path) override;
  Result<void> write(const std::string& path, std::string_view bytes) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> remove(const std::string& path) override;
  Result<void> remove_all(const std::string& path) override;
  bool exists(const std::string& path) override { return disk_.find(path) || disk_.is_directory(path); }
  bool is_directory(const std::string& path) override { return disk_.is_directory(path); }
  Result<std::vector<std::string>> list(const std::string& directory) override;
  Result<void> make_directory(const std::string& path) override;
  Result<std::unique_ptr<Lock>> lock(const std::string& path) override;
  Result<uint64_t> free_bytes(const std::string& path) override;

 private:
  class SimFile;
  class SimLock;
  Disk& disk_;
  std::set<std::string> locks_;
};

}  // namespace cairn::sim

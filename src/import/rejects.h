// The file of rejected rows of one run: `file,line,column,reason,row`. It holds personal data as they came.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/id.h"
#include "events/erasing.h"
#include "import/preset.h"

namespace cairn::import {

class Rejects {
 public:
  /// With an empty path nothing is written.
  Rejects(Files& files, std::string path) : files_(files), path_(std::move(path)) {}
  static std::string path_of(const std::string& directory, RunId run);

  /// From here on to finish() the file is held: what was rejected and is not written yet is somebody's, too. Error
  /// conflict when it is held.
  Result<void> begin();
  /// The row's text is read again from its file. A file of an earlier attempt is replaced.
  Result<void> add(const std::vector<FileState>& sources, const Reject& reject);
  Result<void> finish();
  /// Empty until a row was rejected.
  std::string path() const { return any_ ? path_ : std::string(); }

 private:
  Result<std::string> text_of(const std::string& path, const RowPlace& row);
  Result<void> flush();

  Files& files_;
  std::string path_;
  std::shared_ptr<File> out_;
  std::unique_ptr<Lock> lock_;
  std::string source_path_;
  std::shared_ptr<File> source_;
  std::string buffer_;
  bool any_ = false;
};

/// Somebody is erased: rows that name them are taken out of every rejects file in DIRECTORY/rejects. A file is written
/// beside and put in its place; one that an import holds at this moment is left for the next try: error overloaded.
/// One that was cut off is nobody's, whatever the store says of its run. Returns how many rows went.
Result<int64_t> forget_rejects(Files& files, const std::string& directory, const events::Needles& needles);

}  // namespace cairn::import

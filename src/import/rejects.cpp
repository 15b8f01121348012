#include "import/rejects.h"

#include <algorithm>

#include "base/text.h"
#include "import/csv.h"

namespace cairn::import {

std::string Rejects::path_of(const std::string& directory, RunId run) {
  return join_path(join_path(directory, "rejects"), fmt::format("{}.csv", run.value));
}

Result<void> Rejects::add(const std::vector<FileState>& sources, const Reject& reject) {
  constexpr size_t kBuffer = 64 * 1024;
  if (path_.empty()) return {};
  const std::string& source = sources[reject.row.file].path;
  if (!out_) {
    TRY(files_.make_directory(path_.substr(0, path_.rfind('/'))));
    out_ = TRY(files_.open(path_, Open::truncate));
    buffer_ = "file,line,column,reason,row\n";
    any_ = true;
  }
  std::string line = std::to_string(reject.row.line);
  std::string text = TRY(text_of(source, reject.row));
  std::string_view fields[] = {source, line, reject.column, reject.reason, text};
  append_csv(buffer_, fields);
  return buffer_.size() < kBuffer ? Result<void>() : flush();
}

Result<std::string> Rejects::text_of(const std::string& path, const RowPlace& row) {
  constexpr size_t kMost = 4000;
  if (source_path_ != path || !source_) {
    source_ = TRY(files_.open(path, Open::read));
    source_path_ = path;
  }
  std::string text(std::min<size_t>(row.length, kMost), '\0');
  text.resize(TRY(source_->read_at(row.offset, text)));
  std::replace(text.begin(), text.end(), '\0', ' ');
  return to_utf8(text);
}

Result<void> Rejects::flush() {
  TRY(out_->append(buffer_));
  buffer_.clear();
  return {};
}

Result<void> Rejects::finish() {
  if (!out_) return {};
  TRY(flush());
  return out_->sync();
}

}  // namespace cairn::import

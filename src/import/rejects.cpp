#include "import/rejects.h"

#include <algorithm>

#include "base/text.h"
#include "import/csv.h"

namespace cairn::import {

std::string Rejects::path_of(const std::string& directory, RunId run) {
  return join_path(join_path(directory, "rejects"), fmt::format("{}.csv", run.value));
}

Result<void> Rejects::begin() {
  if (path_.empty()) return {};
  TRY(files_.make_directory(path_.substr(0, path_.rfind('/'))));
  lock_ = TRY(files_.lock(path_));
  return {};
}

Result<void> Rejects::add(const std::vector<FileState>& sources, const Reject& reject) {
  constexpr size_t kBuffer = 64 * 1024;
  if (path_.empty()) return {};
  const std::string& source = sources[reject.row.file].path;
  if (!out_) {
    if (!lock_) TRY(begin());
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
  if (out_) {
    TRY(flush());
    TRY(out_->sync());
  } else if (lock_ && TRY(files_.read(path_)).empty()) {
    TRY(files_.remove(path_));
  }
  lock_.reset();
  return {};
}

namespace {

/// The end of the record that begins at `at`: behind its line's end, quoted line ends passed over.
size_t record_end(std::string_view text, size_t at) {
  bool quoted = false;
  for (; at < text.size(); ++at) {
    if (text[at] == '"') quoted = !quoted;
    if (text[at] == '\n' && !quoted) return at + 1;
  }
  return text.size();
}

struct Kept {
  std::string text;
  int64_t gone = 0;
};

Result<Kept> without(Files& files, const std::string& path, const events::Needles& needles) {
  Kept out;
  std::string text = TRY(files.read(path));
  for (size_t at = 0; at < text.size();) {
    size_t end = record_end(text, at);
    std::string_view record = std::string_view(text).substr(at, end - at);
    if (needles.are_in_row(record)) ++out.gone;
    else out.text += record;
    at = end;
  }
  return out;
}

}  // namespace

Result<int64_t> forget_rejects(Files& files, const std::string& directory, const events::Needles& needles) {
  std::string folder = join_path(directory, "rejects");
  if (!files.is_directory(folder)) return 0;
  int64_t count = 0;
  bool is_held = false;
  for (const std::string& name : TRY(files.list(folder))) {
    std::string path = join_path(folder, name);
    // Before it is looked at: rows that are to be written are in the memory of who holds it.
    auto lock = files.lock(path);
    if (!lock && lock.error().code != Code::conflict) return tl::unexpected(std::move(lock).error());
    is_held |= !lock;
    if (!lock) continue;
    Kept kept = TRY(without(files, path, needles));
    if (kept.gone == 0) continue;
    TRY(files.write(path, kept.text));
    count += kept.gone;
  }
  if (is_held)
    return fail(Code::overloaded, "an import is writing its rejected rows; it is tried again when it has ended");
  return count;
}

}  // namespace cairn::import

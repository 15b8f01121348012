#include "db/sqlite/wipe.h"

#include <algorithm>
#include <span>

#include "db/sqlite/checkpoint.h"

namespace cairn::db {
namespace {

constexpr uint32_t kPagesMax = uint32_t{1} << 25;
constexpr size_t kBytesAtOnce = size_t{16} << 20;
constexpr int kBusyMs = 20, kUsualBusyMs = 5000;
constexpr size_t kFileHeader = 100;

size_t two_bytes(std::string_view page, size_t at) {
  return static_cast<size_t>(static_cast<unsigned char>(page[at])) << 8 | static_cast<unsigned char>(page[at + 1]);
}

Result<void> empty_log(sqlite3* database, const std::string& path) {
  sqlite3_busy_timeout(database, kBusyMs);
  int code = run_checkpoint(database, SQLITE_CHECKPOINT_TRUNCATE);
  sqlite3_busy_timeout(database, kUsualBusyMs);
  if ((code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED)
    return fail(Code::overloaded, "{} is being read; try again in a moment", path);
  if (code != SQLITE_OK) return tl::unexpected(sqlite_error(database, path));
  return {};
}

/// Reads and writes through SQLite's own file: another descriptor, when closed, would take its locks away.
class PageFile {
 public:
  static Result<PageFile> open(sqlite3* database, const std::string& path) {
    PageFile out;
    sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, static_cast<void*>(&out.file_));
    sqlite3_int64 bytes = 0;
    char header[kFileHeader];
    if (!out.file_ || !out.file_->pMethods || out.file_->pMethods->xFileSize(out.file_, &bytes) != SQLITE_OK ||
        out.file_->pMethods->xRead(out.file_, header, sizeof header, 0) != SQLITE_OK)
      return fail(Code::unavailable, "{}: the disk does not read; check that it is there", path);
    size_t size = two_bytes({header, sizeof header}, 16);
    out.page_bytes_ = size == 1 ? 65536 : size;
    out.pages_ = out.page_bytes_ ? static_cast<uint64_t>(bytes) / out.page_bytes_ : 0;
    return out;
  }
  size_t page_bytes() const { return page_bytes_; }
  uint64_t pages() const { return pages_; }
  bool read(uint32_t page, std::span<char> out) const {
    return file_->pMethods->xRead(file_, out.data(), static_cast<int>(out.size()), offset(page)) == SQLITE_OK;
  }
  bool zero(uint32_t page, Unused unused) const {
    std::string zeros(unused.end - unused.begin, '\0');
    return file_->pMethods->xWrite(file_, zeros.data(), static_cast<int>(zeros.size()),
                                   offset(page) + static_cast<sqlite3_int64>(unused.begin)) == SQLITE_OK;
  }
  bool sync() const { return file_->pMethods->xSync(file_, SQLITE_SYNC_NORMAL) == SQLITE_OK; }

 private:
  sqlite3_int64 offset(uint32_t page) const {
    return static_cast<sqlite3_int64>(page - 1) * static_cast<sqlite3_int64>(page_bytes_);
  }
  sqlite3_file* file_ = nullptr;
  size_t page_bytes_ = 0;
  uint64_t pages_ = 0;
};

}  // namespace

Unused unused_of(std::string_view page, bool is_first) {
  size_t header = is_first ? kFileHeader : 0;
  // Interior and leaf pages, of an index and of a table: "The SQLite Database File Format", section 1.6.
  char kind = page[header];
  if (kind != 2 && kind != 5 && kind != 10 && kind != 13) return {};
  size_t begin = header + (kind <= 5 ? 12 : 8) + 2 * two_bytes(page, header + 3);
  size_t end = two_bytes(page, header + 5);
  if (end == 0) end = 65536;
  if (begin >= end || end > page.size()) return {};
  return {begin, end};
}

Result<void> wipe_pages(sqlite3* database, const std::string& path, Wipe& wipe) {
  TRY(empty_log(database, path));
  // A page in the cache has the bytes that are about to go, and would bring them back with the next change to it.
  sqlite3_db_release_memory(database);
  PageFile file = TRY(PageFile::open(database, path));
  if (file.pages() >= kPagesMax) return fail(Code::too_large, "{} is too large to be wiped in place; VACUUM it", path);
  std::string page(file.page_bytes(), '\0');
  bool is_well = true;
  uint64_t wiped = 0;
  bool is_changed = false;
  for (size_t bytes = 0; bytes < kBytesAtOnce && wipe.next_page <= file.pages() && is_well; bytes += page.size()) {
    uint32_t number = wipe.next_page++;
    is_well = file.read(number, page);
    Unused unused = unused_of(page, number == 1);
    auto begin = page.begin() + static_cast<std::ptrdiff_t>(unused.begin);
    auto end = page.begin() + static_cast<std::ptrdiff_t>(unused.end);
    auto count = std::count_if(begin, end, [](char c) { return c != '\0'; });
    if ((count == 0 && !wipe.also_zeros) || begin == end || !is_well) continue;
    is_well = file.zero(number, unused);
    is_changed = true;
    wiped += static_cast<uint64_t>(count);
  }
  if (!is_well || (is_changed && !file.sync()))
    return fail(Code::unavailable, "{}: the disk does not read or write; check that it is there, and not full", path);
  wipe.bytes += wiped;
  if (wipe.next_page > file.pages()) wipe.next_page = 0;
  return {};
}

}  // namespace cairn::db

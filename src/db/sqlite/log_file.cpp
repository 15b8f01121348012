#include "db/sqlite/log_file.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <string>
#include <string_view>

#include "base/check.h"

namespace cairn::db {
namespace {

/// What waits at most: SQLite's own files take less than 128 KiB in one write, and say that the disk is full of more.
constexpr size_t kWaiting = size_t{120} << 10;
/// Of the file system's own files, which lie in the same room as ours.
constexpr int kRoom = 1024;

/// The file system below: looked for at each opening, as tests put another in its place.
sqlite3_vfs& below() { return *sqlite3_vfs_find(nullptr); }

/// The log of one connection. What a failed write did not take stays here, so that the next call tries it again:
/// nothing that SQLite believes to be in the log is ever missing from it.
class LogFile {
 public:
  explicit LogFile(sqlite3_file* own) : own_(own) { waiting_.reserve(kWaiting); }

  sqlite3_file* own() { return own_; }
  int write(std::string_view bytes, sqlite3_int64 offset) {
    bool follows = !waiting_.empty() && offset == begin_ + static_cast<sqlite3_int64>(waiting_.size());
    if (!follows || waiting_.size() + bytes.size() > kWaiting)
      if (int code = flush(); code != SQLITE_OK) return code;
    if (waiting_.empty()) begin_ = offset;
    waiting_.append(bytes);
    return SQLITE_OK;
  }
  int flush() {
    if (waiting_.empty()) return SQLITE_OK;
    int code = own_->pMethods->xWrite(own_, waiting_.data(), static_cast<int>(waiting_.size()), begin_);
    if (code == SQLITE_OK) waiting_.clear();
    return code;
  }

 private:
  sqlite3_file* own_;
  std::string waiting_;
  sqlite3_int64 begin_ = 0;  ///< Where in the file `waiting_` goes.
};

/// What SQLite sees of it. The file below is behind it in the same room.
struct Opened {
  sqlite3_file base;
  LogFile* log;
};

LogFile& log_of(sqlite3_file* file) { return *reinterpret_cast<Opened*>(file)->log; }

/// The same call of the file below, once it has everything.
template <class Call>
int then(sqlite3_file* file, Call call) {
  LogFile& log = log_of(file);
  int code = log.flush();
  return code == SQLITE_OK ? call(log.own(), *log.own()->pMethods) : code;
}

int close(sqlite3_file* file) {
  LogFile* log = &log_of(file);
  // What was committed is synced: the rest may go.
  (void)log->flush();
  int code = log->own()->pMethods->xClose(log->own());
  delete log;
  return code;
}

int read(sqlite3_file* file, void* out, int size, sqlite3_int64 offset) {
  return then(file, [&](auto* own, auto& calls) { return calls.xRead(own, out, size, offset); });
}

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  return log_of(file).write({static_cast<const char*>(bytes), static_cast<size_t>(size)}, offset);
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  return then(file, [&](auto* own, auto& calls) { return calls.xTruncate(own, size); });
}

int sync(sqlite3_file* file, int flags) {
  return then(file, [&](auto* own, auto& calls) { return calls.xSync(own, flags); });
}

int size_of(sqlite3_file* file, sqlite3_int64* out) {
  return then(file, [&](auto* own, auto& calls) { return calls.xFileSize(own, out); });
}

int lock(sqlite3_file* file, int level) {
  sqlite3_file* own = log_of(file).own();
  return own->pMethods->xLock(own, level);
}

int unlock(sqlite3_file* file, int level) {
  sqlite3_file* own = log_of(file).own();
  return own->pMethods->xUnlock(own, level);
}

int is_reserved(sqlite3_file* file, int* out) {
  sqlite3_file* own = log_of(file).own();
  return own->pMethods->xCheckReservedLock(own, out);
}

int control(sqlite3_file* file, int what, void* with) {
  sqlite3_file* own = log_of(file).own();
  return own->pMethods->xFileControl(own, what, with);
}

int sector_size(sqlite3_file* file) {
  sqlite3_file* own = log_of(file).own();
  return own->pMethods->xSectorSize(own);
}

int characteristics(sqlite3_file* file) {
  sqlite3_file* own = log_of(file).own();
  return own->pMethods->xDeviceCharacteristics(own);
}

constexpr sqlite3_io_methods kCalls = {
    1,           close,           read,    write,   truncate, sync,    size_of, lock,   unlock, is_reserved, control,
    sector_size, characteristics, nullptr, nullptr, nullptr,  nullptr, nullptr, nullptr};

int open(sqlite3_vfs*, const char* name, sqlite3_file* out, int flags, int* out_flags) {
  sqlite3_vfs& own = below();
  CHECK(own.szOsFile + static_cast<int>(sizeof(Opened)) <= kRoom, "{}", own.szOsFile);
  if (!(flags & SQLITE_OPEN_WAL)) return own.xOpen(&own, name, out, flags, out_flags);
  auto* opened = reinterpret_cast<Opened*>(out);
  opened->base.pMethods = nullptr;
  auto* file = reinterpret_cast<sqlite3_file*>(opened + 1);
  int code = own.xOpen(&own, name, file, flags, out_flags);
  if (code != SQLITE_OK) {
    if (file->pMethods) file->pMethods->xClose(file);
    return code;
  }
  opened->log = new LogFile(file);
  opened->base.pMethods = &kCalls;
  return SQLITE_OK;
}

}  // namespace

const char* log_file_layer() {
  static const char* name = [] {
    // All but opening is the file system's, which a copy of the layer's calls would only repeat.
    static sqlite3_vfs layer = {};
    layer.iVersion = 2;
    layer.szOsFile = kRoom;
    layer.mxPathname = below().mxPathname;
    layer.zName = "cairn-log";
    layer.xOpen = open;
    layer.xDelete = [](sqlite3_vfs*, const char* path, int syncs) { return below().xDelete(&below(), path, syncs); };
    layer.xAccess = [](sqlite3_vfs*, const char* path, int what, int* out) {
      return below().xAccess(&below(), path, what, out);
    };
    layer.xFullPathname = [](sqlite3_vfs*, const char* path, int size, char* out) {
      return below().xFullPathname(&below(), path, size, out);
    };
    layer.xRandomness = [](sqlite3_vfs*, int size, char* out) { return below().xRandomness(&below(), size, out); };
    layer.xSleep = [](sqlite3_vfs*, int micros) { return below().xSleep(&below(), micros); };
    layer.xCurrentTime = [](sqlite3_vfs*, double* out) { return below().xCurrentTime(&below(), out); };
    layer.xGetLastError = [](sqlite3_vfs*, int size, char* out) { return below().xGetLastError(&below(), size, out); };
    layer.xCurrentTimeInt64 = [](sqlite3_vfs*, sqlite3_int64* out) { return below().xCurrentTimeInt64(&below(), out); };
    CHECK(sqlite3_vfs_register(&layer, 0) == SQLITE_OK);
    return layer.zName;
  }();
  return name;
}

}  // namespace cairn::db

#include "sim/sqlite_vfs.h"

#include <sqlite3.h>

#include <array>
#include <cstring>
#include <set>
#include <vector>

#include "base/check.h"

namespace cairn::sim {

/// What the connections to one database share besides its bytes.
struct SqliteVfs::Shared {
  std::map<const void*, int> locks;  ///< Connection → its lock on the file, above none.
  std::vector<std::unique_ptr<std::array<char, 32768>>> index;
  struct Slot {
    std::set<const void*> readers;
    const void* owner = nullptr;
  };
  std::array<Slot, SQLITE_SHM_NLOCK> slots;
  int mapped = 0;  ///< Connections that use the index.
};

namespace {

struct OpenFile {
  sqlite3_file base;
  SqliteVfs* vfs;
  Disk* disk;
  Disk::NodePtr node;
  std::string path;
  std::shared_ptr<SqliteVfs::Shared> shared;  ///< Of a database.
  /// A journal's first sync: its name must last too, also one that a process has made which was killed.
  bool syncs_directory;
  bool removed_at_end;
  bool has_index;
  uint64_t told;  ///< Of failed syncs.
};

OpenFile& open_file(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }

int code_of(Outcome outcome, int io_code) {
  switch (outcome) {
    case Outcome::done: return SQLITE_OK;
    case Outcome::full: return SQLITE_FULL;
    case Outcome::absent:
    case Outcome::io_error: break;
  }
  return io_code;
}

int close_file(sqlite3_file* raw) {
  OpenFile& file = open_file(raw);
  if (file.shared) file.shared->locks.erase(raw);
  if (file.removed_at_end && !file.path.empty()) (void)file.disk->remove(file.path);
  file.~OpenFile();
  return SQLITE_OK;
}

int read_file(sqlite3_file* raw, void* out, int size, sqlite3_int64 offset) {
  OpenFile& file = open_file(raw);
  size_t got = 0;
  std::span<char> into(static_cast<char*>(out), static_cast<size_t>(size));
  Outcome outcome = file.disk->read(*file.node, static_cast<uint64_t>(offset), into, got);
  if (outcome != Outcome::done) return SQLITE_IOERR_READ;
  if (got == into.size()) return SQLITE_OK;
  std::memset(into.data() + got, 0, into.size() - got);
  return SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* raw, const void* bytes, int size, sqlite3_int64 offset) {
  OpenFile& file = open_file(raw);
  std::string_view view(static_cast<const char*>(bytes), static_cast<size_t>(size));
  return code_of(file.disk->write(*file.node, static_cast<uint64_t>(offset), view), SQLITE_IOERR_WRITE);
}

int truncate_file(sqlite3_file* raw, sqlite3_int64 size) {
  OpenFile& file = open_file(raw);
  return code_of(file.disk->truncate(*file.node, static_cast<uint64_t>(size)), SQLITE_IOERR_TRUNCATE);
}

int sync_file(sqlite3_file* raw, int) {
  OpenFile& file = open_file(raw);
  if (file.disk->sync(*file.node, file.told) != Outcome::done) return SQLITE_IOERR_FSYNC;
  if (!file.syncs_directory) return SQLITE_OK;
  if (file.disk->sync_directory(parent_of(file.path)) != Outcome::done) return SQLITE_IOERR_DIR_FSYNC;
  file.syncs_directory = false;
  return SQLITE_OK;
}

int size_of_file(sqlite3_file* raw, sqlite3_int64* out) {
  *out = static_cast<sqlite3_int64>(Disk::size_of(*open_file(raw).node));
  return SQLITE_OK;
}

/// The strongest lock that another connection has.
int others_lock(const OpenFile& file, const sqlite3_file* self) {
  int strongest = SQLITE_LOCK_NONE;
  for (const auto& [connection, lock] : file.shared->locks)
    if (connection != self) strongest = std::max(strongest, lock);
  return strongest;
}

int lock_file(sqlite3_file* raw, int wanted) {
  OpenFile& file = open_file(raw);
  if (!file.shared) return SQLITE_OK;
  int& own = file.shared->locks[raw];
  if (own >= wanted) return SQLITE_OK;
  int others = others_lock(file, raw);
  if (wanted == SQLITE_LOCK_SHARED && others >= SQLITE_LOCK_PENDING) return SQLITE_BUSY;
  if (wanted == SQLITE_LOCK_RESERVED && others >= SQLITE_LOCK_RESERVED) return SQLITE_BUSY;
  if (wanted == SQLITE_LOCK_EXCLUSIVE) {
    if (others >= SQLITE_LOCK_PENDING) return SQLITE_BUSY;
    own = SQLITE_LOCK_PENDING;
    if (others >= SQLITE_LOCK_SHARED) return SQLITE_BUSY;
  }
  own = wanted;
  return SQLITE_OK;
}

int unlock_file(sqlite3_file* raw, int wanted) {
  OpenFile& file = open_file(raw);
  if (!file.shared) return SQLITE_OK;
  if (wanted == SQLITE_LOCK_NONE) file.shared->locks.erase(raw);
  else file.shared->locks[raw] = wanted;
  return SQLITE_OK;
}

int is_reserved(sqlite3_file* raw, int* out) {
  OpenFile& file = open_file(raw);
  *out = file.shared && others_lock(file, raw) >= SQLITE_LOCK_RESERVED;
  return SQLITE_OK;
}

int control_file(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return 4096; }
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

int map_index(sqlite3_file* raw, int region, int size, int extend, void volatile** out) {
  OpenFile& file = open_file(raw);
  SqliteVfs::Shared& shared = *file.shared;
  CHECK(size == static_cast<int>(sizeof(std::array<char, 32768>)), "{}", size);
  *out = nullptr;
  auto at = static_cast<size_t>(region);
  if (at >= shared.index.size() && !extend) return SQLITE_OK;
  while (shared.index.size() <= at) shared.index.push_back(std::make_unique<std::array<char, 32768>>());
  if (!file.has_index) ++shared.mapped;
  file.has_index = true;
  *out = shared.index[at]->data();
  return SQLITE_OK;
}

int lock_index(sqlite3_file* raw, int offset, int count, int flags) {
  auto& slots = open_file(raw).shared->slots;
  bool exclusive = flags & SQLITE_SHM_EXCLUSIVE;
  for (int i = offset; i < offset + count; ++i) {
    SqliteVfs::Shared::Slot& slot = slots[static_cast<size_t>(i)];
    if (flags & SQLITE_SHM_UNLOCK) continue;
    if (slot.owner && slot.owner != raw) return SQLITE_BUSY;
    size_t own = slot.readers.count(raw);
    if (exclusive && slot.readers.size() > own) return SQLITE_BUSY;
  }
  for (int i = offset; i < offset + count; ++i) {
    SqliteVfs::Shared::Slot& slot = slots[static_cast<size_t>(i)];
    if (flags & SQLITE_SHM_UNLOCK) {
      if (slot.owner == raw) slot.owner = nullptr;
      slot.readers.erase(raw);
    } else if (exclusive) {
      slot.owner = raw;
    } else {
      slot.readers.insert(raw);
    }
  }
  return SQLITE_OK;
}

void index_barrier(sqlite3_file*) {}

int unmap_index(sqlite3_file* raw, int) {
  OpenFile& file = open_file(raw);
  for (auto& slot : file.shared->slots) {
    if (slot.owner == raw) slot.owner = nullptr;
    slot.readers.erase(raw);
  }
  if (file.has_index && --file.shared->mapped == 0) file.shared->index.clear();
  file.has_index = false;
  return SQLITE_OK;
}

constexpr sqlite3_io_methods kMethods = {
    2,          close_file,    read_file,   write_file,   truncate_file, sync_file,       size_of_file,
    lock_file,  unlock_file,   is_reserved, control_file, sector_size,   characteristics, map_index,
    lock_index, index_barrier, unmap_index, nullptr,      nullptr};

}  // namespace

/// The calls of the file system itself.
struct SqliteVfs::Calls {
  static SqliteVfs& of(sqlite3_vfs* vfs) { return *static_cast<SqliteVfs*>(vfs->pAppData); }

  static int open(sqlite3_vfs* raw, const char* name, sqlite3_file* out, int flags, int* out_flags) {
    SqliteVfs& vfs = of(raw);
    out->pMethods = nullptr;
    Disk::NodePtr node;
    if (!name) {
      node = Disk::make_nameless();
    } else {
      node = vfs.disk_.find(name);
      if (!vfs.disk_.is_on()) return SQLITE_IOERR;
      if (!node && !(flags & SQLITE_OPEN_CREATE)) return SQLITE_CANTOPEN;
      if (!node)
        if (Outcome outcome = vfs.disk_.create(name, node); outcome != Outcome::done)
          return code_of(outcome, SQLITE_CANTOPEN);
    }
    auto* file = new (out) OpenFile{};
    file->vfs = &vfs;
    file->disk = &vfs.disk_;
    file->node = std::move(node);
    file->path = name ? name : "";
    file->told = Disk::failures(*file->node);
    constexpr int kJournals = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL;
    file->syncs_directory = (flags & SQLITE_OPEN_CREATE) && (flags & kJournals);
    file->removed_at_end = flags & SQLITE_OPEN_DELETEONCLOSE;
    if (flags & SQLITE_OPEN_MAIN_DB) {
      auto& place = vfs.shared_[file->path];
      file->shared = place.lock();
      if (!file->shared) place = file->shared = std::make_shared<Shared>();
    }
    file->base.pMethods = &kMethods;
    if (out_flags) *out_flags = flags;
    return SQLITE_OK;
  }
  static int remove(sqlite3_vfs* raw, const char* name, int sync_directory) {
    Disk& disk = of(raw).disk_;
    Outcome outcome = disk.remove(name);
    if (outcome == Outcome::absent) return SQLITE_IOERR_DELETE_NOENT;
    if (outcome != Outcome::done) return SQLITE_IOERR_DELETE;
    if (!sync_directory) return SQLITE_OK;
    return code_of(disk.sync_directory(parent_of(name)), SQLITE_IOERR_DIR_FSYNC);
  }
  static int access(sqlite3_vfs* raw, const char* name, int flags, int* out) {
    Disk::NodePtr node = of(raw).disk_.find(name);
    // As on a real system: an empty journal counts as none.
    *out = node && (flags != SQLITE_ACCESS_EXISTS || Disk::size_of(*node) > 0);
    return SQLITE_OK;
  }
  static int full_path(sqlite3_vfs*, const char* name, int size, char* out) {
    if (std::strlen(name) >= static_cast<size_t>(size)) return SQLITE_CANTOPEN;
    std::strcpy(out, name);
    return SQLITE_OK;
  }
  static int randomness(sqlite3_vfs* raw, int size, char* out) {
    for (int i = 0; i < size; ++i) out[i] = static_cast<char>(of(raw).random_.next());
    return size;
  }
  static int sleep(sqlite3_vfs* raw, int micros) {
    SqliteVfs& vfs = of(raw);
    vfs.clock_.advance(microseconds(micros));
    vfs.executor_.interleave();
    return micros;
  }
  static int now_ms(sqlite3_vfs* raw, sqlite3_int64* out) {
    constexpr int64_t kJulianDay1970Ms = 210'866'760'000'000;
    *out = kJulianDay1970Ms + of(raw).clock_.now().micros / 1000;
    return SQLITE_OK;
  }
  static int now_days(sqlite3_vfs* raw, double* out) {
    sqlite3_int64 ms = 0;
    now_ms(raw, &ms);
    *out = static_cast<double>(ms) / 86'400'000.0;
    return SQLITE_OK;
  }
  static int last_error(sqlite3_vfs*, int, char*) { return 0; }

  static sqlite3_vfs& instance() {
    static sqlite3_vfs vfs = {2,        sizeof(OpenFile), 512,     nullptr, "simulated", nullptr, open,       remove,
                              access,   full_path,        nullptr, nullptr, nullptr,     nullptr, randomness, sleep,
                              now_days, last_error,       now_ms,  nullptr, nullptr,     nullptr};
    return vfs;
  }
};

SqliteVfs::SqliteVfs(Disk& disk, SimClock& clock, SimExecutor& executor, Random random)
    : disk_(disk), clock_(clock), executor_(executor), random_(random) {
  sqlite3_vfs& vfs = Calls::instance();
  CHECK(!vfs.pAppData, "one simulated file system at a time");
  vfs.pAppData = this;
  CHECK(sqlite3_vfs_register(&vfs, 1) == SQLITE_OK);
  sqlite3_randomness(0, nullptr);  // seeded again from here
}

SqliteVfs::~SqliteVfs() {
  sqlite3_vfs& vfs = Calls::instance();
  for (const auto& [path, shared] : shared_) CHECK(shared.expired(), "{} is still open", path);
  sqlite3_vfs_unregister(&vfs);
  vfs.pAppData = nullptr;
}

}  // namespace cairn::sim

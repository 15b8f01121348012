#include "db/sqlite/checkpoint.h"

#include <atomic>
#include <cstdint>

#include "base/check.h"

namespace cairn::db {
namespace {

constexpr int kIndexRegionBytes = 32768;
constexpr uint32_t kIndexVersion = 3007000;
/// "WAL-mode File Format", section 2.1: the header twice, then how many frames have been copied.
constexpr size_t kBackfillWord = 96 / sizeof(uint32_t);

/// SQLite itself does this when the first connection reads the log after a start. Readers look into the log for every
/// page again, which is what is wanted: the system may read a dropped page from the disk as it was before.
void forget_what_was_copied(sqlite3* database) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, static_cast<void*>(&file));
  if (!file || !file->pMethods || file->pMethods->iVersion < 2) return;
  volatile void* region = nullptr;
  int code = file->pMethods->xShmMap(file, 0, kIndexRegionBytes, 0, &region);
  if (code != SQLITE_OK || !region) return;  // no log was read yet: nothing was copied
  auto* words = const_cast<uint32_t*>(static_cast<volatile uint32_t*>(region));
  uint32_t version = std::atomic_ref(words[0]).load();
  if (version == 0) return;
  CHECK(version == kIndexVersion, "this SQLite writes an index of its log that is not known here ({})", version);
  std::atomic_ref(words[kBackfillWord]).store(0);
}

}  // namespace

int run_checkpoint(sqlite3* database, int mode) {
  int code = sqlite3_wal_checkpoint_v2(database, nullptr, mode, nullptr, nullptr);
  bool is_well = code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED;
  if (!is_well) forget_what_was_copied(database);
  return code;
}

}  // namespace cairn::db

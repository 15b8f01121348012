// What was deleted leaves SQLite's own files.
//
// SQLite zeroes what it deletes (PRAGMA secure_delete), but not the copies that stay in a page's unused middle when
// rows move to another page: of an index in no order, that is a third of what was ever in it. They are zeroed here, in
// the file itself: no row lies there, so whatever else reads the file sees no difference. Where a power cut may damage
// a sector that was being written (SQLite assumes that it does not: POWERSAFE_OVERWRITE), so may it here.
#pragma once
#include <string>
#include <string_view>

#include "db/backend.h"
#include "db/sqlite/connection.h"

namespace cairn::db {

/// The next pages, some 16 MB of them; next_page is 0 after the last. Empties the log file first.
/// REQUIRES: `database` is the only connection that writes, it is in no transaction, its thread is this one, and no
/// checkpoint runs.
/// Errors: overloaded while a reader needs the log file (come again); too_large for a file of 2^25 pages or more (128
/// GB), where a page's kind cannot be told from its first byte.
Result<void> wipe_pages(sqlite3* database, const std::string& path, Wipe& wipe);

/// The unused bytes between a b-tree page's cell pointers and its cells. Empty for another page, or a damaged one.
struct Unused {
  size_t begin = 0, end = 0;
};
Unused unused_of(std::string_view page, bool is_first);

}  // namespace cairn::db

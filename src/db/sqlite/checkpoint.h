// Checkpoints: what stands in SQLite's log file is copied into the database file.
#pragma once
#include <sqlite3.h>

namespace cairn::db {

/// sqlite3_wal_checkpoint_v2 in the mode given, and its code. When it fails, the next one copies the whole log again.
///
/// A checkpoint that does not reach the log's end notes how far it came without syncing the database file (SQLite
/// 3.40). If the sync of a later one fails, the system may have dropped any page of both and calls them clean; SQLite
/// would go on behind its note, begin the log anew, and a power cut would show that the pages never came to the disk.
/// REQUIRES: no other checkpoint of this database runs, nor is one run by closing its last connection.
int run_checkpoint(sqlite3* database, int mode);

}  // namespace cairn::db

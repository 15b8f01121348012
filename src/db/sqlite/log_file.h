// SQLite's log, written in few calls of the system.
#pragma once

namespace cairn::db {

/// The name of a layer over the file system that SQLite uses by default (a VFS; made with the first call). SQLite hands
/// over each page of a commit in two pieces; here what follows one another in the log goes to the file in one write,
/// before the sync that makes the commit. All other files are the file system's own.
///
/// REQUIRES of a connection opened with it: that it syncs each commit (synchronous=FULL), and that no other connection
/// writes. What is not synced may not be in the file when SQLite tells the readers of it.
const char* log_file_layer();

}  // namespace cairn::db

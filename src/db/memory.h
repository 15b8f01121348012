// What a store holds in memory.
#pragma once
#include <cstdint>

namespace cairn::db {

/// Bytes that SQLite holds in this process, the pages that its connections keep above all: they grow up to a fixed size
/// as the database does, whatever is being written. Any thread.
uint64_t store_memory_bytes();

}  // namespace cairn::db

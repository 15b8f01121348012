// What a driver is to the store: connections, and what each can only do in its own way.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/world.h"
#include "db/connection.h"
#include "db/store.h"

namespace cairn::db {

/// How far Store::wipe is.
struct Wipe {
  uint32_t next_page = 1;
  uint64_t bytes = 0;  ///< Zeroed that were not zero.
  /// Writes zeros over zeros too: after a sync that failed, what is read may not be what is on the disk.
  bool also_zeros = false;
};

class Backend {
 public:
  virtual ~Backend() = default;
  virtual Driver driver() const = 0;
  /// The connection that alone writes. Called once. Error conflict when another process owns the store.
  virtual Result<std::unique_ptr<Connection>> connect_writer(const QuerySet& queries) = 0;
  /// Any thread.
  virtual Result<std::unique_ptr<Connection>> connect_reader(const QuerySet& queries) = 0;
  /// On the writer's thread, between groups.
  virtual void after_group() {}
  virtual uint64_t checkpoints() const { return 0; }
  virtual Result<void> backup(const std::string& path) = 0;
  /// On the writer's thread, between groups: a piece of Store::wipe. True when all is done.
  /// Error overloaded: come again.
  virtual Result<bool> wipe_some(Wipe& /*wipe*/) { return true; }
  virtual Result<std::vector<std::string>> verify() = 0;
};

}  // namespace cairn::db

// The store: rows and log of one Cairn, on SQLite (a directory) or PostgreSQL (a URL).
//
// Invariants:
// 1. One writer. Every change goes through write(); closures run on the writer's queue, each in a savepoint, several in
//    one group commit. A closure that fails is rolled back alone; when a whole group fails to commit its closures are
//    run again one by one, so one bad write never takes others with it.
// 2. `Done` is called after the group is durable (synchronous=FULL, fsync), never before, on the writer's thread.
// 3. Lanes are served in their order: people, reactor, ingestion, import; a waiting lane of lower rank still gets its
//    share so that it is never starved. Each is bounded: when it is full, write() says Code::overloaded at once.
// 4. Readers never wait for the writer, and see one consistent state for the length of a read().
// 5. SQLite checkpoints run on a queue of their own, off the writer's.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/world.h"
#include "db/session.h"

namespace cairn::db {

enum class Driver { sqlite, postgres };

enum class Lane { people, reactor, ingestion, import };

struct StoreOptions {
  std::string directory;               ///< The data directory; made when missing. Holds cairn.db on SQLite.
  std::string url;                     ///< `postgres://…`, or empty for SQLite in the directory.
  bool create = true;                  ///< False: error not_found when nothing is there yet.
  size_t lane_limit = 4096;            ///< Closures that may wait in each lane.
  size_t group_limit = 256;            ///< Closures in one group commit.
  int reader_limit = 8;                ///< Read connections at most.
  size_t checkpoint_bytes = 16 << 20;  ///< SQLite: the log file grows by this between two checkpoints.
  std::string extra_queries = {};      ///< For tests: `-- name:` blocks, named without a module prefix.
  std::string extra_schema = {};       ///< For tests: one more migration, after all others.
};

class Store {
 public:
  using Work = std::function<Result<void>(Transaction&)>;
  using Done = std::function<void(Result<void>)>;
  using Read = std::function<Result<void>(Session&)>;

  /// Opens (or makes) the store, runs missing migrations, prepares every query on the live driver.
  /// Errors, each one line that says what to do: the directory belongs to a newer version, a migration that ran has
  /// changed, the server cannot be reached, the file is not a database, no permission, another process owns it.
  static Result<std::unique_ptr<Store>> open(World& world, StoreOptions options);
  virtual ~Store() = default;

  virtual Driver driver() const = 0;

  /// Queues a write; `done` is always called exactly once, unless this returns overloaded. Any thread.
  virtual Result<void> write(Lane lane, Work work, Done done) = 0;
  /// Queues a write and waits for it. Not from the writer's own thread.
  Result<void> write_now(Lane lane, Work work);
  /// Runs `read` on the calling thread with a read connection; keep it short (a long read holds back checkpoints).
  virtual Result<void> read(const Read& read) = 0;

  /// A copy of the whole store while it runs, consistent, into `path` (SQLite; PostgreSQL says what to use instead).
  virtual Result<void> backup(const std::string& path) = 0;
  /// Named checks of the store's own integrity, for `cairn doctor`; empty when all is well.
  virtual Result<std::vector<std::string>> verify() = 0;

  /// What was deleted is gone from the store's own files afterwards, also from its log file and from where SQLite left
  /// copies of it. In short pieces between the writer's groups, all of the file is read. Returns how many bytes it had
  /// to zero. PostgreSQL: 0, its files are the server's. Not from the writer's own thread.
  /// Errors: overloaded when readers did not let go of the log file for a while; too_large from 128 GB on.
  virtual Result<uint64_t> wipe() = 0;

  struct Figures {
    uint64_t groups = 0, writes = 0, failed = 0, waiting = 0, checkpoints = 0;
    Duration longest_commit;
  };
  virtual Figures figures() const = 0;

 protected:
  virtual std::shared_ptr<Signal> make_signal() = 0;
};

}  // namespace cairn::db

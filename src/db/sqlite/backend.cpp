#include "db/sqlite/backend.h"

#include <algorithm>
#include <atomic>

#include "base/log.h"
#include "db/memory.h"
#include "db/sqlite/checkpoint.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/log_file.h"
#include "db/sqlite/wipe.h"

namespace cairn::db {

uint64_t store_memory_bytes() { return static_cast<uint64_t>(sqlite3_memory_used()); }

namespace {

/// `Crn1`, where `file` and others look for whose database this is.
constexpr int kApplicationId = 0x43726e31;
constexpr size_t kPageBytes = 4096;
/// The writer helps with checkpoints once the log file is this many times as long as what lies between two.
constexpr int kHelpTimes = 4;

/// The first column of the first row, as a number.
Result<int64_t> ask_number(sqlite3* database, const std::string& path, const char* sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(database, sql, -1, &raw, nullptr) != SQLITE_OK)
    return tl::unexpected(sqlite_error(database, path));
  Statement statement(raw);
  int code = sqlite3_step(raw);
  if (code != SQLITE_ROW && code != SQLITE_DONE) return tl::unexpected(sqlite_error(database, path));
  return code == SQLITE_ROW ? sqlite3_column_int64(raw, 0) : 0;
}

/// What a check such as `PRAGMA quick_check` complains of.
Result<void> add_complaints(sqlite3* database, const std::string& path, const char* sql, std::string_view check,
                            std::vector<std::string>& out) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(database, sql, -1, &raw, nullptr) != SQLITE_OK)
    return tl::unexpected(sqlite_error(database, path));
  Statement statement(raw);
  int code;
  while ((code = sqlite3_step(raw)) == SQLITE_ROW) {
    const unsigned char* text = sqlite3_column_text(raw, 0);
    std::string said = text ? reinterpret_cast<const char*>(text) : "";
    if (said != "ok") out.push_back(fmt::format("{}: {}", check, said));
  }
  if (code != SQLITE_DONE) return tl::unexpected(sqlite_error(database, path));
  return {};
}

/// Writes an earlier process's log file over with the same bytes. After a sync that failed the system takes the
/// pages for clean: they are read, and never reach the disk, however often they are synced. What is appended
/// behind them, or copied from them into the database, a power cut would tear out again.
Result<void> renew_log(Files& files, const std::string& path) {
  if (!files.exists(path)) return {};
  auto file = TRY(files.open(path, Open::write));
  std::string block(size_t{1} << 20, '\0');
  for (uint64_t at = 0;;) {
    size_t n = TRY(file->read_at(at, block));
    if (n == 0) return file->sync();
    TRY(file->write_at(at, {block.data(), n}));
    at += n;
  }
}

class SqliteBackend final : public Backend {
 public:
  SqliteBackend(World& world, const StoreOptions& options)
      : world_(world),
        path_(sqlite_path(options.directory)),
        checkpoint_pages_(static_cast<int>(options.checkpoint_bytes / kPageBytes)),
        checkpoint_queue_(world.executor.make_queue("checkpoint")) {}

  Driver driver() const override { return Driver::sqlite; }
  Result<std::unique_ptr<Connection>> connect_writer(const QuerySet& queries) override;
  Result<std::unique_ptr<Connection>> connect_reader(const QuerySet& queries) override;
  void after_group() override;
  uint64_t checkpoints() const override { return checkpoints_; }
  Result<void> backup(const std::string& path) override;
  Result<std::vector<std::string>> verify() override;
  Result<bool> wipe_some(Wipe& wipe) override;

 private:
  Result<Database> open_reader() const;
  Result<Database> open_checkpointer() const;
  Result<void> copy_into(const std::string& beside);
  void checkpoint_beside();
  void checkpoint_on(sqlite3* database);

  World world_;
  const std::string path_;
  const int checkpoint_pages_;  ///< The log file grows by this between two checkpoints.
  sqlite3* writer_ = nullptr;   ///< Owned by the connection that the store holds.
  int log_pages_ = 0;           ///< In the log file after the last commit. Writer's thread only, as is the next.
  int asked_at_pages_ = 0;      ///< Its length when a checkpoint was last asked for.
  /// The queue has one to run. The writer begins none of its own then: run_checkpoint wants to be alone.
  std::atomic<bool> checkpointing_{false};
  bool wipe_failed_ = false;  ///< And none since came to its end. Writer's thread only.
  std::atomic<uint64_t> checkpoints_{0};
  Database checkpointer_;                    ///< The checkpoint queue's alone.
  std::unique_ptr<Queue> checkpoint_queue_;  // last: it ends before what it uses
};

Result<std::unique_ptr<Connection>> SqliteBackend::connect_writer(const QuerySet& queries) {
  TRY(renew_log(world_.files, path_ + "-wal"));
  Database database = TRY(open_database(path_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, log_file_layer()));
  int64_t owner = TRY(ask_number(database.get(), path_, "PRAGMA application_id"));
  int64_t tables = TRY(ask_number(database.get(), path_, "SELECT count(*) FROM sqlite_schema"));
  if (owner != kApplicationId && (owner != 0 || tables != 0))
    return fail(Code::corrupt, "{} is a database of another program; choose another directory", path_);
  // A large cache of pages costs more than it spares: below a gigabyte every commit of SQLite looks through all of it,
  // and what it has not the system has (docs/architecture.md).
  TRY(run_script(database.get(), path_,
                 "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; "
                 "PRAGMA secure_delete=ON; "
                 "PRAGMA cache_size=-32768; PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=67108864"));
  if (owner == 0) TRY(run_script(database.get(), path_, fmt::format("PRAGMA application_id={}", kApplicationId)));
  writer_ = database.get();
  sqlite3_wal_hook(
      writer_,
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<SqliteBackend*>(self)->log_pages_ = pages;
        return SQLITE_OK;
      },
      this);
  return std::make_unique<SqliteConnection>(queries, std::move(database), path_);
}

Result<Database> SqliteBackend::open_reader() const {
  Database database = TRY(open_database(path_, SQLITE_OPEN_READWRITE));
  TRY(run_script(database.get(), path_,
                 "PRAGMA query_only=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16384; "
                 "PRAGMA wal_autocheckpoint=0; PRAGMA mmap_size=2147418112"));
  return database;
}

Result<std::unique_ptr<Connection>> SqliteBackend::connect_reader(const QuerySet& queries) {
  return std::make_unique<SqliteConnection>(queries, TRY(open_reader()), path_);
}

/// Most of a checkpoint runs beside the writer. Under a steady stream of commits it never catches up with the end of
/// the log, which then could not start over: once the log is long, the writer copies the small rest itself.
void SqliteBackend::after_group() {
  if (log_pages_ < asked_at_pages_) asked_at_pages_ = 0;  // the log began anew
  if (log_pages_ - asked_at_pages_ < checkpoint_pages_ || checkpointing_) return;
  asked_at_pages_ = log_pages_;
  if (log_pages_ >= kHelpTimes * checkpoint_pages_) {
    return checkpoint_on(writer_);
  }
  checkpointing_ = true;
  checkpoint_queue_->post([this] { checkpoint_beside(); });
}

/// A connection that has read nothing yet knows of no log: its checkpoints say well and do nothing.
Result<Database> SqliteBackend::open_checkpointer() const {
  Database database = TRY(open_database(path_, SQLITE_OPEN_READWRITE));
  TRY(ask_number(database.get(), path_, "SELECT count(*) FROM sqlite_schema"));
  return database;
}

void SqliteBackend::checkpoint_beside() {
  if (!checkpointer_) {
    auto opened = open_checkpointer();
    if (opened) checkpointer_ = std::move(*opened);
  }
  checkpoint_on(checkpointer_.get());
  checkpointing_ = false;
}

/// Null: it could not be opened.
void SqliteBackend::checkpoint_on(sqlite3* database) {
  int code = database ? run_checkpoint(database, SQLITE_CHECKPOINT_PASSIVE) : SQLITE_CANTOPEN;
  if (code != SQLITE_OK && code != SQLITE_BUSY)
    log_warning("{}: a checkpoint failed ({}); it is tried again", path_, sqlite3_errstr(code));
  ++checkpoints_;
}

Result<bool> SqliteBackend::wipe_some(Wipe& wipe) {
  if (checkpointing_) return fail(Code::overloaded, "{} is in the middle of a checkpoint; try again", path_);
  if (wipe.next_page == 1) wipe.also_zeros = wipe_failed_;
  auto wiped = wipe_pages(writer_, path_, wipe);
  if (!wiped && wiped.error().code != Code::overloaded) wipe_failed_ = true;
  TRY(std::move(wiped));
  log_pages_ = 0;
  if (wipe.next_page != 0) return false;
  wipe_failed_ = false;
  return true;
}

Result<void> SqliteBackend::backup(const std::string& path) {
  if (world_.files.exists(path))
    return fail(Code::conflict, "{} exists already; a backup goes to a file of its own", path);
  std::string beside = path + ".new";
  TRY(world_.files.remove(beside));
  auto copied = copy_into(beside);
  if (copied) copied = world_.files.rename(beside, path);
  if (!copied) (void)world_.files.remove(beside);
  return copied;
}

/// In one step within one read, so that writes meanwhile do not start it over; writers do not wait for it.
Result<void> SqliteBackend::copy_into(const std::string& beside) {
  Database from = TRY(open_reader());
  Database to = TRY(open_database(beside, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
  TRY(run_script(to.get(), beside, "PRAGMA synchronous=FULL"));
  sqlite3_backup* backup = sqlite3_backup_init(to.get(), "main", from.get(), "main");
  if (!backup) return tl::unexpected(sqlite_error(to.get(), beside));
  int code = sqlite3_backup_step(backup, -1);
  sqlite3_backup_finish(backup);
  if (code != SQLITE_DONE) return tl::unexpected(sqlite_error(to.get(), beside));
  to.reset();
  auto file = TRY(world_.files.open(beside, Open::write));
  return file->sync();
}

Result<std::vector<std::string>> SqliteBackend::verify() {
  Database database = TRY(open_reader());
  std::vector<std::string> out;
  TRY(add_complaints(database.get(), path_, "PRAGMA integrity_check", "integrity_check", out));
  TRY(add_complaints(database.get(), path_,
                     "SELECT 'row ' || rowid || ' of ' || \"table\" || ' has no row in ' || parent "
                     "FROM pragma_foreign_key_check",
                     "foreign_keys", out));
  return out;
}

}  // namespace

std::string sqlite_path(const std::string& directory) { return join_path(directory, "cairn.db"); }

Result<std::unique_ptr<Backend>> make_sqlite(World& world, const StoreOptions& options) {
  return std::make_unique<SqliteBackend>(world, options);
}

}  // namespace cairn::db

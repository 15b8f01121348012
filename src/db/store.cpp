#include "db/store.h"

#include <unistd.h>

#include <charconv>
#include <mutex>

#include "base/check.h"
#include "base/text.h"
#include "db/migrations.h"
#include "db/postgres/backend.h"
#include "db/readers.h"
#include "db/sqlite/backend.h"
#include "db/writer.h"

namespace cairn::db {
namespace {

/// How often, and after how long, a log file that is being read is asked for again.
constexpr int kWipeTries = 200;
constexpr Duration kWipePause = milliseconds(50);

/// Held for the life of the store, so that two processes never share a directory.
Result<std::unique_ptr<Lock>> lock_directory(Files& files, const std::string& directory) {
  std::string path = join_path(directory, "lock");
  auto lock = files.lock(path);
  if (lock) {
    // The number is only for the message below: the lock itself is the kernel's.
    auto file = TRY(files.open(path, Open::truncate));
    TRY(file->append(fmt::format("{}\n", ::getpid())));
    return lock;
  }
  if (lock.error().code != Code::conflict) return lock;
  auto owner = files.read(path);
  std::string pid(owner ? trim(*owner) : "");
  return fail(Code::conflict, "{} is in use by another Cairn{}; stop it, or talk to it through its socket", directory,
              pid.empty() ? "" : fmt::format(" (pid {})", pid));
}

/// The parts in the order in which they are taken down, last first.
class OpenStore final : public Store {
 public:
  OpenStore(World& world, std::unique_ptr<Lock> lock, std::unique_ptr<QuerySet> queries,
            std::unique_ptr<Backend> backend, std::unique_ptr<Connection> connection, const StoreOptions& options)
      : world_(world),
        lock_(std::move(lock)),
        queries_(std::move(queries)),
        backend_(std::move(backend)),
        connection_(std::move(connection)),
        readers_(world_.executor, *backend_, *queries_, options.reader_limit),
        writer_(world_, *connection_, {options.lane_limit, options.group_limit}, [this] { after_group(); }) {}

  Driver driver() const override { return backend_->driver(); }
  Result<void> write(Lane lane, Work work, Done done) override {
    return writer_.write(lane, std::move(work), std::move(done));
  }
  Result<void> read(const Read& read) override { return readers_.read(read); }
  Result<void> backup(const std::string& path) override { return backend_->backup(path); }
  Result<std::vector<std::string>> verify() override { return backend_->verify(); }
  Result<uint64_t> wipe() override;
  Figures figures() const override {
    Figures out = writer_.figures();
    out.checkpoints = backend_->checkpoints();
    return out;
  }

 protected:
  std::shared_ptr<Signal> make_signal() override {
    CHECK(!writer_.is_current_thread(), "write_now on the writer's own thread would never end");
    return world_.executor.make_signal();
  }

 private:
  void after_group();
  Result<void> between_groups(const std::function<Result<void>()>& work);

  World world_;
  std::mutex mutex_;
  std::vector<Task> between_;  // guarded by mutex_
  std::unique_ptr<Lock> lock_;
  std::unique_ptr<QuerySet> queries_;
  std::unique_ptr<Backend> backend_;
  std::unique_ptr<Connection> connection_;
  Readers readers_;
  Writer writer_;
};

void OpenStore::after_group() {
  backend_->after_group();
  std::vector<Task> due;
  {
    std::lock_guard lock(mutex_);
    due.swap(between_);
  }
  for (Task& task : due) task();
}

/// On the writer's thread, in no transaction. Returns when it is done.
Result<void> OpenStore::between_groups(const std::function<Result<void>()>& work) {
  auto signal = make_signal();
  Result<void> result;
  {
    std::lock_guard lock(mutex_);
    between_.push_back([&] {
      result = work();
      signal->set();
    });
  }
  // A full lane means that the writer is awake anyway.
  (void)write(Lane::import, [](Transaction&) -> Result<void> { return {}; }, [](const Result<void>&) {});
  signal->wait();
  return result;
}

Result<uint64_t> OpenStore::wipe() {
  Wipe wipe;
  bool is_done = false;
  for (int misses = 0; !is_done;) {
    auto done = between_groups([&]() -> Result<void> {
      is_done = TRY(backend_->wipe_some(wipe));
      return {};
    });
    if (!done && (done.error().code != Code::overloaded || ++misses > kWipeTries)) return tl::unexpected(done.error());
    if (!done) (void)make_signal()->wait_for(kWipePause);
  }
  return wipe.bytes;
}

Result<std::unique_ptr<QuerySet>> load_queries(Driver driver, const StoreOptions& options) {
  auto queries = std::make_unique<QuerySet>(driver);
  TRY(queries->add("migrations.", "src/db/migrations.cpp", kMigrationQueries));
  TRY(queries->add_all(sql_resources()));
  TRY(queries->add("", "the extra queries", options.extra_queries));
  return queries;
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(World& world, StoreOptions options) {
  std::unique_ptr<Lock> lock;
  if (!options.directory.empty()) {
    bool on_sqlite = options.url.empty();
    if (!options.create && !world.files.exists(on_sqlite ? sqlite_path(options.directory) : options.directory))
      return fail(Code::not_found, "{} holds no Cairn store; check the path, or make one with an import or a demo",
                  options.directory);
    TRY(world.files.make_directory(options.directory));
    lock = TRY(lock_directory(world.files, options.directory));
  }
  auto backend = TRY(options.url.empty() ? make_sqlite(world, options) : make_postgres(world, options));
  auto queries = TRY(load_queries(backend->driver(), options));
  auto migrations = TRY(load_migrations(sql_resources(), backend->driver(), options.extra_schema));
  auto connection = TRY(backend->connect_writer(*queries));
  TRY(migrate(*connection, world.clock, migrations));
  TRY(connection->prepare_all());
  return std::make_unique<OpenStore>(world, std::move(lock), std::move(queries), std::move(backend),
                                     std::move(connection), options);
}

Result<void> Store::write_now(Lane lane, Work work) {
  auto signal = make_signal();
  Result<void> outcome;
  TRY(write(lane, std::move(work), [&outcome, signal](Result<void> result) {
    outcome = std::move(result);
    signal->set();
  }));
  signal->wait();
  return outcome;
}

}  // namespace cairn::db

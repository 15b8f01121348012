#include "app/instance.h"

#include "app/rights_table.h"
#include "base/text.h"

namespace cairn::app {
namespace {

/// `postgres://user:secret@host:5432/shop?x=y` → `host:5432/shop`: what names a store without its secrets.
std::string store_name(std::string_view url) {
  if (url.empty()) return "sqlite";
  size_t scheme = url.find("://");
  if (scheme != url.npos) url.remove_prefix(scheme + 3);
  if (size_t at = url.rfind('@'); at != url.npos) url.remove_prefix(at + 1);
  return std::string(url.substr(0, url.find('?')));
}

/// A directory keeps the name of its store, so that it is never opened on another by mistake.
Result<void> check_store(Files& files, const InstanceOptions& options) {
  std::string path = join_path(options.directory, "store");
  std::string asked = store_name(options.store_url);
  if (!files.exists(path)) return {};
  std::string kept(trim(TRY(files.read(path))));
  if (kept == asked) return {};
  if (kept == "sqlite")
    return fail(Code::conflict, "{} holds its own SQLite store; leave --store away, or choose another directory",
                options.directory);
  if (asked == "sqlite")
    return fail(Code::conflict, "{} belongs to the PostgreSQL store {}; name it with --store or CAIRN_STORE",
                options.directory, kept);
  return fail(Code::conflict, "{} belongs to the PostgreSQL store {}, not {}; choose another directory",
              options.directory, kept, asked);
}

}  // namespace

Instance::Instance(World world, std::string directory)
    : world_(world), directory_(std::move(directory)), identities_(world_) {}

// Requests first: they use all others. Then ingestion: what it had taken is in the history's last snapshot. The log
// before the store: its files are behind the store's last commit, never before it.
Instance::~Instance() {
  rights_.reset();
  ingest_.reset();
  profile_.reset();
  consent_.reset();
  segments_.reset();
  questions_.reset();
  history_.reset();
  accounts_.reset();
  log_.reset();
  store_.reset();
}

Result<std::unique_ptr<Instance>> Instance::open(World world, const InstanceOptions& options) {
  Files& files = world.files;
  if (files.exists(options.directory) && !files.is_directory(options.directory))
    return fail(Code::invalid, "{} is a file; --data wants a directory", options.directory);
  if (!options.create && !files.is_directory(options.directory))
    return fail(Code::not_found, "{} is not there; make it with `cairn import` or `cairn demo`", options.directory);
  TRY(check_store(files, options));
  auto out = std::unique_ptr<Instance>(new Instance(world, options.directory));
  db::StoreOptions store;
  store.directory = options.directory;
  store.url = options.store_url;
  store.create = options.create;
  store.lane_limit = options.lane_limit;
  store.checkpoint_bytes = options.checkpoint_bytes;
  out->store_ = TRY(db::Store::open(out->world_, store));
  std::string mark = join_path(options.directory, "store");
  if (!files.exists(mark)) TRY(files.write(mark, store_name(options.store_url) + "\n"));
  out->log_ = TRY(events::Log::open(out->world_, *out->store_, options.directory, options.fingerprints_in_memory));
  TRY(out->store_->read([&](db::Session& session) { return out->identities_.load(session); }));
  out->accounts_ = TRY(accounts::Accounts::open(out->world_, *out->store_));
  out->ingest_ =
      TRY(ingest::Service::open(out->world_, *out->store_, *out->log_, out->identities_, options.intake_bytes));
  out->history_ =
      TRY(history::History::open(out->world_, *out->store_, *out->log_, options.directory, options.history));
  out->questions_ = std::make_unique<questions::Service>(out->world_, *out->history_);
  out->segments_ =
      TRY(segments::Service::open(out->world_, *out->store_, *out->log_, *out->history_, *out->questions_));
  out->consent_ = std::make_unique<consent::Service>(out->world_, *out->store_, *out->log_, out->identities_.aliases());
  out->profile_ = std::make_unique<profile::Service>(profile::Service::Parts{
      out->world_, *out->store_, *out->log_, *out->history_, *out->segments_, out->identities_.aliases()});
  out->rights_ = std::make_unique<rights::Service>(rights_parts(*out));
  return out;
}

std::string socket_of(const std::string& directory) { return join_path(directory, "socket"); }

}  // namespace cairn::app

#include "sim/simulation.h"

#include <algorithm>

#include <sqlite3.h>

#include "sim/timelines.h"

namespace cairn::sim {
namespace {

constexpr const char* kDirectory = "/data";
/// After trouble everything must be answered within this.
constexpr Duration kRecovery = minutes(5);
/// And within this more every erasure is carried out, however often it had failed.
constexpr Duration kErasure = minutes(1);
constexpr int64_t kSqliteMemoryMax = 256 << 20;

/// Streams of chance, so that more of one thing does not change the others.
enum Stream : uint64_t { kStory, kSchedule, kDisk, kSqlite, kEntropy, kKeeper, kClients };

}  // namespace

Report simulate(const Settings& settings) { return Simulation(settings).run(); }

Simulation::Simulation(const Settings& settings)
    : settings_(settings),
      trace_(settings.is_shown),
      random_(Random::stream(settings.seed, kStory)),
      executor_(clock_, trace_, Random::stream(settings.seed, kSchedule)),
      disk_(clock_, trace_, Random::stream(settings.seed, kDisk)),
      files_(disk_),
      vfs_(disk_, clock_, executor_, Random::stream(settings.seed, kSqlite)),
      entropy_(Random::stream(settings.seed, kEntropy)),
      world_{clock_, entropy_, executor_, files_} {
  options_.directory = kDirectory;
  options_.lane_limit = 4 + random_.below(60);
  options_.checkpoint_bytes = (32 + random_.below(500)) << 10;
  options_.fingerprints_in_memory = (size_t{5} << random_.below(7)) + random_.below(20);
  options_.intake_bytes = (120 + random_.below(300)) << 10;
  options_.history.rows_a_step = 1 + random_.below(300);
  options_.history.rows_a_snapshot = 100 + random_.below(2000);
  if (settings.planted == Planted::lying_sync) disk_.set_lie(Lie::sync_does_nothing);
  disk_.set_pause([this] { executor_.interleave(); });
  (void)disk_.make_directory("/input");
  add_clients();
}

Simulation::~Simulation() {
  disk_.cut_power();
  server_.is_dead = true;
  drain();
  door_.reset();
  instance_.reset();
  clients_.clear();
  keeper_.reset();
}

void Simulation::add_clients() {
  sources_ = {"shop", "till", "server"};
  int count = 2 + static_cast<int>(random_.below(5));
  for (int i = 0; i < count; ++i) {
    size_t source = random_.below(sources_.size());
    Random random = Random::stream(settings_.seed, kClients + static_cast<uint64_t>(i));
    size_t batch_max = 1 + random_.below(40);
    clients_.push_back(std::make_unique<Client>(
        Client::Parts{clock_, executor_, model_, server_, random, i, source, sources_[source], batch_max}));
  }
  keeper_ = std::make_unique<Keeper>(
      Keeper::Parts{world_, disk_, executor_, model_, server_, Random::stream(settings_.seed, kKeeper), kDirectory});
}

/// All that makes a running server, or nothing of it.
Result<void> Simulation::open() {
  instance_ = TRY(app::Instance::open(world_, options_));
  door_ = TRY(Door::open(*instance_, sources_, settings_.planted));
  // Following takes most of the time that a seed takes: some lives do, the others only catch up when they are checked.
  if (random_.chance(0.25)) instance_->history().start();
  instance_->rights().start();
  model_.set_erased_key([log = &instance_->log()](int64_t source, std::string_view key) {
    return log->erased_key(SourceId{source}, key);
  });
  ++server_.life;
  server_ = {instance_.get(), door_.get(), server_.life, false};
  return {};
}

/// Also in trouble: then it may fail, or the power may go; in the end it must open.
void Simulation::start() {
  for (int attempt = 0; !is_over(); ++attempt) {
    ++report_.starts;
    bool is_hard = attempt < 3 && random_.chance(0.3);
    disk_.keep_power();
    disk_.set_trouble(is_hard ? draw_trouble() : Trouble{});
    if (is_hard && random_.chance(0.5)) disk_.cut_power_after(random_.below(60));
    auto opened = open();
    disk_.set_trouble({});
    if (opened && disk_.is_on()) return;
    const Error error = opened ? Error{} : opened.error();
    if (!opened && (!is_hard || error.code == Code::corrupt || error.code == Code::internal))
      model_.find(fmt::format("it does not start: {} ({})", error.message, error.detail));
    die(draw_end());
  }
}

/// What was taken in is answered. Nobody else has a turn that would take in more.
void Simulation::drain() {
  if (!instance_) return;
  auto waits = [this] {
    return keeper_->is_busy() || instance_->ingest().intake().figures().waiting_bytes > 0 ||
           instance_->store().figures().waiting > 0;
  };
  while (waits())
    if (!executor_.run_one()) return;
}

void Simulation::stop() {
  server_.door = nullptr;
  server_.instance = nullptr;
  drain();
  door_.reset();
  instance_.reset();
}

Simulation::End Simulation::draw_end() { return random_.chance(0.7) ? End::power_cut : End::killed; }

/// The process is gone, with the power or without.
void Simulation::die(End end) {
  bool power = end == End::power_cut;
  ++(power ? report_.power_cuts : report_.kills);
  disk_.cut_power();
  server_.is_dead = true;
  stop();
  for (auto& client : clients_) client->lose_connection();
  disk_.restart(power ? Disk::Loss::unsynced : Disk::Loss::nothing);
  trace_.note("restart", power ? "after a power cut" : "after a kill");
}

Trouble Simulation::draw_trouble() {
  ++report_.troubles;
  Trouble trouble;
  auto rate = [&] { return random_.chance(0.5) ? 0 : random_.chance(0.1) ? 1 : random_.uniform() * 0.1; };
  switch (random_.below(5)) {
    case 0: trouble.capacity = disk_.used_bytes() + random_.below(400'000); break;
    case 1: trouble.slowest = milliseconds(static_cast<int64_t>(1 + random_.below(800))); break;
    case 2: trouble.sync = 0.05 + random_.uniform() * 0.5; break;
    default: trouble = {rate(), rate(), rate(), rate()}; break;
  }
  return trouble;
}

/// New rows in the order of the log, as any reader would see them.
void Simulation::look() {
  Disk::Peace peace(disk_);
  auto read = instance_->log().sweep(Seq{model_.last_seen()}, [&](const events::LogRow& row) {
    const events::Log& log = instance_->log();
    model_.see(row, log.source_name(row.source), log.kind_name(row.kind));
    return true;
  });
  if (!read) model_.find("the log is not to be read: " + read.error().message);
  model_.check_lately();
  auto figures = instance_->store().figures();
  if (figures.waiting > 4 * options_.lane_limit) model_.find(fmt::format("{} writes wait", figures.waiting));
  size_t taken = instance_->ingest().intake().figures().waiting_bytes;
  if (taken > options_.intake_bytes) model_.find(fmt::format("{} bytes wait in the intake", taken));
  if (sqlite3_memory_used() > kSqliteMemoryMax) model_.find(fmt::format("SQLite uses {} bytes", sqlite3_memory_used()));
}

void Simulation::check_all() {
  if (is_over()) return;
  trace_.note("check");
  Disk::Peace peace(disk_);
  auto snapshot = read_snapshot(join_path(kDirectory, "cairn.db"));
  if (!snapshot) return model_.find("the database is not to be read: " + snapshot.error().message);
  model_.check_all(*snapshot);
  check_marks();
}

/// Copies of the store are kept, and expire: the keeper's look at them may leave one that was cut off.
void Simulation::check_marks() {
  if (!model_.erasures().any() || !model_.erasures().are_done()) return;
  std::map<std::string, Marks> found;
  disk_.each([&](const std::string& path, std::string_view bytes) {
    if (path.starts_with(join_path(kDirectory, "")) && !path.starts_with(join_path(kDirectory, "backup-")))
      find_marks(bytes, found[path]);
  });
  model_.check_marks(found);
}

bool Simulation::are_erasures_done() {
  if (!model_.erasures().any()) return true;
  Disk::Peace peace(disk_);
  auto requests = instance_->rights().list(rights::RequestId{INT64_MAX}, 1000);
  if (!requests) return false;
  return std::all_of(requests->begin(), requests->end(), [](auto& r) { return r.state == rights::State::done; });
}

/// Whatever way the timeline came, it is what the log says.
void Simulation::check_history() {
  // Half way through an erasure the log knows less of who was merged than the timeline, which is told at its end.
  if (is_over() || !are_erasures_done()) return;
  auto caught_up = instance_->history().catch_up();
  if (!caught_up && !disk_.is_on()) return;  // an erasure wrote meanwhile, and the power went
  if (!caught_up) return model_.find("10: the timeline does not reach the log: " + caught_up.error().message);
  // Others went on while it caught up: somebody may have been asked to be erased.
  if (!are_erasures_done()) return;
  auto version = instance_->history().version();
  for (CustomerId id : model_.erasures().ids())
    if (version->find(id)) model_.find(fmt::format("11: the timeline has {}, who is erased", id.value));
  auto finding = difference(*version, instance_->store(), instance_->log(), executor_);
  // Reading the log again let others go on too, and one of them may have met the planned power cut.
  if (!finding.empty() && disk_.is_on()) model_.find("10: " + finding);
}

/// Some steps of life; the invariants after each. Ends early when the power goes.
void Simulation::live(int steps) {
  for (; steps > 0 && disk_.is_on() && !is_over(); --steps) {
    auto span = milliseconds(static_cast<int64_t>(2 + random_.below(120)));
    executor_.run_for(span, [&] { return !disk_.is_on() || is_over(); });
    if (disk_.is_on()) look();
  }
}

/// Trouble is over: without a restart everyone gets an answer.
void Simulation::recover() {
  disk_.set_trouble({});
  disk_.keep_power();
  for (auto& client : clients_) client->set_making(false);
  keeper_->set_starting(false);
  auto all_content = [&] {
    for (auto& client : clients_)
      if (!client->is_content()) return false;
    return !keeper_->is_busy();
  };
  executor_.run_for(kRecovery, [&] { return all_content() || is_over(); });
  if (!all_content() && !is_over())
    for (auto& client : clients_)
      if (!client->is_content())
        model_.find(fmt::format("{} s after the trouble not everything is acknowledged", kRecovery.seconds()));
  for (Duration waited; !are_erasures_done() && !is_over(); waited = waited + seconds(1)) {
    if (waited > kErasure)
      model_.find(fmt::format("11: {} s after the trouble not every erasure is done", kErasure.seconds()));
    executor_.run_for(seconds(1), [&] { return is_over(); });
  }
  look();
  check_all();
  for (auto& client : clients_) client->set_making(true);
  keeper_->set_starting(true);
}

void Simulation::plan_power_cut() {
  double where = random_.uniform();
  if (where < 0.3) disk_.cut_power_after(random_.below(8), join_path(kDirectory, "fingerprints"));
  else disk_.cut_power_after(random_.below(where < 0.5 ? 3000 : 300));
}

/// What a failed sync left unwritten, a process that was killed left to the next: that one's acknowledgements
/// stand on it.
void Simulation::sync_trouble_then_power_cut() {
  Trouble trouble;
  trouble.sync = 0.5;
  disk_.set_trouble(trouble);
  live(1 + static_cast<int>(random_.below(3)));
  die(End::killed);
  start();
  live(1 + static_cast<int>(random_.below(3)));
  die(End::power_cut);
  start();
  check_all();
}

void Simulation::chapter() {
  if (random_.chance(0.12)) return sync_trouble_then_power_cut();
  if (random_.chance(0.6)) disk_.set_trouble(draw_trouble());
  if (random_.chance(0.45)) plan_power_cut();
  if (random_.chance(0.1)) clock_.set_wall(minutes(random_.between(-600, 600)));
  live(3 + static_cast<int>(random_.below(10)));
  if (is_over()) return;
  if (disk_.is_on() && random_.chance(0.6)) return recover();
  if (disk_.is_on() && random_.chance(0.5)) {
    disk_.set_trouble({});
    stop();
    if (!disk_.is_on()) die(draw_end());
    for (auto& client : clients_) client->lose_connection();
  } else {
    die(draw_end());
  }
  start();
  check_all();
  if (random_.chance(0.2)) check_history();
  if (disk_.is_on() || is_over()) return;
  die(draw_end());
  start();
}

/// The end of the story: all that is left is sent, everything is checked by every means there is.
void Simulation::settle() {
  disk_.set_trouble({});
  recover();
  if (is_over()) return;
  for (auto& client : clients_) client->set_making(false);
  keeper_->set_starting(false);
  keeper_->finish();
  check_all();
  bool is_followed = instance_->history().version() != nullptr;
  if (is_followed) check_history();
  auto verified = instance_->log().verify([&](const std::string& finding) { model_.find("verify: " + finding); });
  if (!verified) model_.find("verify: " + verified.error().message);
  stop();
  if (is_over()) return;
  auto opened = open();
  if (!opened) return model_.find("it does not open again: " + opened.error().message);
  check_all();
  if (is_followed || random_.chance(0.4)) check_history();
}

Report Simulation::run() {
  start();
  int chapters = 2 + static_cast<int>(random_.below(6));
  for (; chapters > 0 && !is_over(); --chapters) chapter();
  if (!is_over()) settle();
  report_.findings = model_.findings();
  report_.trace_hash = trace_.hash();
  report_.steps = trace_.length();
  report_.acknowledged = model_.count_acknowledged();
  report_.rows = model_.rows_seen();
  report_.keeper = keeper_->figures();
  for (auto& client : clients_) report_.turned_away += client->turned_away();
  report_.seconds = clock_.elapsed().seconds();
  return report_;
}

}  // namespace cairn::sim

#include "history/following.h"

#include <algorithm>
#include <set>

#include "base/hash.h"
#include "base/log.h"
#include "events/calls.h"
#include "events/own.h"
#include "timeline/rows_of.h"

namespace cairn::history {
namespace {

/// From so many rows on a step is shared out over the cores: for fewer, threads cost more.
constexpr size_t kRowsSharedOut = 256;
/// In a flood the writer needs its core: steps take one, and nothing is folded until it is over.
constexpr Duration kFloodLook = milliseconds(100);
/// After a step that reached the log, twice as long as it took: what comes meanwhile is one step, which costs less than
/// several. What comes after quiet is applied at once. Long steps rest as long in proportion: else a writer that is
/// slower than a flood once is kept below it by the steps.
constexpr Duration kShortestRest = milliseconds(2);
constexpr Duration kLongestRest = milliseconds(400);
/// In a flood steps begin so far from one another: a row costs the less the more come in one step, and the writer wants
/// the core. With the step that follows, questions lag by less than a second.
constexpr Duration kStepInFlood = milliseconds(400);
constexpr Duration kShortestRestInFlood = milliseconds(50);
/// Who asks now waits for the next step: when it is long, it takes all cores.
constexpr Duration kAskedNow = seconds(1);
constexpr Duration kLongStep = milliseconds(200);
/// When nobody asked for so long in a flood, rows wait until somebody does, or until they are so old or so many: then a
/// customer who comes again and again is copied once for many rows. How long who asks first waits at most, and how
/// often is looked whether somebody does.
constexpr Duration kAskedLately = seconds(30);
constexpr Duration kOldestRows = seconds(5);
constexpr uint64_t kMostRowsAtRest = 131'072;
constexpr Duration kLongestWait = seconds(3);
constexpr Duration kLookWhileResting = milliseconds(20);
constexpr int kLongestPause = 3;  // 2^3 seconds between two tries

std::string snapshot_directory(const std::string& directory, const Options& options) {
  return options.writes_snapshots ? join_path(directory, "timeline") : std::string();
}

}  // namespace

Following::Following(World& world, db::Store& store, events::Log& log, const std::string& directory, Options options)
    : world_(world),
      store_(store),
      log_(log),
      options_(options),
      alone_(world_.executor),
      snapshots_(world_.files, snapshot_directory(directory, options)),
      rows_(log),
      pace_(kFloodLook),
      names_(world_, store),
      followers_(world_.executor) {}

Following::~Following() {
  is_ending_ = true;
  if (is_started_) log_.on_growth({});
  auto end = [this](std::unique_ptr<Queue>& queue) {
    std::unique_ptr<Queue> ended;
    std::lock_guard lock(mutex_);
    ended.swap(queue);
    return ended;
  };
  // What runs beside tells the writing queue of its end.
  end(beside_).reset();
  end(queue_).reset();
  if (built_.timeline && is_worth_a_snapshot()) write_last_snapshot();
}

void Following::post(Task task) {
  std::lock_guard lock(mutex_);
  if (!queue_ && is_ending_) return;
  if (!queue_) queue_ = world_.executor.make_queue("history");
  queue_->post(std::move(task));
}

void Following::post_beside(Task task) {
  std::lock_guard lock(mutex_);
  if (is_ending_) return;
  if (!beside_) beside_ = world_.executor.make_queue("history-beside");
  beside_->post(std::move(task));
}

Result<void> Following::run(const Work& work) {
  auto done = world_.executor.make_signal();
  Result<void> result;
  post([&] {
    if (is_ending_) result = fail(Code::unavailable, "Cairn is stopping");
    else result = work();
    done->set();
  });
  done->wait();
  return result;
}

void Following::start() {
  if (is_started_.exchange(true)) return;
  set_state(Standing::State::building, "");
  pace_.begin(log_.last(), world_.clock.elapsed());
  log_.on_growth([this] { wake(); });
  wake();
}

void Following::wake() {
  if (!is_woken_.exchange(true)) post([this] { go_on(); });
}

/// Once over everything that waits.
void Following::go_on() {
  if (is_ending_) return;
  Duration now = world_.clock.elapsed();
  if (now < rests_until_) return go_on_after(rests_until_ - now);
  if (may_rest(now)) {
    is_resting_ = true;
    return go_on_after(kLookWhileResting);
  }
  is_woken_ = false;
  auto done = ensure_built({});
  if (done) done = remake_now();
  if (done) done = step();
  end_rest();
  if (!done) return note_failure(done.error());
  failures_ = 0;
  Duration end = stepped_at_ = world_.clock.elapsed();
  took_ = end - now;
  if (pace_.is_fast()) rests_until_ = std::max(end + kShortestRestInFlood, now + kStepInFlood);
  else if (rows_.is_end()) rests_until_ = end + std::clamp((end - now) * 2, kShortestRest, kLongestRest);
  if (!rows_.is_end()) wake();
}

/// Whoever waits gets what there is, also when nothing could be put in.
void Following::end_rest() {
  std::lock_guard lock(mutex_);
  is_resting_ = false;
  for (const auto& signal : waiting_) signal->set();
  waiting_.clear();
}

bool Following::is_asked_now() const {
  return world_.clock.elapsed().micros - asked_at_ < kAskedNow.micros && took_ > kLongStep;
}

bool Following::is_waited_for() const {
  std::lock_guard lock(mutex_);
  return !waiting_.empty();
}

/// Whether the next step can wait: a flood, of which nobody wants to know, and less than a step of full size.
bool Following::may_rest(Duration now) {
  if (!built_.timeline || must_remake_ || failures_ > 0) return false;
  if (now.micros - asked_at_ < kAskedLately.micros || now - stepped_at_ > kOldestRows) return false;
  if (!pace_.look(log_.last(), now)) return false;
  auto waiting = static_cast<uint64_t>(log_.last().value - built_.timeline->version()->last().value);
  return waiting < std::min<uint64_t>(options_.rows_a_step, kMostRowsAtRest);
}

void Following::go_on_after(Duration pause) {
  std::lock_guard lock(mutex_);
  if (queue_) queue_->post_after(pause, [this] { go_on(); });
}

void Following::note_failure(const Error& error) {
  if (failures_ == 0) log_warning("timeline: {} ({}); it is tried again", error.message, error.detail);
  int pause = std::min(failures_++, kLongestPause);
  is_woken_ = true;
  go_on_after(seconds(int64_t{1} << pause));
}

Result<void> Following::catch_up(const Progress& progress) {
  return run([&]() -> Result<void> {
    TRY(ensure_built(progress));
    TRY(remake_now());
    Seq target = log_.last();
    do {
      TRY(step());
      Seq last = built_.timeline->version()->last();
      bool goes_on = !progress || progress(static_cast<uint64_t>(last.value), static_cast<uint64_t>(target.value));
      if (!goes_on && last < target) return fail(Code::conflict, "stopped before the timeline had every event");
    } while (!rows_.is_end() && built_.timeline->version()->last() < target);
    return {};
  });
}

std::shared_ptr<timeline::Timeline> Following::timeline() const {
  std::lock_guard lock(mutex_);
  return timeline_;
}

std::shared_ptr<const timeline::Version> Following::present() const {
  auto present = timeline();
  return present ? present->version() : nullptr;
}

std::shared_ptr<const timeline::Version> Following::version() const {
  asked_at_ = world_.clock.elapsed().micros;
  if (is_resting_) wait_for_step();
  return present();
}

void Following::wait_for_step() const {
  auto stepped = world_.executor.make_signal();
  {
    std::lock_guard lock(mutex_);
    if (!is_resting_) return;
    waiting_.push_back(stepped);
  }
  (void)stepped->wait_for(kLongestWait);
}

Standing Following::standing() const {
  auto present = this->present();
  std::lock_guard lock(mutex_);
  return {state_, present ? present->last() : Seq{}, log_.last(), finding_};
}

void Following::set_state(Standing::State state, std::string finding) {
  std::lock_guard lock(mutex_);
  state_ = state;
  finding_ = std::move(finding);
}

std::shared_ptr<const query::Catalogue> Following::catalogue() const {
  auto present = this->present();
  return names_.catalogue(present ? present->shared_schema() : nullptr);
}

Result<void> Following::ensure_built(const Progress& progress) {
  return built_.timeline ? Result<void>() : build({}, progress);
}

/// `why`: of no snapshot, because of this.
Result<void> Following::build(const std::string& why, const Progress& progress) {
  set_state(Standing::State::building, why);
  Builder builder({world_, store_, log_, snapshots_, options_.rows_a_step});
  auto built = builder.build(why, progress);
  if (!built) {
    set_state(built_.timeline ? Standing::State::following : Standing::State::failed, built.error().message);
    return tl::unexpected(std::move(built).error());
  }
  std::shared_ptr<const timeline::Version> before = built_.timeline ? built_.timeline->version() : nullptr;
  built_ = std::move(*built);
  auto now = built_.timeline->version();
  rows_since_snapshot_ = built_.has_snapshot ? 0 : now->events();
  {
    std::lock_guard lock(mutex_);
    timeline_ = built_.timeline;
    aliases_ = built_.merged.aliases();
    state_ = Standing::State::following;
    finding_ = built_.finding;
  }
  followers_.publish({now, before ? before->last() : now->last(), {}, before != nullptr});
  return {};
}

Result<void> Following::build_anew(const Error& why) {
  log_warning("timeline: {}; it is built anew from the log", why.message);
  if (auto discarded = snapshots_.discard(); !discarded)
    log_warning("timeline: the snapshot could not be removed: {}", discarded.error().message);
  return build(why.message, {});
}

/// The next rows of the log.
Result<void> Following::step() {
  auto before = built_.timeline->version();
  TRY(rows_.read(before->last(), options_.rows_a_step, built_.undone));
  // After the rows: what was decided before them is known.
  if (!is_same(TRY(read_reading(store_)), built_.reading))
    return build_anew({Code::invalid, "the brand's currency or time zone is another", "", ""});
  if (rows_.last() <= before->last()) return {};
  if (is_started_) pace_.look(log_.last(), world_.clock.elapsed());
  auto moved = move_merged();
  if (!moved && moved.error().code == Code::corrupt) return build_anew(moved.error());
  TRY(std::move(moved));
  bool is_shared = rows_.rows().size() >= kRowsSharedOut && (!pace_.is_flood() || is_waited_for() || is_asked_now());
  Executor* executor = is_shared ? &world_.executor : nullptr;
  auto applied = built_.timeline->apply(rows_.rows(), rows_.last(), executor);
  if (!applied && applied.error().code == Code::corrupt) return build_anew(applied.error());
  TRY(std::move(applied));
  if (auto witness = rows_.witness()) built_.witness = *witness;
  rows_since_snapshot_ += rows_.rows().size();
  auto now = built_.timeline->version();
  followers_.publish({now, before->last(), touched(now->schema()), false, built_.merged.take_moved(), has_answers()});
  fold_beside();
  write_snapshot_beside();
  return {};
}

/// Who is merged or unmerged by the rows that were read goes where they belong; the rows themselves come after.
Result<void> Following::move_merged() {
  auto tells = [](const timeline::Row& row) {
    return row.kind == events::kCustomersMerged || row.kind == events::kCustomersUnmerged;
  };
  if (std::none_of(rows_.rows().begin(), rows_.rows().end(), tells)) {
    built_.merged.pass(rows_.last());
    return {};
  }
  TRY(built_.merged.advance(store_, rows_.last()));
  return built_.merged.moved().empty() ? Result<void>() : built_.timeline->rehome(built_.merged.moved());
}

CustomerId Following::root(CustomerId customer) const {
  std::shared_ptr<const events::Aliases> aliases;
  {
    std::lock_guard lock(mutex_);
    aliases = aliases_;
  }
  return aliases ? aliases->root(customer) : customer;
}

std::vector<Touched> Following::touched(const timeline::Schema& schema) const {
  std::vector<Touched> out;
  std::string_view name;
  std::optional<timeline::KindIndex> kind;
  for (const timeline::Row& row : rows_.rows()) {
    if (row.flags & events::kSetApart) continue;
    // Most rows are of the kind of the one before.
    if (row.kind != name) kind = schema.find_kind(row.kind);
    name = row.kind;
    if (kind) out.push_back({built_.merged.root(row.customer), *kind, (row.flags & events::kHistorical) != 0});
  }
  return each_once(std::move(out));
}

bool Following::has_answers() const {
  return std::ranges::any_of(rows_.rows(), [](const timeline::Row& row) {
    return !(row.flags & (events::kSetApart | events::kHistorical)) && events::may_have_answers(row.properties);
  });
}

Result<void> Following::remake(std::span<const timeline::SeqRange> removed) {
  names_.forget();
  if (removed.empty() && !is_started_ && !timeline()) return {};
  std::vector<timeline::SeqRange> ranges(removed.begin(), removed.end());
  return run([&]() -> Result<void> {
    removed_.insert(removed_.end(), ranges.begin(), ranges.end());
    must_remake_ = true;
    return remake_now();
  });
}

/// What an earlier call could not do, because the store or the disk was away, is done with the next step.
Result<void> Following::remake_now() {
  if (!must_remake_) return {};
  TRY(remake_from(removed_));
  must_remake_ = false;
  removed_.clear();
  return {};
}

Result<void> Following::remake_from(std::vector<timeline::SeqRange> removed) {
  Undone undone = TRY(Undone::read(store_));
  auto is_told = [&](const timeline::SeqRange& range) { return undone.has(range.from) && undone.has(range.to); };
  // What the store's runs do not tell of must not come back from a snapshot.
  if (!std::all_of(removed.begin(), removed.end(), is_told)) {
    TRY(snapshots_.discard());
    rows_since_snapshot_ = options_.rows_a_snapshot;
  }
  if (!built_.timeline) return {};
  if (!is_same(TRY(read_reading(store_)), built_.reading))
    return build_anew({Code::invalid, "the brand's currency or time zone is another", "", ""});
  for (const timeline::SeqRange& range : TRY(undone_since(store_, built_.undone.runs))) removed.push_back(range);
  TRY(built_.merged.read_again(store_));
  if (removed.empty() && built_.merged.moved().empty()) return {};
  Result<void> done;
  if (!built_.merged.moved().empty()) done = built_.timeline->rehome(built_.merged.moved());
  if (done && !removed.empty()) done = built_.timeline->remove_rows(removed, world_.executor);
  if (!done && done.error().code == Code::corrupt) return build_anew(done.error());
  TRY(std::move(done));
  built_.undone = std::move(undone);
  auto now = built_.timeline->version();
  followers_.publish({now, now->last(), {}, true, built_.merged.take_moved()});
  return {};
}

Result<void> Following::forget(std::span<const CustomerId> customers, std::span<const Seq> rows) {
  return run([&]() -> Result<void> {
    // It has them, and lies there when snapshots are discarded.
    if (is_writing_snapshot_) return fail(Code::overloaded, "a snapshot of the timeline is being written: come again");
    return forget_now(customers, rows);
  });
}

Result<void> Following::read_again(std::span<const CustomerId> customers) {
  return run([&]() -> Result<void> {
    if (is_writing_snapshot_) return fail(Code::overloaded, "a snapshot of the timeline is being written: come again");
    std::set<CustomerId> people;
    for (CustomerId id : customers) people.insert(built_.timeline ? built_.merged.root(id) : id);
    std::vector<CustomerId> all(people.begin(), people.end());
    // Found here, where no row of theirs comes between.
    Result<std::vector<Seq>> rows;
    if (built_.timeline) rows = timeline::rows_of(*built_.timeline->version(), all);
    if (rows) return forget_now(all, *rows);
    TRY(forget_now({}, {}));
    return rows.error().code == Code::corrupt ? build_anew(rows.error()) : tl::unexpected(rows.error());
  });
}

Result<void> Following::forget_now(std::span<const CustomerId> customers, std::span<const Seq> rows) {
  ++erasures_;
  TRY(snapshots_.discard());
  rows_since_snapshot_ = options_.rows_a_snapshot;
  if (!built_.timeline) return {};
  TRY(rows_.read_these(store_, rows, built_.undone));
  auto done = built_.timeline->remove_customers(customers);
  if (done) done = built_.timeline->apply(rows_.rows(), built_.timeline->version()->last());
  if (!done && done.error().code == Code::corrupt) return build_anew(done.error());
  TRY(std::move(done));
  for (const timeline::Row& row : rows_.rows())
    if (row.seq == built_.witness.seq) built_.witness = witness_of(row);
  // What older parts still hold of them goes with a fold; the snapshot is written from what is then.
  std::set<int> shards;
  for (CustomerId id : customers) shards.insert(shard_of(id));
  auto folded = built_.timeline->fold_shards(world_.executor, std::vector<int>(shards.begin(), shards.end()));
  if (!folded) return build_anew(folded.error());
  auto now = built_.timeline->version();
  std::vector<CustomerId> moved(customers.begin(), customers.end());
  for (const timeline::Row& row : rows_.rows()) moved.push_back(row.customer);
  std::sort(moved.begin(), moved.end());
  moved.erase(std::unique(moved.begin(), moved.end()), moved.end());
  followers_.publish({now, now->last(), {}, false, std::move(moved)});
  delay_snapshot();
  return {};
}

void Following::mend(const Error& damage) {
  post([this, damage, damaged = timeline()] {
    // Several readers met the same damage: once is enough.
    if (is_ending_ || built_.timeline != damaged) return;
    if (auto mended = build_anew(damage); !mended) note_failure(mended.error());
  });
}

int Following::follow(std::function<void(const Step&)> follower) { return followers_.follow(std::move(follower)); }

void Following::unfollow(int number) { followers_.unfollow(number); }

}  // namespace cairn::history

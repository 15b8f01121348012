#include "segments/keeper.h"

#include <algorithm>

#include "base/hash.h"
#include "base/log.h"
#include "events/own.h"
#include "history/merged.h"
#include "json/value.h"

namespace cairn::segments {
namespace {

constexpr size_t kChangesAWrite = 500;
constexpr Duration kShortest = milliseconds(5), kLongest = milliseconds(500);
/// How long silent changes wait for others, so that an import writes baselines a few times, not at every step.
constexpr Duration kDirtyLimit = seconds(5);
constexpr Duration kCursorEvery = seconds(10), kCursorAtRest = minutes(10);
constexpr int kRounds = 5;
/// In a flood the timelines need the core that the writer leaves: segments wait, but not for ever.
constexpr Duration kFloodLook = milliseconds(250), kPatience = seconds(30);

events::NewEvent event_of(const Change& change, std::string_view name, Seq seq) {
  events::NewEvent out;
  out.kind = change.is_in ? kEntered : kLeft;
  out.occurred_at = change.at;
  // With the version that it was decided on: a customer may come and go twice within a microsecond.
  out.source_key = fmt::format("{}/{}/{}/{}/{}", change.segment, change.customer.value, change.is_in ? "in" : "out",
                               change.at.micros, seq.value);
  out.identifiers = events::own_identifiers(change.customer);
  json::Object properties;
  properties["segment_id"] = change.segment;
  properties["segment"] = json::String(name);
  out.properties = json::serialize(json::Value(properties));
  return out;
}

}  // namespace

Keeper::Keeper(World& world, db::Store& store, events::Log& log, history::History& history)
    : world_(world), store_(store), log_(log), history_(history), core_(world.executor), pace_(kFloodLook) {}

Keeper::~Keeper() {
  {
    std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  if (following_) history_.unfollow(following_);
  queue_.reset();
}

Result<void> Keeper::start(std::function<std::shared_ptr<const Set>()> sets) {
  sets_ = std::move(sets);
  source_ = TRY(log_.ensure_source("segments"));
  queue_ = world_.executor.make_queue("segments");
  first_ = log_.last();
  pace_.begin(first_, world_.clock.elapsed());
  {
    std::lock_guard lock(mutex_);
    is_started_ = true;
  }
  following_ = history_.follow([this](const history::Step& step) {
    {
      std::lock_guard lock(mutex_);
      coming_ = coming_ ? history::joined(std::move(*coming_), step) : step;
    }
    post();
  });
  return {};
}

void Keeper::change() {
  if (is_running()) post();
}

bool Keeper::is_running() const {
  std::lock_guard lock(mutex_);
  return is_started_;
}

void Keeper::post() {
  std::lock_guard lock(mutex_);
  if (is_posted_ || is_stopping_) return;
  is_posted_ = true;
  queue_->post([this] { turn(); });
}

/// Of a live keeper whose work can wait. What waits holds the version before it: with no segment there is no reason to.
bool Keeper::holds_back() {
  if (core_.is_empty()) return false;
  Duration now = world_.clock.elapsed();
  is_held_back_ = pace_.look(log_.last(), now) && now - held_back_since_ < kPatience;
  if (!is_held_back_) held_back_since_ = now;
  return is_held_back_;
}

/// One timer at a time: what falls due is told at most kLongest late, with its exact moment.
void Keeper::wait() {
  Duration delay = kLongest;
  if (is_held_back_) delay = kFloodLook;
  else if (is_live_) delay = std::clamp(core_.next() - world_.clock.now(), kShortest, kLongest);
  std::lock_guard lock(mutex_);
  if (is_waiting_ || is_stopping_) return;
  is_waiting_ = true;
  queue_->post_after(delay, [this] {
    {
      std::lock_guard timer(mutex_);
      is_waiting_ = false;
    }
    post();
  });
}

void Keeper::turn() {
  {
    std::lock_guard lock(mutex_);
    is_posted_ = false;
    if (is_stopping_) return;
    if (coming_ && backlog_) backlog_ = history::joined(std::move(*backlog_), std::move(*coming_));
    else if (coming_) backlog_ = std::move(coming_);
    coming_.reset();
  }
  if (is_live_ && holds_back()) return wait();
  {
    std::lock_guard lock(mutex_);
    taken_ = asked_;
  }
  set_ = sets_();
  if (auto done = work(); !done) {
    log_warning("segments: {} {}", done.error().message, done.error().detail);
    // Taken up again from the cursor.
    if (!is_live_ && !backlog_ && core_.version()) backlog_ = history::Step{core_.version(), {}, {}, false};
    if (done.error().code == Code::corrupt) history_.mend(done.error());
  }
  publish();
  wait();
}

Result<void> Keeper::work() {
  // What could not be written is written first, so that nothing overtakes it.
  TRY(record());
  if (!is_live_) {
    if (!backlog_ || backlog_->version->last() < first_) return {};
    TRY(resume());
    is_live_ = true;
    backlog_.reset();
  } else {
    std::lock_guard lock(core_mutex_);
    Time now = std::max(world_.clock.now(), core_.at());
    is_live_ = false;  // after an error halfway it is taken up again from the cursor
    if (backlog_) {
      collect(TRY(core_.on_step(*backlog_, now)));
      backlog_.reset();
    }
    collect(TRY(core_.on_time(now)));
    is_live_ = true;
  }
  TRY(align());
  TRY(record());
  std::lock_guard lock(core_mutex_);
  return core_.settle();
}

Result<std::vector<history::Touched>> Keeper::touched_since(Seq seq, const timeline::Version& version) const {
  std::vector<history::Touched> touched;
  TRY(log_.sweep(seq, [&](const events::LogRow& row) {
    if (row.seq > version.last()) return false;
    auto kind = version.schema().find_kind(log_.kind_name(row.kind));
    if (kind) touched.push_back({history_.root(row.customer), *kind, (row.flags & events::kHistorical) != 0});
    return true;
  }));
  return history::each_once(std::move(touched));
}

/// Who was merged or unmerged since: who they are, were, and will be.
Result<std::vector<CustomerId>> Keeper::moved_since(Seq seq) const {
  std::vector<CustomerId> out;
  TRY(store_.read([&](db::Session& session) {
    out.clear();
    return session.each("segments.merged_since", {{"seq", seq}}, [&](const db::Row& row) {
      for (int column : {0, 1, 2})
        for (CustomerId id : {row.id<CustomerId>(column), history_.root(row.id<CustomerId>(column))}) out.push_back(id);
      return true;
    });
  }));
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

/// What the record says of those who were touched since the cursor.
struct Keeper::Record {
  /// Of whoever was merged into them the record is another.
  static bool is_own(const timeline::Stream& stream, uint32_t row, CustomerId customer) {
    const timeline::Column* origin = stream.origin();
    return !origin || !origin->is_known(row) || origin->integer(row) == customer.value;
  }

  const timeline::Version& version;
  std::map<std::pair<int64_t, int>, Baseline> baselines = {};

  bool was_in(int64_t segment, CustomerId customer) const {
    auto base = baselines.find({segment, shard_of(customer)});
    Seq latest = base == baselines.end() ? Seq{} : base->second.seq;
    bool out = base != baselines.end() &&
               std::binary_search(base->second.members.begin(), base->second.members.end(), customer);
    auto place = version.find(customer);
    for (bool is_in : {true, false}) {
      auto kind = version.schema().find_kind(is_in ? kEntered : kLeft);
      const timeline::Stream* stream = kind && place ? place->part->stream(*kind) : nullptr;
      auto column = kind ? version.schema().kinds()[*kind].find("segment_id") : std::nullopt;
      const timeline::Column* ids = stream && column ? stream->column(*column) : nullptr;
      if (!ids) continue;
      for (uint32_t row = stream->offsets().begin(place->customer); row < stream->offsets().end(place->customer); ++row)
        if (ids->is_known(row) && ids->integer(row) == segment && stream->seq()[row] > latest.value &&
            is_own(*stream, row, customer)) {
          latest = Seq{stream->seq()[row]};
          out = is_in;
        }
    }
    return out;
  }
};

Result<void> Keeper::resume() {
  auto version = backlog_->version;
  Record found{*version};
  std::optional<Cursor> cursor;
  TRY(store_.read([&](db::Session& session) -> Result<void> {
    cursor = TRY(read_cursor(session));
    return read_baselines(session, [&](Baseline b) { found.baselines[{b.segment, b.shard}] = std::move(b); });
  }));
  Time now = world_.clock.now();
  cursor_ = cursor.value_or(Cursor{version->last(), now});
  now = std::max(now, cursor_.at);
  std::vector<Live> lives;
  meanings_.clear();
  for (const auto& [id, definition] : set_->definitions) {
    if (!found.baselines.contains({id, 0}) || !set_->checked.contains(definition.name)) continue;
    auto live = make_ready(id, set_->checked.at(definition.name), *set_);
    if (!live) {
      findings_[id] = live.error().message;
      continue;
    }
    lives.push_back(std::move(*live));
    meanings_[id] = set_->meaning(definition);
  }
  history::Step step;
  step.version = version;
  step.after = cursor_.seq;
  step.touched = TRY(touched_since(cursor_.seq, *version));
  step.moved = TRY(moved_since(cursor_.seq));
  history::Merged then;
  if (!step.moved.empty()) TRY(then.read(store_, cursor_.seq));
  std::lock_guard lock(core_mutex_);
  collect(TRY(core_.resume(
      step, cursor_.at, std::move(lives), [&](int64_t segment, CustomerId c) { return found.was_in(segment, c); }, now,
      [&](CustomerId c) { return then.root(c) == c; })));
  return {};
}

/// Computes what is new or means something else, forgets what is gone.
Result<void> Keeper::align() {
  for (auto it = meanings_.begin(); it != meanings_.end();) {
    auto wanted = set_->definitions.find(it->first);
    if (wanted != set_->definitions.end() && set_->meaning(wanted->second) == it->second) {
      ++it;
      continue;
    }
    std::lock_guard lock(core_mutex_);
    uint64_t count = core_.count(it->first);
    TRY(core_.remove(it->first));
    std::erase_if(untold_, [&](const Change& c) { return c.segment == it->first; });
    std::erase_if(dirty_, [&](const auto& d) { return d.first == it->first; });
    silent_[{it->first, day_of(core_.at())}] -= static_cast<int64_t>(count);
    it = meanings_.erase(it);
  }
  for (const auto& [id, definition] : set_->definitions) {
    if (meanings_.contains(id)) continue;
    if (auto begun = begin(id, definition); !begun) {
      if (begun.error().code == Code::corrupt) return begun;
      findings_[id] = begun.error().message;
    }
  }
  return {};
}

Result<void> Keeper::begin(int64_t id, const Definition& definition) {
  if (auto finding = set_->findings.find(id); finding != set_->findings.end())
    return fail(Code::invalid, "{}", finding->second);
  Live live = TRY(make_ready(id, set_->checked.at(definition.name), *set_));
  std::lock_guard lock(core_mutex_);
  TRY(core_.add(std::move(live)));
  meanings_[id] = set_->meaning(definition);
  findings_.erase(id);
  silent_[{id, day_of(core_.at())}] += static_cast<int64_t>(core_.count(id));
  for (int shard = 0; shard < kShards; ++shard) dirty_.insert({id, shard});
  dirty_since_ = Time{};
  return {};
}

Result<Live> Keeper::make_ready(int64_t id, const query::Checked& checked, const Set& set,
                                questions::Running* running) const {
  engine::Setting setting;
  setting.segments = set.checked;
  std::vector<const query::Checked*> reads = {&checked};
  for (const auto& [name, other] : set.checked) reads.push_back(&other);
  for (int round = 0;; ++round) {
    auto version = history_.version();
    if (!version) return fail(Code::unavailable, "the timelines are being built");
    auto plan = engine::make_plan(checked, version->shared_schema(), setting);
    if (plan) return make_live(id, std::move(*plan));
    if (plan.error().code != Code::unavailable || round == kRounds) return tl::unexpected(plan.error());
    for (const query::Checked* one : reads)
      for (const auto& [stream, property] : one->dependencies.properties) {
        auto kind = version->schema().find_stream(stream);
        auto column = kind ? version->schema().kinds()[*kind].find(property) : std::nullopt;
        if (column && version->schema().kinds()[*kind].columns[*column].fill == timeline::Fill::ready) continue;
        auto made = history_.make_column(stream, property, [&](uint64_t rows, uint64_t of) {
          return !running || running->read_so_far(fmt::format("{}.{}", stream, property), rows, of);
        });
        if (!made && made.error().code != Code::not_found) return tl::unexpected(made.error());
      }
  }
}

Day Keeper::day_of(Time t) const { return core_.version()->schema().reading().zone.day(t); }

void Keeper::collect(const std::vector<Change>& changes) {
  for (const Change& change : changes) {
    if (!change.is_silent) {
      untold_.push_back(change);
      continue;
    }
    if (dirty_.empty()) dirty_since_ = world_.clock.now();
    dirty_.insert({change.segment, shard_of(change.customer)});
    silent_[{change.segment, day_of(change.at)}] += change.is_in ? 1 : -1;
  }
}

Result<void> Keeper::record() {
  if (!core_.version()) return {};
  TRY(record_told());
  Time now = world_.clock.now();
  bool is_due = now - dirty_since_ >= kDirtyLimit || !backlog_;
  if (is_due) TRY(record_silent());
  if (!dirty_.empty() || !silent_.empty() || !is_live_) return {};
  Cursor cursor{core_.version()->last(), core_.at()};
  if (now - cursor_written_ < (cursor.seq == cursor_.seq ? kCursorAtRest : kCursorEvery)) return {};
  TRY(store_.write_now(db::Lane::reactor, [&](db::Transaction& tx) { return write_cursor(tx, cursor); }));
  cursor_ = cursor;
  cursor_written_ = now;
  return {};
}

Result<void> Keeper::record_told() {
  while (!untold_.empty()) {
    size_t count = std::min(kChangesAWrite, untold_.size());
    bool is_last = count == untold_.size() && dirty_.empty();
    Cursor cursor{core_.version()->last(), core_.at()};
    TRY(store_.write_now(db::Lane::reactor, [&](db::Transaction& tx) -> Result<void> {
      std::vector<events::NewEvent> made;
      for (size_t i = 0; i < count; ++i) {
        auto definition = set_->definitions.find(untold_[i].segment);
        std::string name = definition == set_->definitions.end() ? std::string() : definition->second.name;
        made.push_back(event_of(untold_[i], name, cursor.seq));
      }
      events::ById identify;
      auto outcomes = TRY(log_.append(tx, identify, made, {.source = source_}));
      std::map<std::pair<int64_t, Day>, DayCounts> days;
      for (size_t i = 0; i < count; ++i) {
        if (outcomes[i].fate == events::Fate::refused) return tl::unexpected(outcomes[i].error);
        DayCounts& day = days[{untold_[i].segment, day_of(untold_[i].at)}];
        bool is_kept = outcomes[i].fate == events::Fate::kept;
        (untold_[i].is_in ? day.entered : day.left) += is_kept;
      }
      for (auto& [key, counts] : days) {
        counts.day = key.second;
        TRY(count_day(tx, key.first, counts));
      }
      if (is_last && is_live_) TRY(write_cursor(tx, cursor));
      return {};
    }));
    untold_.erase(untold_.begin(), untold_.begin() + static_cast<std::ptrdiff_t>(count));
    if (is_last && is_live_) cursor_ = cursor, cursor_written_ = world_.clock.now();
  }
  return {};
}

Baseline Keeper::baseline(int64_t segment, int shard) const {
  return {segment, shard, log_.last(), core_.at(), core_.members(segment, shard)};
}

/// A segment a write, and the cursor when all are done.
Result<void> Keeper::record_silent() {
  while (!dirty_.empty() || !silent_.empty()) {
    int64_t segment = dirty_.empty() ? silent_.begin()->first.first : dirty_.begin()->first;
    std::vector<Baseline> baselines;
    for (auto [id, shard] : dirty_)
      if (id == segment) baselines.push_back(baseline(segment, shard));
    TRY(store_.write_now(db::Lane::reactor, [&](db::Transaction& tx) -> Result<void> {
      for (const Baseline& b : baselines) TRY(write_baseline(tx, b));
      for (const auto& [key, count] : silent_)
        if (key.first == segment && count != 0) TRY(count_day(tx, segment, {key.second, 0, 0, count}));
      return {};
    }));
    std::erase_if(dirty_, [&](const auto& d) { return d.first == segment; });
    std::erase_if(silent_, [&](const auto& s) { return s.first.first == segment; });
    cursor_written_ = Time{};
  }
  return {};
}

void Keeper::publish() {
  std::lock_guard lock(mutex_);
  states_.clear();
  for (const auto& [id, meaning] : meanings_) states_[id] = {is_live_, core_.count(id), {}};
  for (const auto& [id, finding] : findings_)
    if (!states_.contains(id)) states_[id] = {false, 0, finding};
  figures_ = core_.figures();
  if (is_live_ && untold_.empty()) {
    answered_ = taken_;
    seen_ = core_.version()->last();
    generation_seen_ = set_->generation;
  }
}

Result<void> Keeper::catch_up(Duration limit) {
  constexpr Duration kLook = milliseconds(10);
  TRY(history_.catch_up());
  Seq wanted = history_.version()->last();
  uint64_t generation = sets_()->generation;
  auto never = world_.executor.make_signal();
  uint64_t ticket = 0;
  {
    std::lock_guard lock(mutex_);
    ticket = ++asked_;
  }
  for (Duration waited; waited < limit; waited = waited + kLook) {
    post();
    never->wait_for(kLook);
    std::lock_guard lock(mutex_);
    if (answered_ >= ticket && seen_ >= wanted && generation_seen_ >= generation) return {};
  }
  return fail(Code::unavailable, "the segments are being computed; come again");
}

Keeper::State Keeper::state(int64_t segment) const {
  std::lock_guard lock(mutex_);
  auto found = states_.find(segment);
  return found == states_.end() ? State{} : found->second;
}

Seq Keeper::seen() const {
  std::lock_guard lock(mutex_);
  return seen_;
}

Figures Keeper::figures() const {
  std::lock_guard lock(mutex_);
  return figures_;
}

Result<std::vector<CustomerId>> Keeper::members(int64_t segment, CustomerId after, size_t limit) const {
  if (!state(segment).is_ready) return fail(Code::unavailable, "the segment is being computed; come again");
  std::vector<CustomerId> out;
  std::lock_guard lock(core_mutex_);
  for (int shard = 0; shard < kShards; ++shard)
    for (CustomerId id : core_.members(segment, shard))
      if (id > after) out.push_back(id);
  size_t kept = std::min(limit, out.size());
  std::partial_sort(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(kept), out.end());
  out.resize(kept);
  return out;
}

Result<bool> Keeper::is_in(int64_t segment, CustomerId customer) const {
  if (!state(segment).is_ready) return fail(Code::unavailable, "the segment is being computed; come again");
  std::lock_guard lock(core_mutex_);
  return core_.is_in(segment, customer);
}

}  // namespace cairn::segments

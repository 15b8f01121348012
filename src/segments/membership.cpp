#include "segments/membership.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "base/check.h"
#include "engine/ask.h"
#include "engine/evaluate.h"

namespace cairn::segments {

using timeline::Place;

namespace {

constexpr int64_t kNever = Wakes::kNever;

int64_t last_time(const Place& place) {
  const timeline::Order& order = place.part->order();
  return order.occurred_at()[order.offsets().end(place.customer) - 1];
}
int64_t first_time(const Place& place) {
  const timeline::Order& order = place.part->order();
  return order.occurred_at()[order.offsets().begin(place.customer)];
}

/// Whether the customer has an event that the plan reads, or a part of it.
bool has_rows(const engine::Plan& plan, const Place& place) {
  if (plan.depends_on_every_kind) return true;
  return std::any_of(plan.depends_on.begin(), plan.depends_on.end(), [&](timeline::KindIndex kind) {
    const timeline::Stream* stream = place.part->stream(kind);
    return stream && stream->offsets().begin(place.customer) != stream->offsets().end(place.customer);
  });
}

/// When the customer's events behind `after` were learnt, ascending, each once; an imported past was not.
std::vector<Time> learnt(const Place& place, std::span<const history::Touched> touched, Seq after) {
  std::vector<Time> out;
  for (const history::Touched& t : touched) {
    const timeline::Stream* stream = t.is_historical ? nullptr : place.part->stream(t.kind);
    if (!stream) continue;
    for (uint32_t row = stream->offsets().begin(place.customer); row < stream->offsets().end(place.customer); ++row)
      if (stream->seq()[row] > after.value) out.push_back(Time{stream->known_at(row)});
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

/// The last that was learnt of a customer behind `after`; 0 when nothing was.
Time last_learnt(const Place& place, Seq after) {
  Time out{0};
  for (size_t kind = 0; kind < place.part->streams(); ++kind) {
    const timeline::Stream* stream = place.part->stream(static_cast<timeline::KindIndex>(kind));
    if (!stream) continue;
    for (uint32_t row = stream->offsets().begin(place.customer); row < stream->offsets().end(place.customer); ++row)
      if (stream->seq()[row] > after.value) out = std::max(out, Time{stream->known_at(row)});
  }
  return out;
}

/// Whether the customer's first event was known by t: then so was the customer.
bool knows_first(const Place& place, Time t) {
  const timeline::Order& order = place.part->order();
  uint32_t first = order.offsets().begin(place.customer);
  const timeline::Stream* stream = place.part->stream(order.kinds()[static_cast<size_t>(order.codes()[first])]);
  return order.occurred_at()[first] <= t.micros &&
         stream->known_at(stream->offsets().begin(place.customer)) <= t.micros;
}

/// The first moment after t at which it is known that the customer is there.
int64_t known_there(const Place& place, Time t) {
  int64_t out = kNever;
  for (size_t kind = 0; kind < place.part->streams(); ++kind) {
    const timeline::Stream* stream = place.part->stream(static_cast<timeline::KindIndex>(kind));
    if (!stream) continue;
    for (uint32_t row = stream->offsets().begin(place.customer); row < stream->offsets().end(place.customer); ++row) {
      int64_t seen = std::max(stream->occurred_at()[row], stream->known_at(row));
      if (seen > t.micros) out = std::min(out, seen);
    }
  }
  return out;
}

}  // namespace

/// The evaluators of every segment, for one thread.
class Membership::Bench {
 public:
  engine::Customer& of(const engine::Plan& plan) {
    auto& one = evaluators_[&plan];
    if (!one) one = std::make_unique<engine::Customer>(plan);
    return *one;
  }
  void forget(const engine::Plan& plan) { evaluators_.erase(&plan); }

 private:
  std::map<const engine::Plan*, std::unique_ptr<engine::Customer>> evaluators_;
};

/// What is done within one shard.
class Membership::Work {
 public:
  Work(Membership& owner, Bench& bench, int shard)
      : owner_(owner), bench_(bench), number_(shard), shard_(*owner.shards_[static_cast<size_t>(shard)]) {}

  Shard& shard() { return shard_; }

  /// Those whose wakes fall due by `until`, each at its moment.
  Result<void> wake(const timeline::Version& version, Time until) {
    while (auto due = shard_.wakes.pop(until.micros)) {
      auto [at, number] = *due;
      auto place = version.shard(number_).find(shard_.roster.id(number));
      if (!place) continue;
      TRY(place->part->touch({place->customer, place->customer + 1}));
      as_known_ = std::binary_search(shard_.ahead.begin(), shard_.ahead.end(), shard_.roster.id(number));
      wake_one(*place, Time{at});
      as_known_ = false;
      spare(number, at);
    }
    return {};
  }

  /// Invariant 4.
  void spare(uint32_t number, int64_t at) {
    int64_t next = shard_.wakes.of(number);
    if (is_changed_ || next - at >= seconds(1).micros) {
      if (!shard_.vain.empty()) shard_.vain.erase(number);
      return;
    }
    int vain = ++shard_.vain[number];
    if (vain <= kVainMax) return;
    ++shard_.coarse;
    shard_.wakes.set(number,
                     at + std::min(minutes(1) * (int64_t{1} << std::min(vain - kVainMax - 1, 6)), hours(1)).micros);
  }

  /// One customer, whose wakes before `until` come first.
  void wake_before(const Place& place, uint32_t number, Time until, bool as_known) {
    for (int64_t at = shard_.wakes.of(number); at < until.micros; at = shard_.wakes.of(number)) {
      shard_.wakes.set(number, kNever);
      as_known_ = as_known;
      wake_one(place, Time{at});
      as_known_ = false;
      spare(number, at);
    }
  }

  void evaluate(const Place& place, Segment& segment, Time t) {
    auto [value, until] = value_of(place, segment, t, engine::Effort::full);
    note(place, segment, value, t, false);
    expect(place, until);
  }

  /// The same for one who is looked at again at `next`.
  void evaluate_before(const Place& place, Segment& segment, Time t, Time next, bool is_silent) {
    auto [value, until] = value_of(place, segment, t, engine::Effort::little);
    note(place, segment, value, t, is_silent);
    if (until < next.micros) expect(place, until);
  }

  /// The value alone: settle() finds out how long it holds.
  void decide(const Place& place, Segment& segment, Time t, bool is_silent) {
    bool value = false;
    if (first_time(place) <= t.micros) {
      ++shard_.evaluations;
      engine::Customer& customer = bench_.of(*segment.live.plan);
      customer.look(*place.part, place.customer, {.t = t});
      value = customer.holds(segment.live.plan->root);
    }
    note(place, segment, value, t, is_silent);
  }

  /// How long the value holds, no more: membership is known.
  void watch(const Place& place, Segment& segment, Time t, engine::Effort effort = engine::Effort::full) {
    expect(place, value_of(place, segment, t, effort).second);
  }

  void note(const Place& place, Segment& segment, bool is_in, Time t, bool is_silent) {
    Members& members = segment.members[static_cast<size_t>(number_)];
    CustomerId customer = place.part->customer(place.customer);
    uint32_t number = is_in ? shard_.roster.ensure(customer) : shard_.roster.find(customer);
    if (number == kNobody || members.has(number) == is_in) return;
    members.set(number, is_in);
    shard_.changes.push_back({segment.live.id, customer, t, is_in, is_silent});
  }

  /// Somebody who is nobody any more.
  void drop(CustomerId customer, Time t) {
    uint32_t number = shard_.roster.find(customer);
    if (number == kNobody) return;
    for (auto& segment : owner_.segments_) {
      Members& members = segment->members[static_cast<size_t>(number_)];
      if (!members.has(number)) continue;
      members.set(number, false);
      shard_.changes.push_back({segment->live.id, customer, t, false, true});
    }
  }

  void look_as_known(bool as_known) { as_known_ = as_known; }
  bool sees_all_at(const Place& place, Time t) const { return !as_known_ && last_time(place) <= t.micros; }

 private:
  void wake_one(const Place& place, Time t) {
    ++shard_.wakes_seen;
    size_t before = shard_.changes.size();
    bool all = !sees_all_at(place, t - microseconds(1));
    for (auto& segment : owner_.segments_)
      if (all || segment->live.is_moving) evaluate(place, *segment, t);
    is_changed_ = shard_.changes.size() != before;
    shard_.wakes_changing += is_changed_;
  }

  std::pair<bool, int64_t> value_of(const Place& place, Segment& segment, Time t, engine::Effort effort) {
    const engine::Plan& plan = *segment.live.plan;
    if (!as_known_ && first_time(place) > t.micros) return {false, first_time(place)};
    ++shard_.evaluations;
    engine::Customer& customer = bench_.of(plan);
    customer.look(*place.part, place.customer, {.t = t, .as_known = as_known_});
    if (as_known_ && !knows_first(place, t) && !customer.is_there()) return {false, known_there(place, t)};
    bool value = customer.holds(plan.root);
    if (!segment.live.is_moving && sees_all_at(place, t)) return {value, kNever};
    auto until = engine::valid_until(customer, plan.root, effort);
    return {value, until ? until->micros : kNever};
  }

  void expect(const Place& place, int64_t until) {
    if (until == kNever) return;
    uint32_t number = shard_.roster.ensure(place.part->customer(place.customer));
    if (until < shard_.wakes.of(number)) shard_.wakes.set(number, until);
  }

  Membership& owner_;
  Bench& bench_;
  int number_;
  Shard& shard_;
  bool as_known_ = false;
  bool is_changed_ = false;  ///< At the last wake.
};

Membership::Membership(Executor& executor) : executor_(executor) {
  for (int i = 0; i < kShards; ++i) shards_.push_back(std::make_unique<Shard>());
}
Membership::~Membership() = default;

Result<void> Membership::each_shard(std::span<const int> shards, const std::function<Result<void>(int, Work&)>& body) {
  Result<void> out;
  auto run = [&](size_t i) {
    std::unique_ptr<Bench> bench;
    {
      std::lock_guard lock(mutex_);
      if (!benches_.empty()) bench = std::move(benches_.back()), benches_.pop_back();
    }
    if (!bench) bench = std::make_unique<Bench>();
    Work work(*this, *bench, shards[i]);
    Result<void> result = body(shards[i], work);
    std::lock_guard lock(mutex_);
    benches_.push_back(std::move(bench));
    if (!result && out) out = std::move(result);
  };
  // One event is done before other threads have woken up.
  if (shards.size() < 4)
    for (size_t i = 0; i < shards.size(); ++i) run(i);
  else executor_.parallel_for(shards.size(), run);
  return out;
}

Result<void> Membership::each_shard(const std::function<Result<void>(int, Work&)>& body) {
  std::array<int, kShards> all;
  std::iota(all.begin(), all.end(), 0);
  return each_shard(all, body);
}

const Membership::Segment* Membership::find(int64_t id) const {
  auto found = std::find_if(segments_.begin(), segments_.end(), [&](const auto& s) { return s->live.id == id; });
  return found == segments_.end() ? nullptr : found->get();
}

void Membership::index() {
  by_kind_.clear();
  by_every_kind_.clear();
  for (size_t i = 0; i < segments_.size(); ++i) {
    const engine::Plan& plan = *segments_[i]->live.plan;
    if (plan.depends_on_every_kind) by_every_kind_.push_back(i);
    else
      for (timeline::KindIndex kind : plan.depends_on) {
        if (by_kind_.size() <= kind) by_kind_.resize(static_cast<size_t>(kind) + 1);
        by_kind_[kind].push_back(i);
      }
  }
}

/// Puts the members in place by one pass over columns.
Result<void> Membership::scan(Segment& segment, Time at) {
  auto found = TRY(engine::select(*segment.live.scan, {*version_, executor_, at}));
  for (size_t s = 0; s < kShards; ++s) {
    segment.members[s] = {};
    for (CustomerId id : found.shards[s]) segment.members[s].set(shards_[s]->roster.ensure(id), true);
  }
  return {};
}

/// The same for a segment that has members, telling what changed.
Result<void> Membership::rescan(Segment& segment, Time at) {
  std::array<Members, kShards> before = segment.members;
  TRY(scan(segment, at));
  return each_shard([&](int number, Work& work) -> Result<void> {
    auto s = static_cast<size_t>(number);
    Shard& shard = *shards_[s];
    Members now = std::exchange(segment.members[s], before[s]);
    for (CustomerId id : shard.ahead) {
      uint32_t member = shard.roster.find(id);
      if (member != kNobody) now.set(member, before[s].has(member));
    }
    auto tell = [&](uint32_t member, bool is_in) {
      segment.members[s].set(member, is_in);
      shard.changes.push_back({segment.live.id, shard.roster.id(member), at, is_in, false});
    };
    now.each([&](uint32_t member) {
      if (!before[s].has(member)) tell(member, true);
    });
    before[s].each([&](uint32_t member) {
      if (!now.has(member)) tell(member, false);
    });
    work.look_as_known(true);
    for (CustomerId id : shard.ahead)
      if (auto place = version_->shard(number).find(id);
          place && !std::binary_search(shard.told.begin(), shard.told.end(), id))
        work.evaluate(*place, segment, at);
    work.look_as_known(false);
    return {};
  });
}

/// Finds out how long what is holds. Customers who have nothing that a segment reads are alike: one of them tells of
/// all.
Result<void> Membership::watch(std::span<Segment* const> segments) {
  if (segments.empty()) return {};
  return each_shard([&](int number, Work& work) -> Result<void> {
    const timeline::Shard& shard = version_->shard(number);
    std::vector<int8_t> holds_for_ever(segments.size(), -1);
    for (const timeline::Run& run : shard.runs()) {
      TRY(run.part->touch({run.first, run.last}));
      for (uint32_t c = run.first; c < run.last; ++c) {
        Place place{run.part, c};
        bool all = !work.sees_all_at(place, at_);
        for (size_t i = 0; i < segments.size(); ++i) {
          const Live& live = segments[i]->live;
          if (!all && !live.is_moving) continue;
          bool is_alike = !all && !has_rows(*live.plan, place);
          if (is_alike && holds_for_ever[i] == 1) continue;
          size_t waiting = work.shard().wakes.waiting();
          work.watch(place, *segments[i], at_);
          if (is_alike && holds_for_ever[i] < 0) {
            uint32_t at = work.shard().roster.find(run.part->customer(c));
            bool waits =
                work.shard().wakes.waiting() != waiting || (at != kNobody && work.shard().wakes.of(at) != kNever);
            holds_for_ever[i] = waits ? 0 : 1;
          }
        }
      }
    }
    return {};
  });
}

Result<void> Membership::start(std::shared_ptr<const timeline::Version> version, Time at, std::vector<Live> segments) {
  version_ = std::move(version);
  at_ = at;
  segments_.clear();
  benches_.clear();
  for (auto& shard : shards_) shard = std::make_unique<Shard>();
  std::vector<Segment*> all;
  for (Live& live : segments) {
    segments_.push_back(std::make_unique<Segment>());
    segments_.back()->live = std::move(live);
    all.push_back(segments_.back().get());
  }
  index();
  for (Segment* segment : all) TRY(scan(*segment, at_));
  return watch(all);
}

Result<void> Membership::settle() {
  std::vector<int> shards;
  for (int s = 0; s < kShards; ++s)
    if (!shards_[static_cast<size_t>(s)]->unsettled.empty()) shards.push_back(s);
  return each_shard(shards, [&](int number, Work& work) -> Result<void> {
    for (const Unsettled& one : std::exchange(work.shard().unsettled, {})) {
      auto place = version_->shard(number).find(one.customer);
      if (!place) continue;
      TRY(place->part->touch({place->customer, place->customer + 1}));
      // Whoever has just done something does the next thing soon: how long it holds is found out well only when nothing
      // came until then.
      for (size_t i : one.segments) work.watch(*place, *segments_[i], one.at, engine::Effort::little);
    }
    return {};
  });
}

Result<void> Membership::add(Live live) {
  TRY(settle());
  CHECK(!has(live.id), "segment {} is there already", live.id);
  segments_.push_back(std::make_unique<Segment>());
  Segment* segment = segments_.back().get();
  segment->live = std::move(live);
  index();
  TRY(scan(*segment, at_));
  return watch({&segment, 1});
}

Result<void> Membership::remove(int64_t id) {
  TRY(settle());
  std::erase_if(segments_, [&](const auto& s) {
    if (s->live.id != id) return false;
    for (auto& bench : benches_) bench->forget(*s->live.plan);
    return true;
  });
  index();
  return {};
}

Time Membership::next_calendar(Time after) const {
  Time out{kNever};
  for (const auto& s : segments_)
    if (s->live.follows_calendar())
      out = std::min(out, s->live.plan->calendar.next_change(after, s->live.follows_hours));
  return out;
}

Result<void> Membership::wake(Time until) {
  std::vector<int> due;
  for (int s = 0; s < kShards; ++s)
    if (shards_[static_cast<size_t>(s)]->wakes.next() <= until.micros) due.push_back(s);
  return each_shard(due, [&](int, Work& work) { return work.wake(*version_, until); });
}

Result<void> Membership::scan_calendar(Time at) {
  for (auto& s : segments_) {
    if (!s->live.follows_calendar()) continue;
    if (s->live.plan->calendar.next_change(at - microseconds(1), s->live.follows_hours) != at) continue;
    TRY(rescan(*s, at));
  }
  return {};
}

std::vector<Change> Membership::take_changes() {
  std::vector<Change> out;
  for (auto& shard : shards_) {
    out.insert(out.end(), shard->changes.begin(), shard->changes.end());
    shard->changes.clear();
  }
  std::stable_sort(out.begin(), out.end(), [](const Change& a, const Change& b) {
    return std::tuple(a.at, a.segment, a.customer) < std::tuple(b.at, b.segment, b.customer);
  });
  return out;
}

Result<std::vector<Change>> Membership::on_time(Time now) {
  TRY(settle());
  while (at_ < now) {
    Time stop = next_calendar(at_);
    TRY(wake(std::min(stop, now)));
    if (stop <= now) TRY(scan_calendar(stop));
    at_ = std::min(stop, now);
  }
  return take_changes();
}

Result<std::vector<Change>> Membership::on_step(const history::Step& step, Time now) {
  if (is_empty()) {
    TRY(start(step.version, now, {}));
    return std::vector<Change>();
  }
  if (step.is_remade) {
    auto before = TRY(on_time(now));
    TRY(remake(step));
    auto after = take_changes();
    before.insert(before.end(), after.begin(), after.end());
    return before;
  }
  // Time goes on to where the first of these events was learnt; behind that each customer has a moment of their own, so
  // no calendar day may begin in between.
  Time first = TRY(first_known(step, now));
  auto out = TRY(on_time(first));
  Time bound = next_calendar(at_) - microseconds(1);
  if (step.moved.empty()) TRY(touch(step, now, bound, false));
  else {
    history::Step others = step;
    std::erase_if(others.touched, [&](const history::Touched& t) {
      return std::binary_search(step.moved.begin(), step.moved.end(), t.customer);
    });
    TRY(touch(others, now, bound, false));
    TRY(move(step, std::max(at_, std::min(now, bound))));
  }
  version_ = step.version;
  auto after = take_changes();
  out.insert(out.end(), after.begin(), after.end());
  return out;
}

/// When the first of a step's events was learnt, from at() to now.
Result<Time> Membership::first_known(const history::Step& step, Time now) const {
  Time first = std::max(now, at_);
  for (size_t i = 0; i < step.touched.size();) {
    size_t end = i;
    while (end < step.touched.size() && step.touched[end].customer == step.touched[i].customer) ++end;
    std::span<const history::Touched> own(&step.touched[i], end - i);
    if (auto place = step.version->find(own[0].customer)) {
      TRY(place->part->touch({place->customer, place->customer + 1}));
      auto moments = learnt(*place, own, step.after);
      if (!moments.empty()) first = std::min(first, moments.front());
    }
    i = end;
  }
  return std::max(first, at_);
}

Result<void> Membership::touch(const history::Step& step, Time now, Time bound, bool resumes) {
  std::array<std::vector<std::pair<size_t, size_t>>, kShards> by_shard;
  for (size_t i = 0; i < step.touched.size();) {
    size_t end = i;
    while (end < step.touched.size() && step.touched[end].customer == step.touched[i].customer) ++end;
    by_shard[static_cast<size_t>(shard_of(step.touched[i].customer))].emplace_back(i, end);
    i = end;
  }
  std::vector<int> shards;
  for (int s = 0; s < kShards; ++s)
    if (!by_shard[static_cast<size_t>(s)].empty()) shards.push_back(s);
  Time limit = std::max(at_, std::min(now, bound));
  return each_shard(shards, [&](int number, Work& work) -> Result<void> {
    for (auto [from, to] : by_shard[static_cast<size_t>(number)])
      TRY(touch_one(work, step, {&step.touched[from], to - from}, limit, resumes));
    return {};
  });
}

/// Segments that these events can change.
std::set<size_t> Membership::reading(std::span<const history::Touched> touched) const {
  std::set<size_t> out(by_every_kind_.begin(), by_every_kind_.end());
  for (const history::Touched& t : touched)
    if (t.kind < by_kind_.size()) out.insert(by_kind_[t.kind].begin(), by_kind_[t.kind].end());
  return out;
}

Result<void> Membership::touch_one(Work& work, const history::Step& step, std::span<const history::Touched> own,
                                   Time limit, bool resumes) {
  const timeline::Schema& schema = step.version->schema();
  bool is_echo = std::all_of(own.begin(), own.end(), [&](const auto& o) { return is_own_kind(schema, o.kind); });
  CustomerId id = own[0].customer;
  auto place = step.version->find(id);
  if (!place || (is_echo && !resumes)) return {};
  TRY(place->part->touch({place->customer, place->customer + 1}));
  auto before = version_->find(id);
  if (before) TRY(before->part->touch({before->customer, before->customer + 1}));
  std::vector<Time> moments = learnt(*place, own, step.after);
  for (Time& moment : moments) moment = std::clamp(moment, at_, limit);
  moments.erase(std::unique(moments.begin(), moments.end()), moments.end());
  Time t = moments.empty() ? at_ : moments.back();
  bool is_silent = std::all_of(own.begin(), own.end(), [](const auto& o) { return o.is_historical; });
  std::set<size_t> due = reading(own);
  if (resumes || !before || first_time(*before) > t.micros)
    for (size_t i = 0; i < segments_.size(); ++i) due.insert(i);
  Roster& roster = work.shard().roster;
  if (before) work.wake_before(*before, roster.find(id), moments.empty() ? t : moments.front(), resumes);
  const std::vector<CustomerId>& told = work.shard().told;
  if (moments.size() > 1 && !std::binary_search(told.begin(), told.end(), id)) {
    // Several came one after the other: each is looked at as far as was known when it did.
    for (size_t m = 0; m + 1 < moments.size(); ++m) {
      work.wake_before(*place, roster.find(id), moments[m], true);
      work.look_as_known(true);
      for (size_t i : due) work.evaluate_before(*place, *segments_[i], moments[m], moments[m + 1], is_silent);
      work.look_as_known(false);
    }
    work.wake_before(*place, roster.find(id), t, true);
  }
  uint32_t number = roster.find(id);
  if (work.shard().wakes.of(number) <= t.micros) {
    for (size_t i = 0; i < segments_.size(); ++i)
      if (segments_[i]->live.is_moving || last_time(*place) >= t.micros) due.insert(i);
    work.shard().wakes.set(number, kNever);
  }
  for (size_t i : due) work.decide(*place, *segments_[i], t, is_silent);
  work.shard().unsettled.push_back({id, t, {due.begin(), due.end()}});
  return {};
}

Result<void> Membership::remake(const history::Step& step) {
  std::vector<Live> segments;
  std::vector<std::vector<CustomerId>> before;
  for (auto& s : segments_) {
    for (int shard = 0; shard < kShards; ++shard) before.push_back(members(s->live.id, shard));
    segments.push_back(s->live);
  }
  TRY(start(step.version, at_, segments));
  for (size_t i = 0; i < segments_.size(); ++i)
    for (size_t s = 0; s < kShards; ++s) {
      auto now = members(segments_[i]->live.id, static_cast<int>(s));
      auto tell = [&](CustomerId id, bool is_in) {
        auto live = std::find_if(step.touched.begin(), step.touched.end(),
                                 [&](const auto& t) { return t.customer == id && !t.is_historical; });
        shards_[s]->changes.push_back({segments_[i]->live.id, id, at_, is_in, live == step.touched.end()});
      };
      const auto& was = before[i * kShards + s];
      for (CustomerId id : now)
        if (!std::binary_search(was.begin(), was.end(), id)) tell(id, true);
      for (CustomerId id : was)
        if (!std::binary_search(now.begin(), now.end(), id)) tell(id, false);
    }
  return {};
}

/// Those who are touched are put where the record left them, and looked at as far as was known then.
Result<void> Membership::hold(const history::Step& step, const std::function<bool(int64_t, CustomerId)>& was_in) {
  for (const history::Touched& t : step.touched) {
    Shard& shard = *shards_[static_cast<size_t>(shard_of(t.customer))];
    auto once = [&](std::vector<CustomerId>& to) {
      if (to.empty() || to.back() != t.customer) to.push_back(t.customer);
    };
    once(shard.ahead);
    if (is_own_kind(version_->schema(), t.kind)) once(shard.told);
  }
  return each_shard([&](int number, Work& work) -> Result<void> {
    work.look_as_known(true);
    for (CustomerId id : work.shard().ahead) {
      auto place = version_->shard(number).find(id);
      if (!place) continue;
      uint32_t member = work.shard().roster.find(id);
      if (member != kNobody) work.shard().wakes.set(member, kNever);
      for (auto& segment : segments_) {
        work.note(*place, *segment, was_in(segment->live.id, id), at_, true);
        if (!std::binary_search(work.shard().told.begin(), work.shard().told.end(), id))
          work.watch(*place, *segment, at_);
      }
    }
    work.look_as_known(false);
    work.shard().changes.clear();
    return {};
  });
}

Result<std::vector<Change>> Membership::resume(const history::Step& step, Time at, std::vector<Live> segments,
                                               const std::function<bool(int64_t, CustomerId)>& was_in, Time now,
                                               const std::function<bool(CustomerId)>& was_there) {
  TRY(start(step.version, at, std::move(segments)));
  history::Step others = step;
  std::erase_if(others.touched, [&](const history::Touched& t) {
    return std::binary_search(step.moved.begin(), step.moved.end(), t.customer);
  });
  TRY(hold(others, was_in));
  resume_moved(step, was_in, was_there);
  auto out = TRY(on_time(TRY(first_known(others, now))));
  for (auto& shard : shards_) shard->ahead.clear();
  TRY(touch(others, now, next_calendar(at_) - microseconds(1), true));
  for (auto& shard : shards_) shard->told.clear();
  auto then = take_changes();
  out.insert(out.end(), then.begin(), then.end());
  auto later = TRY(on_time(now));
  out.insert(out.end(), later.begin(), later.end());
  return out;
}

/// People were merged or unmerged: each is looked at once, as of the last that was learnt. Whoever is nobody any
/// more, or somebody again, is in or out without an event: nothing happened to a customer.
Result<void> Membership::move(const history::Step& step, Time limit) {
  for (CustomerId id : step.moved) {
    std::array<int, 1> shard = {shard_of(id)};
    TRY(each_shard(shard, [&](int, Work& work) -> Result<void> {
      uint32_t number = work.shard().roster.find(id);
      if (number != kNobody) work.shard().wakes.set(number, kNever);
      auto place = step.version->find(id);
      if (!place) {
        work.drop(id, at_);
        return {};
      }
      TRY(place->part->touch({place->customer, place->customer + 1}));
      Time t = std::clamp(last_learnt(*place, step.after), at_, limit);
      bool is_silent = !version_->find(id);
      std::vector<size_t> all(segments_.size());
      std::iota(all.begin(), all.end(), size_t{0});
      for (size_t i : all) work.decide(*place, *segments_[i], t, is_silent);
      work.shard().unsettled.push_back({id, t, std::move(all)});
      return {};
    }));
  }
  return {};
}

/// After a stop: what the record says of them, against what is.
void Membership::resume_moved(const history::Step& step, const std::function<bool(int64_t, CustomerId)>& was_in,
                              const std::function<bool(CustomerId)>& was_there) {
  for (CustomerId id : step.moved) {
    bool is_silent = !version_->find(id) || (was_there && !was_there(id));
    for (auto& segment : segments_) {
      bool was = was_in(segment->live.id, id), is = is_in(segment->live.id, id);
      auto shard = static_cast<size_t>(shard_of(id));
      if (was != is) shards_[shard]->changes.push_back({segment->live.id, id, at_, is, is_silent});
    }
  }
}

bool Membership::is_in(int64_t id, CustomerId customer) const {
  const Segment* segment = find(id);
  auto shard = static_cast<size_t>(shard_of(customer));
  uint32_t number = shards_[shard]->roster.find(customer);
  return segment && number != kNobody && segment->members[shard].has(number);
}

uint64_t Membership::count(int64_t id) const {
  uint64_t out = 0;
  if (const Segment* segment = find(id))
    for (const Members& members : segment->members) out += members.count();
  return out;
}

std::vector<CustomerId> Membership::members(int64_t id, int shard) const {
  std::vector<CustomerId> out;
  if (const Segment* segment = find(id))
    segment->members[static_cast<size_t>(shard)].each(
        [&](uint32_t number) { out.push_back(shards_[static_cast<size_t>(shard)]->roster.id(number)); });
  std::sort(out.begin(), out.end());
  return out;
}

Time Membership::next() const {
  Time out = next_calendar(at_);
  for (const auto& shard : shards_) out.micros = std::min(out.micros, shard->wakes.next());
  return out;
}

Figures Membership::figures() const {
  Figures out;
  out.segments = segments_.size();
  for (const auto& shard : shards_) {
    out.waiting += shard->wakes.waiting();
    out.memory_bytes += shard->roster.bytes() + shard->wakes.bytes();
    out.wakes += shard->wakes_seen;
    out.wakes_changing += shard->wakes_changing;
    out.evaluations += shard->evaluations;
    out.coarse += shard->coarse;
  }
  for (const auto& segment : segments_)
    for (const Members& members : segment->members) out.memory_bytes += members.bytes();
  return out;
}

}  // namespace cairn::segments

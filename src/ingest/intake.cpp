#include "ingest/intake.h"

#include "base/log.h"
#include "events/calls.h"
#include "ingest/live.h"
#include "ingest/refused.h"

namespace cairn::ingest {

/// A delivery on its way, and who waits for it. Small ones of one sender are joined, so that a thousand requests of one
/// event each cost the log little more than one request of a thousand.
struct Intake::Taken {
  /// What one request brought: so many at the end of what was there when it came.
  struct Request {
    size_t events, refused, names, bytes;
    Done done;
  };
  Delivery delivery;
  std::vector<Request> requests;
  std::vector<events::Outcome> outcomes;

  Taken(Delivery first, Done done) : delivery(std::move(first)) {
    requests.push_back(request_of(delivery, std::move(done)));
  }
  static Request request_of(const Delivery& d, Done done) {
    return {d.events.size(), d.refused.size(), d.names.size(), d.bytes, std::move(done)};
  }

  bool takes(const Delivery& other) const {
    // On PostgreSQL an append is a COPY and some round trips, however small it is.
    constexpr size_t kJoined = 4000;
    return delivery.source == other.source && delivery.is_checked == other.is_checked &&
           delivery.is_trusted == other.is_trusted && delivery.events.size() + other.events.size() <= kJoined &&
           delivery.library == other.library && delivery.user_agent == other.user_agent;
  }
  void join(Delivery other, Done also) {
    requests.push_back(request_of(other, std::move(also)));
    for (events::NewName& name : other.names) {
      name.event += static_cast<uint32_t>(delivery.events.size());
      delivery.names.push_back(std::move(name));
    }
    std::move(other.events.begin(), other.events.end(), std::back_inserter(delivery.events));
    std::move(other.refused.begin(), other.refused.end(), std::back_inserter(delivery.refused));
    delivery.bytes += other.bytes;
  }
  /// Each request by itself again; nothing is left here.
  std::vector<Taken> split();
};

std::vector<Intake::Taken> Intake::Taken::split() {
  std::vector<Taken> out;
  auto take = [](auto& from, size_t& at, size_t count) {
    auto begin = std::make_move_iterator(from.begin() + static_cast<ptrdiff_t>(at));
    at += count;
    return std::vector(begin, begin + static_cast<ptrdiff_t>(count));
  };
  // What is left of the delivery is what all of them share.
  auto all_events = std::exchange(delivery.events, {});
  auto all_refused = std::exchange(delivery.refused, {});
  auto all_names = std::exchange(delivery.names, {});
  size_t at_event = 0, at_refused = 0, at_name = 0;
  for (Request& request : requests) {
    Delivery one = delivery;
    one.bytes = request.bytes;
    one.names = take(all_names, at_name, request.names);
    for (events::NewName& name : one.names) name.event -= static_cast<uint32_t>(at_event);
    one.events = take(all_events, at_event, request.events);
    one.refused = take(all_refused, at_refused, request.refused);
    out.emplace_back(std::move(one), std::move(request.done));
  }
  return out;
}

struct Intake::Group {
  std::vector<Taken> taken;
  size_t events = 0;
  size_t bytes = 0;
};

struct Intake::State : std::enable_shared_from_this<State> {
  explicit State(Parts p) : parts(p), idle(p.world.executor.make_signal()) {}

  Result<void> submit(Delivery delivery, Done done);
  void start_groups();
  void write(std::shared_ptr<Group> group);
  Result<void> run(db::Transaction& tx, Group& group);
  Result<void> keep_refused(db::Transaction& tx, const Taken& taken);
  void finish(const std::shared_ptr<Group>& group, const Result<void>& written);
  void settle(const Group& group, const Result<void>& result);
  std::shared_ptr<Group> next_group();

  Parts parts;
  mutable std::mutex mutex;
  std::deque<Taken> waiting;                  // guarded by mutex
  std::vector<std::shared_ptr<Group>> alone;  // guarded by mutex: to be written one at a time
  int running = 0;                            // guarded by mutex
  bool is_closed = false;                     // guarded by mutex
  Figures figures;                            // guarded by mutex
  std::shared_ptr<Signal> idle;
};

Intake::Intake(Parts parts) : state_(std::make_shared<State>(parts)) {}

Intake::~Intake() {
  close();
  bool is_idle;
  {
    std::lock_guard lock(state_->mutex);
    is_idle = state_->running == 0 && state_->waiting.empty();
  }
  if (!is_idle) state_->idle->wait();
}

Result<void> Intake::submit(Delivery delivery, Done done) {
  return state_->submit(std::move(delivery), std::move(done));
}

void Intake::close() {
  std::lock_guard lock(state_->mutex);
  state_->is_closed = true;
}

Intake::Figures Intake::figures() const {
  std::lock_guard lock(state_->mutex);
  return state_->figures;
}

Result<void> Intake::State::submit(Delivery delivery, Done done) {
  {
    std::lock_guard lock(mutex);
    if (is_closed || figures.waiting_bytes + delivery.bytes > parts.bytes_max) {
      ++figures.turned_away;
      std::string_view why = is_closed ? "the server is stopping" : "too much waits to be written";
      return fail(Code::overloaded, "{}; send it again in a moment", why);
    }
    figures.waiting_bytes += delivery.bytes;
    if (!waiting.empty() && waiting.back().takes(delivery)) {
      waiting.back().join(std::move(delivery), std::move(done));
    } else {
      waiting.emplace_back(std::move(delivery), std::move(done));
    }
  }
  start_groups();
  return {};
}

/// REQUIRES: mutex is held.
std::shared_ptr<Intake::Group> Intake::State::next_group() {
  if (!alone.empty()) {
    std::shared_ptr<Group> group = std::move(alone.back());
    alone.pop_back();
    return group;
  }
  if (waiting.empty()) return nullptr;
  auto group = std::make_shared<Group>();
  while (!waiting.empty()) {
    size_t more = waiting.front().delivery.events.size();
    if (!group->taken.empty() && group->events + more > parts.group_events) break;
    group->events += more;
    group->bytes += waiting.front().delivery.bytes;
    group->taken.push_back(std::move(waiting.front()));
    waiting.pop_front();
  }
  return group;
}

void Intake::State::start_groups() {
  for (;;) {
    std::shared_ptr<Group> group;
    {
      std::lock_guard lock(mutex);
      if (running >= parts.groups_at_once) return;
      group = next_group();
      if (!group) return;
      ++running;
      ++figures.groups;
    }
    write(std::move(group));
  }
}

void Intake::State::write(std::shared_ptr<Group> group) {
  auto self = shared_from_this();
  auto queued = parts.store.write(
      db::Lane::ingestion, [self, group](db::Transaction& tx) { return self->run(tx, *group); },
      [self, group](const Result<void>& result) { self->finish(group, result); });
  if (!queued) finish(group, queued);
}

Result<void> Intake::State::run(db::Transaction& tx, Group& group) {
  for (Taken& taken : group.taken) {
    const Delivery& delivery = taken.delivery;
    taken.outcomes.clear();
    if (!delivery.events.empty()) {
      taken.outcomes = TRY(parts.log.append(
          tx, parts.identify, delivery.events,
          {.source = delivery.source, .checked = delivery.is_checked, .trusted = delivery.is_trusted}));
      TRY(parts.undeclared.note(tx, delivery.names, delivery.events, taken.outcomes, {delivery.source}));
      TRY(keep_refused(tx, taken));
    }
    if (!delivery.refused.empty()) TRY(parts.refused.keep(tx, delivery.source, delivery.received_at, delivery.refused));
  }
  return {};
}

/// What the reader let pass and the log did not, for what only the store knows.
Result<void> Intake::State::keep_refused(db::Transaction& tx, const Taken& taken) {
  std::vector<RefusedCall> calls;
  for (size_t i = 0; i < taken.outcomes.size(); ++i) {
    const events::Outcome& outcome = taken.outcomes[i];
    if (outcome.fate != events::Fate::refused) continue;
    const events::NewEvent& event = taken.delivery.events[i];
    calls.push_back({event.kind, outcome.error.field, outcome.error.message, call_of(event)});
  }
  if (calls.empty()) return {};
  return parts.refused.keep(tx, taken.delivery.source, taken.delivery.received_at, calls);
}

/// What the store says of itself is no word to a sender: that a database user lacks a permission does not make a key
/// wrong. Whatever may be mended here is worth another try of theirs.
Result<void> as_told_to_senders(Result<void> result) {
  if (result) return result;
  switch (result.error().code) {
    case Code::overloaded:
    case Code::unavailable:
    case Code::corrupt:
    case Code::internal: return result;
    default: result.error().code = Code::unavailable; return result;
  }
}

void Intake::State::finish(const std::shared_ptr<Group>& group, const Result<void>& written) {
  const Result<void> result = as_told_to_senders(written);
  bool is_gone = !result && (result.error().code == Code::unavailable || result.error().code == Code::overloaded);
  size_t requests = 0;
  for (const Taken& taken : group->taken) requests += taken.requests.size();
  if (!result && !is_gone && requests > 1) {
    log_warning("a group of {} requests failed, each is written by itself: {}", requests,
                result.error().detail.empty() ? result.error().message : result.error().detail);
    std::lock_guard lock(mutex);
    for (Taken& taken : group->taken) {
      for (Taken& request : taken.split()) {
        auto one = std::make_shared<Group>();
        one->events = request.delivery.events.size();
        one->bytes = request.delivery.bytes;
        one->taken.push_back(std::move(request));
        alone.push_back(std::move(one));
      }
    }
  } else {
    settle(*group, result);
    for (Taken& taken : group->taken)
      for (Taken::Request& request : taken.requests) request.done(result);
  }
  {
    std::lock_guard lock(mutex);
    --running;
  }
  start_groups();
  bool is_idle;
  {
    std::lock_guard lock(mutex);
    is_idle = is_closed && running == 0 && waiting.empty();
  }
  if (is_idle) idle->set();
}

/// Counts it and shows it, before anybody is answered: who asks after the answer finds it counted.
void Intake::State::settle(const Group& group, const Result<void>& result) {
  uint64_t kept = 0, copies = 0, refused = 0;
  if (result) {
    for (const Taken& taken : group.taken) {
      for (const events::Outcome& outcome : taken.outcomes) {
        kept += outcome.fate == events::Fate::kept;
        copies += outcome.fate == events::Fate::already_there;
      }
      refused += taken.delivery.refused.size();
      parts.live.delivered(taken.delivery, taken.outcomes);
    }
  }
  std::lock_guard lock(mutex);
  figures.waiting_bytes -= group.bytes;
  figures.events += kept;
  figures.copies += copies;
  figures.refused += refused;
}

}  // namespace cairn::ingest

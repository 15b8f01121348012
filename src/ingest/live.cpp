#include "ingest/live.h"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <mutex>

#include "base/text.h"
#include "ingest/live_detail.h"
#include "json/codec.h"

namespace cairn::ingest {
namespace {

constexpr int64_t kSeconds = 60;
constexpr int kTurnedAwayShownASecond = 20;

struct Second {
  int64_t second = 0;
  uint64_t kept = 0, already_there = 0, refused = 0;
};

/// The last minute of one thing that is counted, by second; a slot is emptied when its second comes round again.
template <class T>
class Minute {
 public:
  T& at(int64_t second) {
    T& slot = slots_[static_cast<size_t>(second % (kSeconds * 2))];
    if (slot.second != second) {
      slot = T();
      slot.second = second;
    }
    return slot;
  }
  T get(int64_t second) const {
    const T& slot = slots_[static_cast<size_t>(second % (kSeconds * 2))];
    return slot.second == second ? slot : T();
  }

 private:
  std::array<T, kSeconds * 2> slots_{};
};

struct SourceCounts {
  Minute<Second> minute;
  Time last_at;
};

/// Besides what sources sent.
struct Rest {
  int64_t second = 0;
  uint64_t turned_away = 0, shown = 0, not_shown = 0, refused_shown = 0;
};

struct Away {
  int64_t id = 0;
  Time at;
  std::string key_hint, reason, client;
};

struct Line {
  int64_t id = 0;
  LiveTexts texts;
  const std::string& text(Live::Viewer viewer) const { return viewer.sees_customers ? texts.full : texts.masked; }
};

struct Watcher {
  std::shared_ptr<http::EventStream> stream;
  Live::Viewer viewer;
  Time until;
};

LiveTexts texts_of(const Away& away) {
  auto text = [&](std::string_view client) {
    json::Object out;
    out["id"] = std::to_string(away.id);
    out["at"] = to_rfc3339(away.at);
    out["key_hint"] = to_utf8(away.key_hint);
    out["reason"] = to_utf8(away.reason);
    out["client"] = to_utf8(client);
    return json::serialize(out);
  };
  return {text(away.client), text(kMask)};
}

int64_t second_of(Time time) { return time.micros / seconds(1).micros; }

void keep_last(std::deque<Line>& lines, Line line) {
  lines.push_back(std::move(line));
  if (lines.size() > Live::kKept) lines.pop_front();
}

std::string joined(const std::deque<Line>& lines, Live::Viewer viewer) {
  std::string out = "[";
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    if (out.size() > 1) out += ',';
    out += line->text(viewer);
  }
  return out + "]";
}

/// What came after `after`: of much, the newest, so that it fits into the stream's buffer.
void send_after(http::EventStream& stream, std::string_view name, const std::deque<Line>& lines, Live::Viewer viewer,
                int64_t after) {
  constexpr size_t kBytes = 64 * 1024;
  size_t bytes = 0;
  auto from = lines.end();
  while (from != lines.begin() && std::prev(from)->id > after && bytes < kBytes) {
    --from;
    bytes += from->text(viewer).size();
  }
  for (; from != lines.end(); ++from) stream.send(name, from->text(viewer), std::to_string(from->id));
}

}  // namespace

struct Live::State {
  State(World& w, const events::Log& l) : world(w), log(l), next_id(w.clock.now().micros) {
    queue = world.executor.make_queue("live");
  }

  World& world;
  const events::Log& log;

  mutable std::mutex mutex;  // guards all below but the queue
  int64_t next_id;           // from the clock, so that ids grow over a restart too
  std::map<int64_t, SourceCounts> counts;
  Minute<Rest> rest;
  std::vector<LiveDetail> waiting;
  std::vector<Away> waiting_away;
  bool is_posted = false;
  std::deque<Line> events, turned_away;
  std::vector<Watcher> watchers;
  bool is_ticking = false;
  int64_t told_second = 0;

  // Last, so that it ends first: its tasks use the rest.
  std::unique_ptr<Queue> queue;

  void post_render() {
    if (is_posted) return;
    is_posted = true;
    queue->post([this] { render(); });
  }

  void copy(LiveDetail detail) {
    detail.id = next_id++;
    waiting.push_back(std::move(detail));
  }

  /// On the queue.
  void render() {
    std::vector<LiveDetail> details;
    std::vector<Away> away;
    {
      std::lock_guard lock(mutex);
      is_posted = false;
      details.swap(waiting);
      away.swap(waiting_away);
    }
    for (const LiveDetail& detail : details)
      show("event", events, {detail.id, ingest::texts_of(detail, log.source_name(detail.source))});
    for (const Away& a : away) show("turned_away", turned_away, {a.id, texts_of(a)});
  }

  void show(std::string_view name, std::deque<Line>& lines, Line line) {
    std::lock_guard lock(mutex);
    for (Watcher& watcher : watchers) watcher.stream->send(name, line.text(watcher.viewer), std::to_string(line.id));
    keep_last(lines, std::move(line));
  }

  /// Each second, as long as somebody watches.
  void tick() {
    std::lock_guard lock(mutex);
    Time now = world.clock.now();
    int64_t last_whole = second_of(now) - 1;
    told_second = std::max(told_second, last_whole - 5);
    while (told_second < last_whole) {
      std::string text = counts_of(++told_second);
      for (Watcher& watcher : watchers) watcher.stream->send("counts", text, "");
    }
    std::erase_if(watchers, [&](Watcher& watcher) {
      if (now >= watcher.until) watcher.stream->close();
      return !watcher.stream->is_open();
    });
    is_ticking = !watchers.empty();
    if (is_ticking) queue->post_after(seconds(1), [this] { tick(); });
  }

  std::string counts_of(int64_t second) const {
    json::Array sources;
    for (const auto& [id, source] : counts) {
      Second s = source.minute.get(second);
      if (s.kept + s.already_there + s.refused == 0) continue;
      json::Object one;
      one["source_id"] = std::to_string(id);
      one["source"] = log.source_name(SourceId{id});
      one["kept"] = s.kept;
      one["already_there"] = s.already_there;
      one["refused"] = s.refused;
      sources.push_back(std::move(one));
    }
    Rest others = rest.get(second);
    json::Object out;
    out["at"] = to_rfc3339(Time{second * seconds(1).micros});
    out["sources"] = std::move(sources);
    out["turned_away"] = others.turned_away;
    out["shown"] = others.shown;
    out["not_shown"] = others.not_shown;
    return json::serialize(out);
  }

  /// The last whole minute, oldest second first.
  json::Array minute_of(int64_t last) const {
    json::Array out;
    for (const auto& [id, source] : counts) {
      json::Array kept, already_there, refused;
      for (int64_t second = last - kSeconds + 1; second <= last; ++second) {
        Second s = source.minute.get(second);
        kept.push_back(s.kept);
        already_there.push_back(s.already_there);
        refused.push_back(s.refused);
      }
      json::Object one;
      one["source_id"] = std::to_string(id);
      one["source"] = log.source_name(SourceId{id});
      one["last_at"] = to_rfc3339(source.last_at);
      one["kept"] = std::move(kept);
      one["already_there"] = std::move(already_there);
      one["refused"] = std::move(refused);
      out.push_back(std::move(one));
    }
    return out;
  }
};

Live::Live(World& world, const events::Log& log) : state_(std::make_unique<State>(world, log)) {}

Live::~Live() = default;

void Live::delivered(const Delivery& delivery, std::span<const events::Outcome> outcomes) {
  Time now = state_->world.clock.now();
  std::lock_guard lock(state_->mutex);
  SourceCounts& source = state_->counts[delivery.source.value];
  Second& count = source.minute.at(second_of(now));
  Rest& rest = state_->rest.at(second_of(now));
  source.last_at = now;
  for (size_t i = 0; i < outcomes.size(); ++i) {
    bool is_refused = outcomes[i].fate == events::Fate::refused;
    ++(is_refused ? count.refused : outcomes[i].fate == events::Fate::kept ? count.kept : count.already_there);
    uint64_t& shown = is_refused ? rest.refused_shown : rest.shown;
    if (shown < kShownASecond) {
      ++shown;
      state_->copy(detail_of(delivery, i, outcomes[i]));
    } else {
      ++rest.not_shown;
    }
  }
  count.refused += delivery.refused.size();
  for (const RefusedCall& call : delivery.refused) {
    if (rest.refused_shown < kShownASecond) {
      ++rest.refused_shown;
      state_->copy(detail_of(delivery, call));
    } else {
      ++rest.not_shown;
    }
  }
  if (!state_->waiting.empty()) state_->post_render();
}

void Live::turned_away(std::string_view key_hint, std::string_view reason, std::string_view client) {
  Time now = state_->world.clock.now();
  std::lock_guard lock(state_->mutex);
  Rest& rest = state_->rest.at(second_of(now));
  if (++rest.turned_away > kTurnedAwayShownASecond) return;
  state_->waiting_away.push_back({state_->next_id++, now, std::string(key_hint.substr(0, 12)),
                                  std::string(reason.substr(0, 300)), std::string(client.substr(0, 64))});
  state_->post_render();
}

void Live::forget() {
  std::lock_guard lock(state_->mutex);
  state_->waiting.clear();
  state_->events.clear();
}

std::string Live::snapshot(Viewer viewer) const {
  std::lock_guard lock(state_->mutex);
  int64_t last = second_of(state_->world.clock.now()) - 1;
  return fmt::format(R"({{"events":{},"turned_away":{},"counts":{},"sources":{}}})", joined(state_->events, viewer),
                     joined(state_->turned_away, viewer), state_->counts_of(last),
                     json::serialize(state_->minute_of(last)));
}

Result<void> Live::check_room() const {
  std::lock_guard lock(state_->mutex);
  if (state_->watchers.size() < kWatchersMax) return {};
  return fail(Code::overloaded, "{} pages watch already; close some of them", kWatchersMax);
}

Result<void> Live::watch(std::shared_ptr<http::EventStream> stream, Viewer viewer, Watch watch) {
  TRY(check_room());
  std::lock_guard lock(state_->mutex);
  if (watch.after) {
    send_after(*stream, "event", state_->events, viewer, *watch.after);
    send_after(*stream, "turned_away", state_->turned_away, viewer, *watch.after);
  }
  Time now = state_->world.clock.now();
  state_->watchers.push_back({std::move(stream), viewer, now + watch.limit});
  if (state_->is_ticking) return {};
  state_->is_ticking = true;
  state_->told_second = second_of(now) - 1;
  state_->queue->post_after(seconds(1), [this] { state_->tick(); });
  return {};
}

}  // namespace cairn::ingest

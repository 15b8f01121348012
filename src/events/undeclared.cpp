#include "events/undeclared.h"

#include <atomic>
#include <mutex>
#include <optional>
#include <unordered_set>

#include "base/hash.h"
#include "base/text.h"

namespace cairn::events {
namespace {

uint64_t mark_of(std::string_view kind, std::string_view property) { return hash64(property, hash64(kind)); }

/// JSON, but text without its quotes.
std::string text_of(const json::Value& value) {
  if (!value.is_string()) return json::serialize(value);
  return {value.get_string().data(), value.get_string().size()};
}

}  // namespace

/// Shared with the transactions under way, which may outlive the owner.
struct Undeclared::State {
  State(World& w, db::Store& s) : world(w), store(s) {}

  bool knows(uint64_t mark) const {
    std::lock_guard lock(mutex);
    return seen.size() >= kNamesMax || seen.contains(mark);
  }
  size_t room() const {
    std::lock_guard lock(mutex);
    return seen.size() < kNamesMax ? kNamesMax - seen.size() : 0;
  }

  World& world;
  db::Store& store;
  mutable std::mutex mutex;
  std::unordered_set<uint64_t> seen;  // guarded by mutex; stored; hashes: a clash hides one name of 2^64
  std::atomic<uint64_t> generation{0};
};

std::string_view type_word(const json::Value& value) {
  if (value.is_string()) return "text";
  if (value.is_number()) return "number";
  if (value.is_bool()) return "boolean";
  if (value.is_array()) return "list";
  return value.is_object() ? "object" : "null";
}

Undeclared::Undeclared(std::shared_ptr<State> state) : state_(std::move(state)) {}
Undeclared::~Undeclared() = default;

Result<std::unique_ptr<Undeclared>> Undeclared::open(World& world, db::Store& store) {
  auto state = std::make_shared<State>(world, store);
  TRY(store.read([&](db::Session& session) {
    return session.each("events.undeclared_names", {}, [&](const db::Row& row) {
      state->seen.insert(mark_of(row.text(0), row.text(1)));
      return true;
    });
  }));
  return std::unique_ptr<Undeclared>(new Undeclared(std::move(state)));
}

bool Undeclared::knows(std::string_view kind, std::string_view property) const {
  return state_->knows(mark_of(kind, property));
}

NewName Undeclared::name_of(std::string_view property, const json::Value& value) {
  NewName name{.property = std::string(property)};
  if (property.empty()) return name;
  name.type = type_word(value);
  name.example = example_of(value);
  return name;
}

Result<void> Undeclared::note(db::Transaction& tx, std::span<const NewName> names, std::span<const NewEvent> events,
                              std::span<const Outcome> outcomes, From from) {
  if (names.empty()) return {};
  std::unordered_set<uint64_t> noted;
  size_t room = state_->room();
  for (const NewName& name : names) {
    if (noted.size() >= room) break;
    if (outcomes[name.event].fate != Fate::kept) continue;
    std::string_view kind = events[name.event].kind;
    uint64_t mark = mark_of(kind, name.property);
    if (state_->knows(mark) || !noted.insert(mark).second) continue;
    std::string stored_kind = stored_name(kind), property = stored_name(name.property);
    TRY(tx.run("events.add_undeclared", {{"kind", stored_kind},
                                         {"property", property},
                                         {"type", name.type},
                                         {"example", name.example},
                                         {"source", from.source},
                                         {"first_at", state_->world.clock.now()},
                                         {"run", from.run.is_set() ? std::optional(from.run.value) : std::nullopt}}));
  }
  if (noted.empty()) return {};
  // Known from the commit on: what a rolled-back transaction noted is told again with the next event that has it.
  tx.on_commit([state = state_, noted = std::move(noted)] {
    std::lock_guard lock(state->mutex);
    state->seen.insert(noted.begin(), noted.end());
  });
  return {};
}

std::string Undeclared::stored_name(std::string_view name) { return excerpt(name, kNameBytes); }
std::string Undeclared::example_of(const json::Value& value) { return excerpt(text_of(value), kExampleBytes); }

void Undeclared::forget(const std::vector<UndeclaredProperty>& names) {
  std::lock_guard lock(state_->mutex);
  for (const UndeclaredProperty& name : names) state_->seen.erase(mark_of(name.kind, name.property));
  state_->generation.fetch_add(1);
}

uint64_t Undeclared::generation() const { return state_->generation.load(std::memory_order_relaxed); }

Result<Undeclared::Listed> Undeclared::list() const {
  Listed out;
  TRY(state_->store.read([&](db::Session& session) -> Result<void> {
    out.names = TRY(session.all("events.undeclared", {}, [](const db::Row& row) {
      UndeclaredProperty name{std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2)),
                              std::string(row.text(3)), row.id<SourceId>(4),      row.time(5)};
      name.run.value = row.find_integer(6).value_or(0);
      return name;
    }));
    return {};
  }));
  std::lock_guard lock(state_->mutex);
  out.is_full = state_->seen.size() >= kNamesMax;
  return out;
}

}  // namespace cairn::events

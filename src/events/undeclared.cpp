#include "events/undeclared.h"

#include <atomic>
#include <mutex>
#include <optional>
#include <unordered_set>

#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"

namespace cairn::events {
namespace {

uint64_t mark_of(std::string_view kind, std::string_view property) { return hash64(property, hash64(kind)); }

/// At most `bytes` of it, whole characters, without U+0000 (which PostgreSQL's text cannot hold).
std::string cut(std::string_view text, size_t bytes) {
  std::string out = to_utf8(text.substr(0, bytes));
  while (text.size() > bytes && out.ends_with("\xEF\xBF\xBD")) out.resize(out.size() - 3);
  std::erase(out, '\0');
  return text.size() > bytes ? out + "…" : out;
}

/// JSON, but text without its quotes.
std::string text_of(const json::Value& value) {
  if (!value.is_string()) return json::serialize(value);
  return {value.get_string().data(), value.get_string().size()};
}

}  // namespace

/// Shared with the writes under way, which may outlive the owner.
struct Undeclared::State : std::enable_shared_from_this<Undeclared::State> {
  State(World& w, db::Store& s) : world(w), store(s) {}

  World& world;
  db::Store& store;
  std::mutex mutex;
  std::unordered_set<uint64_t> seen;        // guarded by mutex; hashes: a clash hides one name of 2^64
  std::vector<UndeclaredProperty> waiting;  // guarded by mutex; not yet stored
  bool is_storing = false;                  // guarded by mutex; one write at a time
  std::atomic<uint64_t> generation{0};

  /// The names to store now, when no other write is under way.
  std::vector<UndeclaredProperty> take() {
    std::lock_guard lock(mutex);
    if (is_storing || waiting.empty()) return {};
    is_storing = true;
    return std::exchange(waiting, {});
  }

  void store_waiting() {
    auto names = std::make_shared<std::vector<UndeclaredProperty>>(take());
    if (names->empty()) return;
    auto self = shared_from_this();
    auto written = store.write(
        db::Lane::people, [names](db::Transaction& tx) { return insert(tx, *names); },
        [self, names](Result<void> result) { self->stored(*names, std::move(result)); });
    if (!written) stored(*names, std::move(written));
  }

  static Result<void> insert(db::Transaction& tx, const std::vector<UndeclaredProperty>& names) {
    for (const UndeclaredProperty& name : names)
      TRY(tx.run("events.add_undeclared", {{"kind", name.kind},
                                           {"property", name.property},
                                           {"type", name.type},
                                           {"example", name.example},
                                           {"source", name.source},
                                           {"first_at", name.first_at},
                                           {"run", name.run.is_set() ? std::optional(name.run.value) : std::nullopt}}));
    return {};
  }

  void stored(const std::vector<UndeclaredProperty>& names, Result<void> result) {
    {
      std::lock_guard lock(mutex);
      is_storing = false;
      // Forgotten, so that it is noted again with the next event that has it: no loop while the store is gone.
      if (!result)
        for (const UndeclaredProperty& name : names) seen.erase(mark_of(name.kind, name.property));
    }
    if (!result) return log_warning("undeclared names are not stored for now: {}", result.error().message);
    store_waiting();
  }
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

void Undeclared::note(std::string_view kind, std::string_view property, const json::Value& value, From from) {
  Time now = state_->world.clock.now();
  {
    std::lock_guard lock(state_->mutex);
    if (state_->seen.size() >= kNamesMax || !state_->seen.insert(mark_of(kind, property)).second) return;
    UndeclaredProperty name{stored_name(kind), stored_name(property), {}, {}, from.source, now, from.run};
    if (!property.empty()) {
      name.type = type_word(value);
      name.example = example_of(value);
    }
    state_->waiting.push_back(std::move(name));
  }
  state_->store_waiting();
}

std::string Undeclared::stored_name(std::string_view name) { return cut(name, kNameBytes); }
std::string Undeclared::example_of(const json::Value& value) { return cut(text_of(value), kExampleBytes); }

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

Result<void> Undeclared::flush() {
  state_->store_waiting();
  // A write behind those under way: the lane keeps its order.
  TRY(state_->store.write_now(db::Lane::people, [](db::Transaction&) -> Result<void> { return {}; }));
  state_->store_waiting();
  return state_->store.write_now(db::Lane::people, [](db::Transaction&) -> Result<void> { return {}; });
}

}  // namespace cairn::events

#include "import/json_events.h"

#include <array>

#include "events/wording.h"

namespace cairn::import {
namespace {

using json::Object;
using json::Value;

constexpr size_t kMostCached = 10'000;

std::string_view view(const auto& text) { return {text.data(), text.size()}; }

}  // namespace

/// One line, taken apart.
struct JsonEvents::Parts {
  std::string kind;
  std::string message;
  std::vector<events::Identifier> identifiers;
  const Value* time = nullptr;
  std::string_view time_key = "timestamp";
  const Object* properties = nullptr;
  const Object* context = nullptr;
  std::vector<std::pair<std::string_view, const Value*>> beside;  ///< Properties next to the known keys.
};

const Meaning& JsonEvents::cached_meaning(std::string_view key) {
  std::string name(key);
  auto it = meanings_.find(name);
  if (it != meanings_.end()) return it->second;
  if (meanings_.size() >= kMostCached) meanings_.clear();
  Meaning meaning = meaning_of(key, reading_.columns);
  return meanings_.emplace(std::move(name), std::move(meaning)).first->second;
}

std::optional<Refusal> JsonEvents::read_parts(const Object& object, Parts& parts) {
  struct Best {
    const Value* value = nullptr;
    std::string_view key;
    size_t rank = SIZE_MAX;
  };
  std::array<Best, kFields> best;
  for (const auto& member : object) {
    std::string_view key = view(member.key());
    if (member.value().is_null()) continue;
    const Meaning& meaning = cached_meaning(key);
    if (meaning.field == Field::ignore) continue;
    if (meaning.field == Field::external) {
      events::add_identifier(parts.identifiers, meaning.name, events::word_of(&member.value()));
      continue;
    }
    if (meaning.field == Field::property) {
      if (key == "properties" && member.value().is_object()) parts.properties = &member.value().get_object();
      else if (key == "context" && member.value().is_object()) parts.context = &member.value().get_object();
      else parts.beside.emplace_back(meaning.name, &member.value());
      continue;
    }
    Best& b = best[static_cast<size_t>(meaning.field)];
    Best other{&member.value(), key, meaning.rank};
    if (other.rank < b.rank) std::swap(b, other);
    if (other.value) parts.beside.emplace_back(other.key, other.value);
  }
  auto at = [&](Field field) -> Best& { return best[static_cast<size_t>(field)]; };
  std::string name = events::word_of(at(Field::kind).value);
  if (events::says_nothing(name)) return Refusal{std::string(at(Field::kind).key), "it does not say what happened"};
  parts.kind = calls_.kind_named(name);
  parts.time = at(Field::time).value;
  if (parts.time) parts.time_key = at(Field::time).key;
  parts.message = events::word_of(at(Field::message_id).value);
  std::vector<events::Identifier> external = std::exchange(parts.identifiers, {});
  events::add_identifier(parts.identifiers, "user_id", events::word_of(at(Field::user_id).value));
  events::add_identifier(parts.identifiers, "email", events::word_of(at(Field::email).value));
  events::add_identifier(parts.identifiers, "phone", events::word_of(at(Field::phone).value));
  for (auto& identifier : external) parts.identifiers.push_back(std::move(identifier));
  events::add_identifier(parts.identifiers, "anonymous_id", events::word_of(at(Field::anonymous_id).value));
  return std::nullopt;
}

std::optional<Refusal> JsonEvents::read_object(const Object& object, events::NewEvent& event) {
  Parts parts;
  if (auto refusal = read_parts(object, parts)) return refusal;
  std::string when = events::word_of(parts.time);
  if (events::says_nothing(when)) return Refusal{std::string(parts.time_key), "there is no time"};
  auto time = events::parse_when(when, reading_.zone);
  if (!time) return Refusal{std::string(parts.time_key), time.error().message};
  if (parts.identifiers.empty()) return Refusal{"user_id", "nothing says who it was"};
  event.occurred_at = *time;
  event.kind = std::move(parts.kind);
  event.identifiers = std::move(parts.identifiers);
  event.source_key = events::says_nothing(parts.message) ? std::string() : std::move(parts.message);
  write_properties(parts, event);
  return std::nullopt;
}

std::optional<Refusal> JsonEvents::read(std::string_view line, events::NewEvent& event) {
  auto object = json::parse_object(line);
  if (!object) {
    std::string_view reason = object.error().message;
    constexpr std::string_view kLine = "line 1, ";  // ours is another
    if (reason.starts_with(kLine)) reason.remove_prefix(kLine.size());
    return Refusal{"", std::string(reason)};
  }
  auto type = json::text_at(*object, "type");
  if (type && events::is_call_type(*type)) {
    events::CallContext given;
    given.zone = reading_.zone;
    if (auto ok = calls_.read(*object, given, event); !ok) return Refusal{ok.error().field, ok.error().message};
  } else if (auto refusal = read_object(*object, event)) {
    return refusal;
  }
  if (event.source_key.empty()) {
    RowHash hash = hash_row(line, 0);
    event.source_key = row_key(hash, occurrences_.next(hash));
  }
  return std::nullopt;
}

void JsonEvents::write_properties(const Parts& parts, events::NewEvent& event) {
  events::PropertyWriter& writer = calls_.properties();
  writer.begin(event.kind, event.properties);
  if (parts.properties)
    for (const auto& member : *parts.properties) writer.add(view(member.key()), member.value());
  for (auto [name, value] : parts.beside) writer.add(name, *value);
  calls_.write_context(parts.context, nullptr);
  writer.end();
}

}  // namespace cairn::import

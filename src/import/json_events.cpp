#include "import/json_events.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "events/kinds.h"

namespace cairn::import {
namespace {

using json::Object;
using json::Value;

constexpr size_t kMostCached = 10'000;

std::string_view view(const auto& text) { return {text.data(), text.size()}; }

/// A text, or a whole number in digits; empty for all else.
std::string word_of(const Value* value) {
  if (!value) return {};
  if (value->is_string()) return std::string(trim(view(value->get_string())));
  if (value->is_int64() || value->is_uint64()) return json::serialize(*value);
  return {};
}

const Object* object_at(const Object& object, std::string_view key) {
  const Value* value = json::find(object, key);
  return value && value->is_object() ? &value->get_object() : nullptr;
}

/// What of a call's context is worth a property: where in the context, and its name.
struct ContextProperty {
  std::string_view inside, key, name;
};
constexpr ContextProperty kContext[] = {
    {"page", "path", "path"},
    {"page", "title", "title"},
    {"page", "url", "url"},
    {"page", "referrer", "referrer"},
    {"campaign", "name", "campaign_name"},
    {"campaign", "source", "campaign_source"},
    {"campaign", "medium", "campaign_medium"},
    {"device", "type", "device"},
    {"os", "name", "os"},
    {"", "locale", "locale"},
    {"", "ip", "ip"},
    {"", "channel", "channel"},
};

}  // namespace

/// One line, taken apart.
struct JsonEvents::Parts {
  std::string kind;
  std::string message;
  std::vector<events::Identifier> identifiers;
  const Value* time = nullptr;
  std::string_view time_key = "timestamp";
  const Object* properties = nullptr;  ///< `properties` or `traits`.
  const Object* context = nullptr;
  std::vector<std::pair<std::string_view, const Value*>> beside;  ///< Properties next to the known keys.
  bool is_call = false;
  bool rename = false;  ///< Traits: firstName is first_name.
  const query::Kind* declared = nullptr;
};

const Meaning& JsonEvents::cached_meaning(std::string_view key) {
  std::string name(key);
  auto it = meanings_.find(name);
  if (it != meanings_.end()) return it->second;
  if (meanings_.size() >= kMostCached) meanings_.clear();
  Meaning meaning = meaning_of(key, reading_.columns);
  return meanings_.emplace(std::move(name), std::move(meaning)).first->second;
}

const std::string& JsonEvents::cached_kind(std::string_view text) {
  std::string name(text);
  auto it = kinds_.find(name);
  if (it != kinds_.end()) return it->second;
  if (kinds_.size() >= kMostCached) kinds_.clear();
  std::string kind = kind_of(text);
  return kinds_.emplace(std::move(name), std::move(kind)).first->second;
}

namespace {

void add_identifier(std::vector<events::Identifier>& out, std::string kind, std::string value) {
  if (says_nothing(value)) return;
  if (kind == "email") value = to_lower(value);
  events::Identifier identifier{std::move(kind), std::move(value)};
  if (std::find(out.begin(), out.end(), identifier) == out.end()) out.push_back(std::move(identifier));
}

/// The kind of a call by its type; empty for `track`, which names it itself, and nothing for a type that is none.
std::optional<std::string_view> kind_of_call(std::string_view type) {
  if (type == "track") return "";
  if (type == "identify" || type == "alias") return "Customer Updated";
  if (type == "page") return "Page Viewed";
  if (type == "screen") return "Screen Viewed";
  if (type == "group") return "Group Joined";
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> JsonEvents::read_call(const Object& object, Parts& parts) {
  std::string type = word_of(json::find(object, "type"));
  parts.is_call = true;
  parts.kind = *kind_of_call(type);
  if (type == "track") {
    std::string name = word_of(json::find(object, "event"));
    if (says_nothing(name)) return Refusal{"event", "it does not say what happened"};
    parts.kind = cached_kind(name);
  }
  auto either = [&](std::string_view camel, std::string_view snake) {
    const Value* value = json::find(object, camel);
    return value && !value->is_null() ? value : json::find(object, snake);
  };
  parts.time = either("timestamp", "originalTimestamp");
  if (!parts.time) parts.time = json::find(object, "original_timestamp");
  parts.message = word_of(either("messageId", "message_id"));
  parts.rename = type == "identify" || type == "group";
  parts.properties = object_at(object, parts.rename ? "traits" : "properties");
  parts.context = object_at(object, "context");
  add_identifier(parts.identifiers, "user_id", word_of(either("userId", "user_id")));
  if (type == "identify" && parts.properties)
    add_identifier(parts.identifiers, "email", word_of(json::find(*parts.properties, "email")));
  add_identifier(parts.identifiers, "anonymous_id", word_of(either("anonymousId", "anonymous_id")));
  if (type == "alias") add_identifier(parts.identifiers, "anonymous_id", word_of(either("previousId", "previous_id")));
  for (auto [camel, snake] :
       {std::pair("groupId", "group_id"), std::pair("name", "name"), std::pair("category", "category")}) {
    if (const Value* value = either(camel, snake); value && (type == "group" || snake[0] != 'g'))
      parts.beside.emplace_back(snake, value);
  }
  return std::nullopt;
}

std::optional<Refusal> JsonEvents::read_parts(const Object& object, Parts& parts) {
  auto type = json::text_at(object, "type");
  if (type && kind_of_call(*type)) return read_call(object, parts);
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
      add_identifier(parts.identifiers, meaning.name, word_of(&member.value()));
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
  std::string name = word_of(at(Field::kind).value);
  if (says_nothing(name)) return Refusal{std::string(at(Field::kind).key), "it does not say what happened"};
  parts.kind = cached_kind(name);
  parts.time = at(Field::time).value;
  if (parts.time) parts.time_key = at(Field::time).key;
  parts.message = word_of(at(Field::message_id).value);
  std::vector<events::Identifier> external = std::exchange(parts.identifiers, {});
  add_identifier(parts.identifiers, "user_id", word_of(at(Field::user_id).value));
  add_identifier(parts.identifiers, "email", word_of(at(Field::email).value));
  add_identifier(parts.identifiers, "phone", word_of(at(Field::phone).value));
  for (auto& identifier : external) parts.identifiers.push_back(std::move(identifier));
  add_identifier(parts.identifiers, "anonymous_id", word_of(at(Field::anonymous_id).value));
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
  Parts parts;
  if (auto refusal = read_parts(*object, parts)) return refusal;
  std::string when = word_of(parts.time);
  if (says_nothing(when)) return Refusal{std::string(parts.time_key), "there is no time"};
  auto time = parse_when(when, reading_.zone);
  if (!time) return Refusal{std::string(parts.time_key), time.error().message};
  if (parts.identifiers.empty()) return Refusal{"user_id", "nothing says who it was"};
  event.occurred_at = *time;
  event.kind = parts.kind;
  event.identifiers = std::move(parts.identifiers);
  parts.declared = events::declared_kinds().find(event.kind);
  event.properties.assign(1, '{');
  write_properties(parts, event.properties);
  event.properties += '}';
  if (!says_nothing(parts.message)) {
    event.source_key = std::move(parts.message);
  } else {
    RowHash hash = hash_row(line, 0);
    event.source_key = row_key(hash, occurrences_.next(hash));
  }
  return std::nullopt;
}

void JsonEvents::write_properties(const Parts& parts, std::string& out) {
  if (parts.properties)
    for (const auto& member : *parts.properties) write_property(parts, view(member.key()), member.value(), out);
  for (auto [name, value] : parts.beside)
    if (!parts.properties || !json::find(*parts.properties, name)) write_property(parts, name, *value, out);
  if (!parts.context) return;
  for (const ContextProperty& from : kContext) {
    const Object* object = from.inside.empty() ? parts.context : object_at(*parts.context, from.inside);
    const Value* value = object ? json::find(*object, from.key) : nullptr;
    if (!value || !value->is_string()) continue;
    bool known = parts.properties && json::find(*parts.properties, from.name);
    for (const auto& [name, unused] : parts.beside) known |= name == from.name;
    if (!known) write_property(parts, from.name, *value, out);
  }
}

void JsonEvents::write_property(const Parts& parts, std::string_view name, const Value& value, std::string& out) {
  if (value.is_null() || (value.is_string() && value.get_string().empty())) return;
  std::string snake;
  const query::Property* property = parts.declared ? parts.declared->find(name) : nullptr;
  bool capital =
      std::any_of(name.begin(), name.end(), [](char c) { return c < 'a' && c != '_' && (c < '0' || c > '9'); });
  if (!property && capital) {
    snake = to_snake(name);
    property = parts.declared ? parts.declared->find(snake) : nullptr;
    if (property || parts.rename) name = snake;
  }
  if (out.size() > 1) out += ',';
  json::append_text(out, name);
  out += ':';
  bool as_text = property ? property->type == query::PropertyType::text : is_id_name(name);
  if (as_text && (value.is_int64() || value.is_uint64())) json::append_text(out, json::serialize(value));
  else json::serialize_to(out, value);
}

}  // namespace cairn::import

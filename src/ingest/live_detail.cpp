#include "ingest/live_detail.h"

#include "base/text.h"
#include "events/kinds.h"
#include "ingest/live.h"
#include "ingest/rules.h"
#include "json/codec.h"

namespace cairn::ingest {
namespace {

/// More than this is not even copied: it costs the writer's time.
constexpr size_t kCopiedBytes = 16 * 1024;
constexpr size_t kNamesMax = 20;

json::Value value_of(std::string_view text) { return json::Value(boost::json::string_view(text.data(), text.size())); }

std::string_view fate_word(events::Fate fate) {
  switch (fate) {
    case events::Fate::kept: return "kept";
    case events::Fate::already_there: return "already_there";
    case events::Fate::refused: return "refused";
  }
  return "refused";
}

json::Object parsed(const std::string& text) {
  if (text.empty()) return {};
  auto object = json::parse_object(text);
  return object ? std::move(*object) : json::Object();
}

/// The members from the front that fit.
json::Object fitting(const json::Object& object, bool& is_cut) {
  json::Object out;
  size_t bytes = 0;
  for (const auto& member : object) {
    bytes += member.key().size() + 4 + json::serialize(member.value()).size();
    if (bytes > Live::kPropertiesBytes) {
      is_cut = true;
      break;
    }
    out.emplace(member.key(), member.value());
  }
  return out;
}

/// The same with every value masked that is not declared as harmless.
json::Object masked(const json::Object& object, const query::Kind* kind) {
  json::Object out;
  for (const auto& member : object) {
    const query::Property* property = kind ? kind->find({member.key().data(), member.key().size()}) : nullptr;
    bool is_harmless = property && !property->personal;
    out.emplace(member.key(), is_harmless ? member.value() : value_of(kMask));
  }
  return out;
}

json::Array undeclared_names(const json::Object& object, const query::Kind* kind) {
  json::Array out;
  if (!kind) return out;
  for (const auto& member : object)
    if (out.size() < kNamesMax && !kind->find({member.key().data(), member.key().size()}))
      out.push_back(value_of({member.key().data(), member.key().size()}));
  return out;
}

/// What a refused call says of itself, as far as it can be read.
void read_call(LiveDetail& detail, json::Object& properties) {
  json::Object call = parsed(detail.body);
  detail.message_id = json::text_at(call, "messageId").value_or("");
  for (auto [member, kind] : {std::pair("userId", "user_id"), std::pair("anonymousId", "anonymous_id")})
    if (auto value = json::text_at(call, member); value && !value->empty())
      detail.identifiers.push_back({kind, std::string(*value)});
  for (std::string_view member : {"properties", "traits"})
    if (const json::Value* value = json::find(call, member); value && value->is_object() && properties.empty())
      properties = value->get_object();
}

struct Look {
  bool is_masked = false;
};

std::string text_of(const LiveDetail& detail, std::string_view source, const json::Object& properties, Look look) {
  const query::Kind* kind = events::declared_kinds().find(detail.kind);
  auto shown = [&](std::string_view text) { return look.is_masked ? kMask : text; };
  json::Object out;
  out["id"] = std::to_string(detail.id);
  out["at"] = to_rfc3339(detail.at);
  out["source"] = value_of(source);
  out["source_id"] = std::to_string(detail.source.value);
  // The sender's own words for what happened may hold anything, an address too.
  out["kind"] =
      value_of(kind || detail.fate != events::Fate::refused ? std::string_view(detail.kind) : shown(detail.kind));
  out["message_id"] = value_of(detail.message_id);
  json::Array identifiers;
  for (const events::Identifier& identifier : detail.identifiers)
    identifiers.push_back(value_of(fmt::format("{}={}", identifier.kind, shown(identifier.value))));
  out["who"] = identifiers.empty() ? json::Value("") : identifiers.front();
  out["identifiers"] = std::move(identifiers);
  out["fate"] = value_of(fate_word(detail.fate));
  out["reason"] = value_of(look.is_masked ? mask_quotes(detail.reason) : detail.reason);
  out["field"] = value_of(detail.field);
  json::Array apart;
  for (std::string_view name : set_apart_names(detail.flags)) apart.push_back(value_of(name));
  out["set_apart"] = std::move(apart);
  out["undeclared_kind"] = !detail.kind.empty() && !kind;
  out["undeclared"] = undeclared_names(properties, kind);
  out["seq"] = detail.seq.is_set() ? json::Value(value_of(std::to_string(detail.seq.value))) : json::Value(nullptr);
  out["library"] = value_of(detail.library);
  bool is_cut = detail.is_cut;
  json::Object part = fitting(properties, is_cut);
  out["properties"] = look.is_masked ? masked(part, kind) : std::move(part);
  out["is_cut"] = is_cut;
  return json::serialize(out);
}

}  // namespace

LiveDetail detail_of(const Delivery& delivery, size_t index, const events::Outcome& outcome) {
  const events::NewEvent& event = delivery.events[index];
  LiveDetail out;
  out.at = delivery.received_at;
  out.source = delivery.source;
  out.library = delivery.library;
  out.kind = event.kind;
  out.message_id = event.source_key;
  out.identifiers = event.identifiers;
  out.fate = outcome.fate;
  out.flags = event.flags;
  out.seq = outcome.seq;
  if (outcome.fate == events::Fate::refused) {
    out.reason = outcome.error.message;
    out.field = outcome.error.field;
  }
  out.is_cut = event.properties.size() > kCopiedBytes;
  if (!out.is_cut) out.properties = event.properties;
  return out;
}

LiveDetail detail_of(const Delivery& delivery, const RefusedCall& call) {
  LiveDetail out;
  out.at = delivery.received_at;
  out.source = delivery.source;
  out.library = delivery.library;
  out.kind = call.kind;
  out.reason = call.reason;
  out.field = call.field;
  out.is_cut = call.body.size() > kCopiedBytes;
  if (!out.is_cut) out.body = call.body;
  return out;
}

LiveTexts texts_of(const LiveDetail& given, std::string_view source_name) {
  LiveDetail detail = given;
  json::Object properties = parsed(detail.properties);
  if (!detail.body.empty()) read_call(detail, properties);
  return {text_of(detail, source_name, properties, {.is_masked = false}),
          text_of(detail, source_name, properties, {.is_masked = true})};
}

std::string mask_quotes(std::string_view text) {
  std::string out;
  while (true) {
    size_t open = text.find_first_of("'\"");
    out += text.substr(0, open);
    if (open == text.npos) return out;
    size_t close = text.rfind(text[open]);  // the quoted may hold quotes itself: up to the last
    out += fmt::format("{0}{1}{0}", text[open], kMask);
    if (close == open) return out;
    text.remove_prefix(close + 1);
  }
}

}  // namespace cairn::ingest

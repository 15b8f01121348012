#include "consent/told.h"

#include "base/check.h"
#include "crypto/secret.h"
#include "json/value.h"

namespace cairn::consent {
namespace {

/// Of a Statement or a Declaration.
template <class Row>
events::NewEvent event(std::string_view kind, const Row& row, std::string key, const json::Object& properties) {
  events::NewEvent out;
  out.kind = kind;
  out.occurred_at = row.occurred_at;
  if (row.how != How::import) out.known_at = row.known_at;
  out.source_key = std::move(key);
  out.identifiers = events::own_identifiers(row.customer);
  out.properties = json::serialize(json::Value(properties));
  return out;
}

json::String text(std::string_view view) { return json::String(view); }

}  // namespace

events::NewEvent event_of(const Statement& s) {
  json::Object properties;
  properties["purpose"] = text(json::enum_name(s.purpose));
  properties["state"] = text(json::enum_name(s.state));
  properties["how"] = text(json::enum_name(s.how));
  if (!s.source.empty()) properties["source"] = text(s.source);
  if (s.text_version) properties["text_version"] = *s.text_version;
  if (!s.language.empty()) properties["locale"] = text(s.language);
  std::string key = fmt::format("{}/{}/{}/{}/{}", s.customer.value, json::enum_name(s.purpose),
                                json::enum_name(s.state), s.occurred_at.micros, s.text_version.value_or(0));
  return event(kConsentUpdated, s, std::move(key), properties);
}

events::NewEvent event_of(std::span<const Declaration> declarations) {
  CHECK(!declarations.empty());
  json::Object properties;
  for (const Declaration& d : declarations) {
    std::string_view name = json::enum_name(d.attribute);
    if (d.attribute == Attribute::life_stage) {
      // An attribute of the query language is the last one known: what is taken back needs a word.
      properties[name] = text(d.choices.empty() ? std::string_view("none") : std::string_view(d.choices.front()));
      continue;
    }
    json::Array list;
    for (const std::string& choice : d.choices) list.push_back(text(choice));
    properties[name] = std::move(list);
  }
  const Declaration& first = declarations.front();
  std::string said = json::serialize(json::Value(properties));
  std::string key = fmt::format("{}/declared/{}/{}", first.customer.value, first.occurred_at.micros,
                                crypto::hash_token(said).substr(0, 32));
  return event("Customer Updated", first, std::move(key), properties);
}

}  // namespace cairn::consent

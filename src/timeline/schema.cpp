#include "timeline/schema.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/hash.h"
#include "base/text.h"
#include "timeline/telling.h"

namespace cairn::timeline {
namespace {

using query::Property;
using query::PropertyType;

constexpr size_t kMaxKinds = UINT16_MAX;

bool feeds_entity(std::string_view stream) {
  return std::any_of(query::declared_entities().begin(), query::declared_entities().end(),
                     [&](const query::Entity& entity) { return entity.feed(stream) != nullptr; });
}

/// Whether an entity's field is read from it.
bool tells_field(std::string_view stream, std::string_view property) {
  for (const query::Entity& entity : query::declared_entities()) {
    if (!entity.feed(stream)) continue;
    if (entity.key == property) return true;
    for (const query::Field& field : entity.fields)
      if (field.property == property) return true;
  }
  return false;
}

struct DerivedColumn {
  Derived what;
  std::string_view name;
  PropertyType type;
  std::string_view streams;  ///< Where it is made.
};
constexpr std::array kDerivedColumns = {
    DerivedColumn{Derived::refund, kRefundColumn, PropertyType::money, "order_refunded"},
    DerivedColumn{Derived::refund_all, kRefundAllColumn, PropertyType::boolean, "order_refunded"},
    DerivedColumn{Derived::units, kUnitsColumn, PropertyType::integer,
                  "order_completed order_updated return_requested"},
    DerivedColumn{Derived::lines, kLinesColumn, PropertyType::money, "return_requested"},
    DerivedColumn{Derived::elsewhere, kElsewhereColumn, PropertyType::boolean,
                  "order_completed order_updated order_paid order_refunded return_requested"},
    DerivedColumn{Derived::comment, kCommentColumn, PropertyType::boolean, "survey_answered"},
};

bool names(std::string_view streams, std::string_view stream) {
  auto words = split(streams, ' ');
  return std::find(words.begin(), words.end(), stream) != words.end();
}

void note(uint64_t& h, std::string_view text) { h = hash64(text, h); }

void note(uint64_t& h, const Property& p) {
  note(h, p.name);
  h = mix(h ^ (static_cast<uint64_t>(p.type) * 2 + p.declared));
  for (const Property& item : p.items) note(h, item);
}

uint64_t digest(const Reading& reading, const std::vector<KindSchema>& kinds,
                const std::vector<query::Attribute>& attributes) {
  uint64_t h = 1;
  note(h, reading.currency.code());
  note(h, reading.zone.name());
  h = mix(h ^ static_cast<uint64_t>(reading.first_weekday));
  for (const KindSchema& kind : kinds) {
    note(h, kind.name);
    note(h, kind.stream);
    for (const ColumnSchema& column : kind.columns) note(h, column.property);
  }
  for (const query::Entity& entity : query::declared_entities()) {
    note(h, entity.name);
    for (const query::Field& field : entity.fields) {
      note(h, field.name);
      note(h, field.streams);
      note(h, field.property);
      h = mix(h ^ (static_cast<uint64_t>(field.rule) << 8 | static_cast<uint64_t>(field.type)));
    }
  }
  for (const query::Attribute& a : attributes) {
    note(h, a.scope + "." + a.name + " " + a.stream + "." + a.property + " " + a.minus_stream);
    h = mix(h ^ (static_cast<uint64_t>(a.rule) << 8 | static_cast<uint64_t>(a.type)));
  }
  return h;
}

}  // namespace

std::optional<ColumnIndex> KindSchema::find(std::string_view property) const {
  auto it = by_name.find(property);
  return it == by_name.end() ? std::nullopt : std::optional(it->second);
}

Schema::Schema(const query::Catalogue& catalogue, Reading reading)
    : reading_(reading), attributes_(catalogue.attributes()) {
  for (const query::Kind& kind : catalogue.kinds()) add(declare(kind));
  fingerprint_ = digest(reading_, kinds_, attributes_);
  rules_ = std::make_shared<const Rules>(*this);
}

bool Schema::feeds_attribute(std::string_view stream) const {
  return std::any_of(attributes_.begin(), attributes_.end(),
                     [&](const query::Attribute& a) { return a.stream == stream || a.minus_stream == stream; });
}

KindSchema Schema::declare(const query::Kind& kind) const {
  KindSchema out{kind.name, kind.stream, {}};
  bool tells_attribute = feeds_attribute(kind.stream);
  bool tells_entity = feeds_entity(kind.stream);
  out.is_told = tells_entity || tells_attribute;
  auto put = [&](Property property, Fill fill) {
    out.by_name.emplace(property.name, static_cast<ColumnIndex>(out.columns.size()));
    out.columns.push_back({std::move(property), fill});
  };
  for (const Property& property : kind.properties) {
    if (property.type == PropertyType::object && property.declared) continue;
    bool rests = !property.declared || (property.personal && property.type == PropertyType::text);
    bool read = tells_attribute || (tells_entity && tells_field(kind.stream, property.name));
    put(property, rests && !read ? Fill::absent : Fill::ready);
  }
  for (const DerivedColumn& column : kDerivedColumns) {
    if (!names(column.streams, kind.stream)) continue;
    out.derived.emplace_back(column.what, static_cast<ColumnIndex>(out.columns.size()));
    put({std::string(column.name), column.type}, Fill::ready);
  }
  return out;
}

void Schema::add(KindSchema kind) {
  CHECK(kinds_.size() < kMaxKinds, "too many kinds");
  auto index = static_cast<KindIndex>(kinds_.size());
  by_name_.emplace(kind.name, index);
  by_stream_.emplace(kind.stream, index);
  kinds_.push_back(std::move(kind));
}

std::optional<KindIndex> Schema::find_stream(std::string_view stream) const {
  auto it = by_stream_.find(stream);
  return it == by_stream_.end() ? std::nullopt : std::optional(it->second);
}

std::optional<KindIndex> Schema::find_kind(std::string_view name) const {
  auto it = by_name_.find(name);
  return it == by_name_.end() ? std::nullopt : std::optional(it->second);
}

std::optional<size_t> Schema::find_entity(std::string_view name) const {
  for (size_t i = 0; i < entities().size(); ++i)
    if (entities()[i].name == name) return i;
  return std::nullopt;
}

std::optional<size_t> Schema::find_attribute(std::string_view scope, std::string_view name) const {
  for (size_t i = 0; i < attributes_.size(); ++i)
    if (attributes_[i].scope == scope && attributes_[i].name == name) return i;
  return std::nullopt;
}

std::optional<KindIndex> Schema::ensure_kind(std::string_view name) {
  if (auto known = find_kind(name)) return known;
  std::string stream = to_snake(name);
  // Two spellings of one stream are one kind.
  if (auto same = find_stream(stream)) {
    by_name_.emplace(name, *same);
    return same;
  }
  if (kinds_.size() >= kMaxKinds) return std::nullopt;
  bool is_told = feeds_entity(stream);
  bool has_rules = is_told || feeds_attribute(stream);
  add({std::string(name), std::move(stream), {}, is_told});
  if (has_rules) rules_ = std::make_shared<const Rules>(*this);
  return static_cast<KindIndex>(kinds_.size() - 1);
}

ColumnIndex Schema::ensure_column(KindIndex kind, const Property& property) {
  KindSchema& k = kinds_[kind];
  if (auto known = k.find(property.name)) return *known;
  auto index = static_cast<ColumnIndex>(k.columns.size());
  k.by_name.emplace(property.name, index);
  k.columns.push_back({property, Fill::absent});
  rules_ = std::make_shared<const Rules>(*this);
  return index;
}

}  // namespace cairn::timeline

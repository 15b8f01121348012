#include "questions/answer.h"

#include <algorithm>

namespace cairn::questions {

const Table* Answer::find(std::string_view table) const {
  auto found = std::find_if(tables.begin(), tables.end(), [&](const Table& t) { return t.name == table; });
  return found == tables.end() ? nullptr : &*found;
}

uint64_t Answer::cells() const {
  uint64_t out = 0;
  for (const Table& table : tables) out += table.customers.size() + table.rows.size() * table.columns.size();
  return out;
}

const query::Value* Answer::fact(std::string_view name) const {
  auto found = std::find_if(facts.begin(), facts.end(), [&](const Fact& f) { return f.column.name == name; });
  return found == facts.end() ? nullptr : &found->value;
}

std::string bucket_text(query::Bucket bucket, Time begins_at, const Zone& zone) {
  Day day = zone.day(begins_at);
  CivilDate date = civil_of(day);
  switch (bucket) {
    case query::Bucket::hour: {
      int64_t in_day = zone.local(begins_at).micros - int64_t{day.days} * days(1).micros;
      return fmt::format("{} {:02}:00", to_text(day), in_day / hours(1).micros);
    }
    case query::Bucket::day:
    case query::Bucket::week: return to_text(day);
    case query::Bucket::month: return to_month_text(day);
    case query::Bucket::quarter: return fmt::format("{}-Q{}", date.year, (date.month + 2) / 3);
    case query::Bucket::year: return std::to_string(date.year);
  }
  return {};
}

namespace {

bool is_personal(const query::Catalogue& catalogue, std::string_view stream, std::string_view name) {
  const query::Kind* kind = catalogue.find_stream(stream);
  const query::Property* property = kind ? kind->find(name) : nullptr;
  return !property || property->personal;
}

}  // namespace

std::set<std::string> personal_names(const query::Checked& checked, const query::Catalogue& catalogue) {
  std::set<std::string> out;
  for (const auto& [stream, name] : checked.dependencies.properties)
    if (is_personal(catalogue, stream, name)) out.insert(stream + "." + name);
  for (const auto& [scope, name] : checked.dependencies.attributes) {
    const query::Attribute* attribute = catalogue.find_attribute(scope, name);
    if (!attribute || attribute->property.empty()) continue;
    if (is_personal(catalogue, attribute->stream, attribute->property)) out.insert(scope + "." + name);
  }
  for (const auto& [owner, name] : checked.dependencies.fields) {
    const query::Entity* entity = catalogue.find_entity(owner);
    const query::Field* field = entity ? entity->find(name) : nullptr;
    if (!field || field->property.empty()) continue;
    for (const query::Feed& feed : entity->feeds) {
      const query::Kind* kind = catalogue.find_stream(feed.stream);
      const query::Property* property = kind ? kind->find(field->property) : nullptr;
      if (property && property->personal) out.insert(owner + "." + name);
    }
  }
  return out;
}

Result<void> check_personal(const query::Checked& checked, const query::Catalogue& catalogue, bool sees_customers) {
  if (sees_customers) return {};
  std::set<std::string> names = personal_names(checked, catalogue);
  if (names.empty()) return {};
  return fail(Code::forbidden, "the question reads what can tell who somebody is ({}); it takes view_customers",
              fmt::join(names, ", "));
}

}  // namespace cairn::questions

#include "rights/export.h"

#include <algorithm>

#include "events/brand.h"
#include "i18n/words.h"
#include "json/codec.h"
#include "people/merges.h"
#include "query/value.h"
#include "http/html.h"
#include "rights/pages.h"
#include "rights/store.h"
#include "timeline/rows_of.h"

namespace cairn::rights {
namespace {

constexpr size_t kRowsAPiece = 1000;

/// What is the same in both forms.
struct Person {
  CustomerId root;
  std::vector<CustomerId> ids;
  std::vector<people::StoredIdentifier> identifiers;
  std::vector<std::pair<std::string, std::string>> attributes;
  json::Object held;
  json::Array merges, conflicts;
  std::vector<Seq> rows;
  Zone zone;
  Time at;
};

json::Object merge_of(const db::Row& row) {
  json::Object out;
  out["a"] = std::to_string(row.integer(0));
  out["b"] = std::to_string(row.integer(1));
  out["into"] = std::to_string(row.integer(2));
  out["at"] = to_rfc3339(row.time(3));
  out["rule"] = row.text(4);
  auto evidence = json::parse(row.text(5));
  out["evidence"] = evidence ? std::move(*evidence) : json::Value(row.text(5));
  if (!row.is_null(6)) out["by"] = row.text(6);
  if (row.is_null(7)) return out;
  out["undone_at"] = to_rfc3339(row.time(7));
  if (!row.is_null(8)) out["undone_by"] = row.text(8);
  if (!row.is_null(9)) out["undone_why"] = row.text(9);
  return out;
}

/// What came with their events and was taken for somebody else's, or nobody's. Whose it is says nothing of this person.
Result<json::Array> conflicts_of(db::Session& session, const std::vector<CustomerId>& ids) {
  json::Array out;
  for (const people::Conflict& one : TRY(people::conflicts_of(session, ids))) {
    if (std::find(ids.begin(), ids.end(), one.customer) == ids.end()) continue;
    json::Object conflict;
    conflict["kind"] = one.identifier.kind;
    conflict["value"] = one.identifier.value;
    conflict["reason"] = json::enum_name(one.reason);
    conflict["first_at"] = to_rfc3339(one.first_at);
    out.push_back(std::move(conflict));
  }
  return out;
}

Result<void> read_attributes(const timeline::Version& version, Person& person) {
  auto place = version.find(person.root);
  if (!place) return {};
  TRY(place->part->touch({place->customer, place->customer + 1}));
  const timeline::Schema& schema = version.schema();
  for (size_t a = 0; a < schema.attributes().size(); ++a) {
    const timeline::AttributeColumn* column = place->part->attribute(a);
    if (!column || !column->now || !column->now->is_known(place->customer)) continue;
    person.attributes.emplace_back(schema.attributes()[a].name,
                                   query::to_text(column->now->value(place->customer, schema.reading().currency)));
  }
  return {};
}

Result<Person> read_person(const Parts& parts, CustomerId customer) {
  Person out;
  TRY(parts.history.catch_up());
  out.at = parts.world.clock.now();
  out.root = parts.identities.aliases().root(customer);
  out.ids = parts.identities.aliases().members(customer);
  std::vector<CustomerId> named = out.ids;
  auto version = parts.history.version();
  std::vector<Seq> counted = TRY(timeline::rows_of(*version, named));
  TRY(read_attributes(*version, out));
  TRY(parts.store.read([&](db::Session& session) -> Result<void> {
    out.identifiers.clear();
    out.rows = counted;
    for (CustomerId id : out.ids)
      for (auto& one : TRY(people::identifiers_of(session, id))) out.identifiers.push_back(std::move(one));
    auto apart = TRY(events::find_outside_timelines(session, out.ids));
    out.rows.insert(out.rows.end(), apart.begin(), apart.end());
    out.merges.clear();
    TRY(session.each("rights.merges_of", {{"ids", list_of(out.ids)}}, [&](const db::Row& row) {
      out.merges.push_back(merge_of(row));
      return true;
    }));
    out.conflicts = TRY(conflicts_of(session, out.ids));
    for (const Holder& holder : parts.holders)
      if (holder.export_) out.held[holder.module] = TRY(holder.export_(session, out.ids));
    out.zone = TRY(events::read_brand(session)).zone();
    return {};
  }));
  std::sort(out.rows.begin(), out.rows.end());
  if (out.rows.empty() && out.identifiers.empty())
    return fail(Code::not_found, "there is no customer {}", customer.value);
  return out;
}

/// Calls visit(row) for all of them, a short read at a time; `between` after each piece. REQUIRES: `visit` does no I/O.
Result<void> each_row(const Parts& parts, const Person& person, const std::function<void(const events::LogRow&)>& visit,
                      const std::function<Result<void>()>& between) {
  for (size_t at = 0; at < person.rows.size(); at += kRowsAPiece) {
    auto piece = std::span(person.rows).subspan(at, std::min(kRowsAPiece, person.rows.size() - at));
    TRY(parts.store.read([&](db::Session& session) { return events::visit_rows(session, piece, visit); }));
    TRY(between());
  }
  return {};
}

class Writer {
 public:
  explicit Writer(const Sink& sink) : sink_(sink) {}
  std::string text;
  Result<void> flush() {
    bool goes_on = sink_(text);
    text.clear();
    if (!goes_on) return fail(Code::conflict, "nobody reads the export any more");
    return {};
  }

 private:
  const Sink& sink_;
};

json::Array list_of_identifiers(const events::Log& log, const Person& person) {
  json::Array out;
  for (const auto& one : person.identifiers) {
    json::Object id;
    id["kind"] = one.kind;
    id["value"] = one.value;
    id["known_at"] = to_rfc3339(one.known_at);
    id["source"] = log.source_name(one.source);
    out.push_back(std::move(id));
  }
  return out;
}

void put_json_row(const events::Log& log, const events::LogRow& row, std::string& out) {
  json::Object head;
  head["seq"] = std::to_string(row.seq.value);
  head["kind"] = log.kind_name(row.kind);
  head["occurred_at"] = to_rfc3339(row.occurred_at);
  head["known_at"] = to_rfc3339(row.known_at);
  head["source"] = log.source_name(row.source);
  head["message_id"] = row.source_key;
  json::Array identifiers;
  for (const events::Identifier& id : events::split_identifiers(row.identifiers)) {
    json::Object one;
    one["kind"] = id.kind;
    one["value"] = id.value;
    identifiers.push_back(std::move(one));
  }
  head["identifiers"] = std::move(identifiers);
  std::string text = json::serialize(head);
  text.pop_back();
  // As they came: numbers keep their spelling.
  out.append(text).append(",\"properties\":").append(row.properties).append("}");
}

Result<void> write_json(const Parts& parts, const Person& person, Writer& writer) {
  json::Object head;
  head["customer"] = std::to_string(person.root.value);
  json::Array ids;
  for (CustomerId id : person.ids) ids.push_back(json::String(std::to_string(id.value)));
  head["ids"] = std::move(ids);
  head["exported_at"] = to_rfc3339(person.at);
  head["identifiers"] = list_of_identifiers(parts.log, person);
  json::Object attributes;
  for (const auto& [name, value] : person.attributes) attributes[name] = value;
  head["attributes"] = std::move(attributes);
  head["merges"] = person.merges;
  head["conflicts"] = person.conflicts;
  head["held"] = person.held;
  writer.text = json::serialize(head);
  writer.text.pop_back();
  writer.text += ",\"events\":[";
  bool is_first = true;
  TRY(each_row(
      parts, person,
      [&](const events::LogRow& row) {
        writer.text += is_first ? "\n" : ",\n";
        is_first = false;
        put_json_row(parts.log, row, writer.text);
      },
      [&] { return writer.flush(); }));
  writer.text += "\n]}\n";
  return writer.flush();
}

void put_row(std::string& out, std::initializer_list<std::string> cells) {
  out += "<tr>";
  for (const std::string& cell : cells) out.append("<td>").append(cell).append("</td>");
  out += "</tr>\n";
}

std::string cell_of(std::string_view properties) {
  auto object = json::parse_object(properties);
  return object ? as_cell(std::move(*object)) : http::escape_html(properties);
}

std::string identifiers_cell(std::string_view identifiers) {
  std::string out;
  for (const events::Identifier& id : events::split_identifiers(identifiers))
    out += fmt::format("{}<b>{}</b> {}", out.empty() ? "" : "<br>", http::escape_html(id.kind),
                       http::escape_html(id.value));
  return out;
}

Result<void> write_page(const Parts& parts, const Person& person, const i18n::Words& words, Writer& writer) {
  auto at = [&](Time time) { return http::escape_html(words.date_and_time(person.zone.local(time))); };
  auto heading = [&](std::string_view key) { return fmt::format("<h2>{}</h2>\n", http::escape_html(words.text(key))); };
  std::string& out = writer.text;
  out = page_begin(json::enum_name(words.language()), words.text("rights.export.title"));
  out += fmt::format("<p>{}</p>\n",
                     http::escape_html(words.text("rights.export.intro",
                                                  {{"at", words.date_and_time(person.zone.local(person.at))}})));
  out += heading("rights.export.identifiers") + "<table>\n";
  for (const auto& one : person.identifiers)
    put_row(out, {http::escape_html(one.kind), http::escape_html(one.value), at(one.known_at),
                  http::escape_html(parts.log.source_name(one.source))});
  out += "</table>\n" + heading("rights.export.attributes") + "<table>\n";
  for (const auto& [name, value] : person.attributes) put_row(out, {http::escape_html(name), http::escape_html(value)});
  out += "</table>\n";
  for (const auto& [module, value] : person.held)
    out += fmt::format(
        "<h2>{}</h2>\n{}\n",
        http::escape_html(words.text(fmt::format("rights.held.{}", std::string_view(module.data(), module.size())))),
        as_table(value));
  if (!person.merges.empty()) out += heading("rights.export.merges") + as_table(person.merges) + "\n";
  if (!person.conflicts.empty()) out += heading("rights.export.conflicts") + as_table(person.conflicts) + "\n";
  out += heading("rights.export.events");
  out += fmt::format("<p>{}</p>\n<table>\n",
                     http::escape_html(words.plural("rights.export.count", static_cast<int64_t>(person.rows.size()))));
  out += "<tr>";
  for (std::string_view column : {"when", "what", "source", "message_id", "came_with", "says"})
    out += fmt::format("<th scope=\"col\">{}</th>",
                       http::escape_html(words.text(fmt::format("rights.export.{}", column))));
  out += "</tr>\n";
  TRY(writer.flush());
  TRY(each_row(
      parts, person,
      [&](const events::LogRow& row) {
        put_row(out, {at(row.occurred_at), http::escape_html(parts.log.kind_name(row.kind)),
                      http::escape_html(parts.log.source_name(row.source)), http::escape_html(row.source_key),
                      identifiers_cell(row.identifiers), cell_of(row.properties)});
      },
      [&] { return writer.flush(); }));
  out += "</table>\n" + page_end();
  return writer.flush();
}

}  // namespace

Result<void> export_person(const Parts& parts, CustomerId customer, ExportForm form, i18n::Language language,
                           const Sink& sink) {
  Person person = TRY(read_person(parts, customer));
  Writer writer(sink);
  if (form == ExportForm::json) return write_json(parts, person, writer);
  return write_page(parts, person, i18n::Words::in(language), writer);
}

}  // namespace cairn::rights

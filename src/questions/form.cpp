#include "questions/form.h"

#include "json/codec.h"
#include "query/printer.h"

namespace cairn::questions {
namespace {

/// Members of an object, elements of a list: text with commas between.
class Writer {
 public:
  Writer& open(char bracket) {
    comma();
    out_ += bracket;
    first_ = true;
    return *this;
  }
  Writer& close(char bracket) {
    out_ += bracket;
    first_ = false;
    return *this;
  }
  Writer& key(std::string_view name) {
    comma();
    json::append_text(out_, name);
    out_ += ':';
    first_ = true;
    return *this;
  }
  Writer& text(std::string_view value) {
    comma();
    json::append_text(out_, value);
    return *this;
  }
  Writer& whole(int64_t value) { return raw(std::to_string(value)); }
  Writer& truth(bool value) { return raw(value ? "true" : "false"); }
  Writer& value(const query::Value& value) {
    comma();
    append_json(out_, value);
    return *this;
  }
  Writer& raw(std::string_view json) {
    comma();
    out_ += json;
    return *this;
  }
  std::string take() { return std::move(out_); }

 private:
  void comma() {
    if (!first_) out_ += ',';
    first_ = false;
  }
  std::string out_;
  bool first_ = true;
};

void append(std::string& out, const Money& money) {
  out += fmt::format(R"({{"minor":{},"currency":"{}","text":"{}"}})", money.minor, money.currency.code(),
                     to_decimal(money.minor, money.currency));
}

void put(Writer& w, const Column& column) {
  w.open('{').key("name").text(column.name).key("type").text(json::enum_name(column.type));
  if (column.unit != Unit::none) w.key("unit").text(json::enum_name(column.unit));
  if (column.bucket) w.key("bucket").text(json::enum_name(*column.bucket));
  w.close('}');
}

void put_row(Writer& w, const Table& table, size_t row) {
  w.open('[');
  if (row < table.customers.size()) w.text(std::to_string(table.customers[row].value));
  if (row < table.rows.size())
    for (const query::Value& cell : table.rows[row]) w.value(cell);
  w.close(']');
}

void put(Writer& w, const Table& table, const Page& page) {
  w.open('{').key("name").text(table.name).key("columns").open('[');
  for (const Column& column : table.columns) put(w, column);
  w.close(']').key("row_count").whole(static_cast<int64_t>(table.size())).key("rows").open('[');
  size_t first = std::min(page.offset, table.size());
  for (size_t row = first; row < table.size() && row - first < page.limit; ++row) put_row(w, table, row);
  w.close(']').close('}');
}

void put_moment(Writer& w, Time as_of, bool as_known, Seq last) {
  w.key("as_of").text(to_rfc3339(as_of)).key("as_known").truth(as_known);
  w.key("last_seq").text(std::to_string(last.value));
}

}  // namespace

void append_json(std::string& out, const query::Value& value) {
  if (auto b = value.get<bool>()) out += *b ? "true" : "false";
  else if (auto n = value.get<double>()) json::append_number(out, *n);
  else if (auto m = value.get<Money>()) append(out, *m);
  else if (auto s = value.get<std::string>()) json::append_text(out, *s);
  else if (auto t = value.get<Time>()) json::append_text(out, to_rfc3339(*t));
  else if (auto d = value.get<Duration>())
    out += fmt::format(R"({{"micros":{},"text":"{}"}})", d->micros, query::to_text(*d));
  else if (auto list = value.get<query::Value::List>()) {
    out += '[';
    for (size_t i = 0; i < list->size(); ++i) {
      if (i > 0) out += ',';
      append_json(out, (*list)[i]);
    }
    out += ']';
  } else out += "null";
}

std::string to_json(const Answer& answer, const Page& page) {
  Writer w;
  w.open('{').key("text").text(answer.text).key("form").text(answer.form);
  if (answer.form == "expression") w.key("type").text(query::to_text(answer.type));
  put_moment(w, answer.as_of, answer.as_known, answer.last);
  w.key("zone").text(answer.zone.name()).key("facts").open('{');
  for (const Fact& fact : answer.facts) w.key(fact.column.name).value(fact.value);
  w.close('}').key("tables").open('[');
  for (const Table& table : answer.tables) put(w, table, page);
  return w.close(']').close('}').take();
}

std::string to_json(const OneAnswer& answer) {
  Writer w;
  w.open('{').key("customer").text(std::to_string(answer.customer.value)).key("text").text(answer.text);
  w.key("type").text(query::to_text(answer.type)).key("value").value(answer.value);
  w.key("skipped").whole(answer.skipped).key("valid_until");
  if (answer.valid_until) w.text(to_rfc3339(*answer.valid_until));
  else w.raw("null");
  put_moment(w, answer.as_of, answer.as_known, answer.last);
  if (!answer.why.empty()) {
    w.key("why").open('[');
    for (const Why& why : answer.why) {
      w.open('{').key("text").text(why.text).key("value").value(why.value).key("event_count");
      w.whole(static_cast<int64_t>(why.event_count)).key("events").open('[');
      for (const Event& event : why.events) {
        w.open('{').key("seq").text(std::to_string(event.seq.value)).key("kind").text(event.kind);
        w.key("occurred_at").text(to_rfc3339(event.occurred_at)).close('}');
      }
      w.close(']').close('}');
    }
    w.close(']');
  }
  return w.close('}').take();
}

namespace {

void put_names(Writer& w, std::string_view key, const auto& names) {
  w.key(key).open('[');
  for (const auto& name : names) {
    if constexpr (requires { name.first; }) w.text(name.first + "." + name.second);
    else w.text(name);
  }
  w.close(']');
}

void put_checked(Writer& w, const query::Checked& checked) {
  const auto& question = checked.query.question();
  w.key("canonical").text(query::print(checked.query));
  if (question) w.key("form").text(query::info(question->word).name);
  else
    w.key("form")
        .text(checked.type().base == query::BaseType::boolean ? "condition" : "expression")
        .key("type")
        .text(query::to_text(checked.type()));
  if (question && question->word == query::Word::values) {
    w.key("columns").open('[');
    for (query::NodeId column : question->columns)
      w.open('{')
          .key("name")
          .text(query::print(checked.query, column))
          .key("type")
          .text(query::to_text(checked.types[column]))
          .close('}');
    w.close(']');
  }
  const query::Dependencies& d = checked.dependencies;
  w.key("depends_on").open('{');
  put_names(w, "streams", d.streams);
  w.key("every_stream").truth(d.every_stream);
  put_names(w, "properties", d.properties);
  put_names(w, "entities", d.entities);
  put_names(w, "fields", d.fields);
  put_names(w, "attributes", d.attributes);
  put_names(w, "segments", d.segments);
  w.key("moment").truth(checked.depends_on_moment).key("calendar").truth(checked.depends_on_calendar).close('}');
}

size_t characters(std::string_view text, query::Span span) {
  std::string_view part = text.substr(std::min<size_t>(span.offset, text.size()), span.length);
  return query::place_of(part, part.size()).column - 1;
}

}  // namespace

std::string to_json(const query::CheckResult& checked, std::string_view text) {
  Writer w;
  w.open('{').key("is_valid").truth(checked.has_value());
  if (checked) put_checked(w, *checked);
  w.key("problems").open('[');
  if (!checked) {
    for (const query::Problem& problem : checked.error()) {
      query::Place place = query::place_of(text, problem.span.offset);
      w.open('{').key("line").whole(static_cast<int64_t>(place.line));
      w.key("column").whole(static_cast<int64_t>(place.column));
      w.key("length").whole(static_cast<int64_t>(characters(text, problem.span)));
      w.key("message").text(problem.message).key("suggestion").text(problem.suggestion);
      w.key("text").text(query::describe(problem, text)).close('}');
    }
  }
  return w.close(']').close('}').take();
}

namespace {

void put_properties(Writer& w, const std::vector<query::Property>& properties) {
  w.open('[');
  for (const query::Property& p : properties) {
    w.open('{').key("name").text(p.name).key("type").text(query::to_text(query::type_of(p)));
    w.key("is_personal").truth(p.personal).key("is_declared").truth(p.declared);
    if (!p.items.empty()) {
      w.key("items");
      put_properties(w, p.items);
    }
    w.close('}');
  }
  w.close(']');
}

void put_entity(Writer& w, const query::Entity& entity) {
  w.open('{').key("name").text(entity.name).key("key").text(entity.key).key("doc").text(entity.doc);
  w.key("fields").open('[');
  for (const query::Field& f : entity.fields) {
    w.open('{').key("name").text(f.name).key("type").text(query::to_text(query::type_of(f.type)));
    w.key("is_step").truth(f.is_step).key("doc").text(f.doc).close('}');
  }
  w.close(']').close('}');
}

}  // namespace

std::string catalogue_json(const query::Catalogue& catalogue, const std::vector<std::string>& segments) {
  Writer w;
  w.open('{').key("kinds").open('[');
  for (const query::Kind& kind : catalogue.kinds()) {
    w.open('{').key("name").text(kind.name).key("stream").text(kind.stream);
    w.key("stage").text(json::enum_name(kind.stage)).key("entity").text(kind.entity);
    w.key("business_key").text(kind.business_key).key("is_declared").truth(kind.declared).key("properties");
    put_properties(w, kind.properties);
    w.close('}');
  }
  w.close(']').key("entities").open('[');
  for (const query::Entity& entity : catalogue.entities()) put_entity(w, entity);
  w.close(']').key("attributes").open('[');
  for (const query::Attribute& a : catalogue.attributes()) {
    w.open('{').key("name").text(a.scope + "." + a.name).key("type").text(query::to_text(query::type_of(a.type)));
    w.key("is_declared").truth(a.declared).close('}');
  }
  w.close(']');
  put_names(w, "segments", segments);
  return w.close('}').take();
}

std::string words_json() {
  static constexpr std::string_view kGroups[] = {"operation", "function", "aggregate", "sequence",
                                                 "window",    "series",   "question"};
  Writer w;
  w.open('{').key("words").open('[');
  for (const query::WordInfo& word : query::all_words()) {
    w.open('{').key("name").text(word.name).key("group").text(kGroups[static_cast<size_t>(word.group)]);
    w.key("form").text(word.form).key("signature").text(word.signature).key("doc").text(word.doc);
    w.key("example").text(word.example).key("result").text(word.result).close('}');
  }
  w.close(']');
  put_names(w, "buckets", json::enum_names<query::Bucket>());
  return w.close('}').take();
}

}  // namespace cairn::questions

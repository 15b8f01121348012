#include "consent/store.h"

#include <algorithm>
#include <charconv>

#include "base/hash.h"
#include "json/codec.h"

namespace cairn::consent {
namespace {

constexpr std::string_view kSettings = "consent.settings", kKey = "consent.key", kCursor = "consent.cursor";

template <class E>
Result<E> word(const db::Row& row, int column) {
  auto out = json::enum_from<E>(row.text(column));
  if (!out) return fail(Code::corrupt, "a row of consent says '{}'", row.text(column));
  return *out;
}

/// Every row of a query, each read by a function that may fail.
template <class T, class F>
Result<void> add_rows(db::Session& session, std::string_view query, db::Binds binds, std::vector<T>& out, F read) {
  Result<void> done;
  TRY(session.each(query, binds, [&](const db::Row& row) {
    Result<T> one = read(row);
    if (!one) done = tl::unexpected(one.error());
    else out.push_back(std::move(*one));
    return done.has_value();
  }));
  return done;
}

Result<Statement> statement_of(const db::Row& row) {
  Statement out;
  out.seq = row.id<Seq>(0);
  out.customer = row.id<CustomerId>(1);
  out.purpose = TRY(word<Purpose>(row, 2));
  out.state = TRY(word<State>(row, 3));
  out.occurred_at = row.time(4);
  out.known_at = row.time(5);
  out.source = row.text(6);
  out.how = TRY(word<How>(row, 7));
  out.text_version = row.find_integer(8);
  out.language = row.text(9);
  out.note = row.text(10);
  return out;
}

Result<Declaration> declaration_of(const db::Row& row) {
  Declaration out;
  out.seq = row.id<Seq>(0);
  out.customer = row.id<CustomerId>(1);
  out.attribute = TRY(word<Attribute>(row, 2));
  out.choices = TRY(json::decode_text<std::vector<std::string>>(row.text(3)));
  out.occurred_at = row.time(4);
  out.known_at = row.time(5);
  out.source = row.text(6);
  out.how = TRY(word<How>(row, 7));
  return out;
}

Result<std::optional<std::string>> setting(db::Session& session, std::string_view name) {
  return session.first("events.setting", {{"name", name}}, [](const db::Row& row) { return std::string(row.text(0)); });
}

}  // namespace

Result<bool> is_customer(db::Session& session, CustomerId customer) {
  auto found = TRY(session.first("consent.is_customer", {{"shard", shard_of(customer)}, {"customer", customer}},
                                 [](const db::Row&) { return true; }));
  return found.has_value();
}

Result<std::vector<Statement>> read_statements(db::Session& session, std::span<const CustomerId> customers) {
  std::vector<Statement> out;
  for (CustomerId c : customers)
    TRY(add_rows(session, "consent.statements_of", {{"shard", shard_of(c)}, {"customer", c}}, out, statement_of));
  std::sort(out.begin(), out.end(), [](const Statement& a, const Statement& b) { return a.seq < b.seq; });
  return out;
}

Result<void> add_statement(db::Transaction& tx, const Statement& s) {
  TRY(tx.run("consent.add_statement", {{"shard", shard_of(s.customer)},
                                       {"customer", s.customer},
                                       {"seq", s.seq},
                                       {"purpose", json::enum_name(s.purpose)},
                                       {"state", json::enum_name(s.state)},
                                       {"occurred_at", s.occurred_at},
                                       {"known_at", s.known_at},
                                       {"source", s.source},
                                       {"how", json::enum_name(s.how)},
                                       {"text_version", s.text_version},
                                       {"language", s.language},
                                       {"note", s.note}}));
  return {};
}

Result<void> add_statement_once(db::Transaction& tx, const Statement& s) {
  auto there = TRY(tx.first("consent.has_statement",
                            {{"shard", shard_of(s.customer)},
                             {"customer", s.customer},
                             {"seq", s.seq},
                             {"purpose", json::enum_name(s.purpose)}},
                            [](const db::Row&) { return true; }));
  if (there) return {};
  return add_statement(tx, s);
}

Result<std::vector<Text>> read_texts(db::Session& session) {
  std::vector<Text> out;
  Result<void> done;
  TRY(session.each("consent.texts", {}, [&](const db::Row& row) {
    auto purpose = word<Purpose>(row, 0);
    if (!purpose) {
      done = tl::unexpected(purpose.error());
      return false;
    }
    if (out.empty() || out.back().purpose != *purpose || out.back().version != row.integer(1))
      out.push_back({*purpose, row.integer(1), row.time(4), {}});
    out.back().texts.emplace(row.text(2), row.text(3));
    return true;
  }));
  if (!done) return tl::unexpected(done.error());
  return out;
}

Result<void> add_text(db::Transaction& tx, const Text& text) {
  for (const auto& [language, words] : text.texts)
    TRY(tx.run("consent.add_text", {{"purpose", json::enum_name(text.purpose)},
                                    {"version", text.version},
                                    {"language", language},
                                    {"text", words},
                                    {"valid_from", text.valid_from}}));
  return {};
}

Result<std::vector<Declaration>> read_declared(db::Session& session, std::span<const CustomerId> customers) {
  std::vector<Declaration> out;
  for (CustomerId c : customers)
    TRY(add_rows(session, "consent.declared_of", {{"shard", shard_of(c)}, {"customer", c}}, out, declaration_of));
  std::sort(out.begin(), out.end(), [](const Declaration& a, const Declaration& b) {
    return std::pair(a.seq, a.attribute) < std::pair(b.seq, b.attribute);
  });
  return out;
}

Result<void> add_declaration(db::Transaction& tx, const Declaration& d) {
  std::string choices = json::encode_text(d.choices);
  TRY(tx.run("consent.add_declared", {{"shard", shard_of(d.customer)},
                                      {"customer", d.customer},
                                      {"seq", d.seq},
                                      {"attribute", json::enum_name(d.attribute)},
                                      {"choices", choices},
                                      {"occurred_at", d.occurred_at},
                                      {"known_at", d.known_at},
                                      {"source", d.source},
                                      {"how", json::enum_name(d.how)}}));
  return {};
}

Result<Settings> read_settings(db::Session& session) {
  auto text = TRY(setting(session, kSettings));
  if (!text) return Settings{};
  return json::decode_text<Settings>(*text, json::Unknown::ignore);
}

Result<void> write_settings(db::Transaction& tx, const Settings& settings) {
  std::string text = json::encode_text(settings);
  TRY(tx.run("events.set_setting", {{"name", kSettings}, {"value", text}}));
  return {};
}

Result<std::string> read_key(db::Session& session) {
  auto key = TRY(setting(session, kKey));
  return key.value_or("");
}

Result<void> write_key(db::Transaction& tx, const std::string& key) {
  TRY(tx.run("events.set_setting", {{"name", kKey}, {"value", key}}));
  return {};
}

Result<std::optional<Seq>> read_cursor(db::Session& session) {
  auto text = TRY(setting(session, kCursor));
  if (!text) return std::optional<Seq>();
  Seq out;
  std::from_chars(text->data(), text->data() + text->size(), out.value);
  return std::optional(out);
}

Result<void> write_cursor(db::Transaction& tx, Seq cursor) {
  std::string text = std::to_string(cursor.value);
  TRY(tx.run("events.set_setting", {{"name", kCursor}, {"value", text}}));
  return {};
}

Result<bool> has_kind(db::Session& session, std::string_view name) {
  auto found = TRY(session.first("consent.has_kind", {{"name", name}}, [](const db::Row&) { return true; }));
  return found.has_value();
}

Result<std::map<SourceId, bool>> live_sources(db::Session& session) {
  std::map<SourceId, bool> out;
  TRY(session.each("consent.sources", {}, [&](const db::Row& row) {
    out[row.id<SourceId>(0)] = row.integer(1) != 0;
    return true;
  }));
  return out;
}

Result<bool> is_known(db::Session& session, std::span<const CustomerId> customers) {
  for (CustomerId c : customers)
    if (TRY(session.first("consent.is_known", {{"shard", shard_of(c)}, {"customer", c}},
                          [](const db::Row&) { return true; })))
      return true;
  return false;
}

Result<std::vector<Statement>> read_counting(db::Session& session, std::span<const CustomerId> customers) {
  auto out = TRY(read_statements(session, customers));
  auto is_browsers_yes = [](const Statement& s) { return s.how == How::browser && s.state == State::granted; };
  if (std::any_of(out.begin(), out.end(), is_browsers_yes) && TRY(is_known(session, customers)))
    std::erase_if(out, is_browsers_yes);
  return out;
}

Result<std::string> read_device(db::Session& session, std::span<const CustomerId> customers, int64_t device) {
  std::string out;
  Seq latest;
  for (CustomerId c : customers)
    TRY(session.each("consent.device", {{"shard", shard_of(c)}, {"customer", c}, {"device", device}},
                     [&](const db::Row& row) {
                       if (row.id<Seq>(1) > latest) latest = row.id<Seq>(1), out = row.text(0);
                       return true;
                     }));
  return out;
}

Result<void> write_device(db::Transaction& tx, CustomerId customer, int64_t device, std::string_view said, Seq seq) {
  TRY(tx.run(
      "consent.set_device",
      {{"shard", shard_of(customer)}, {"customer", customer}, {"device", device}, {"said", said}, {"seq", seq}}));
  return {};
}

Result<std::optional<Time>> read_links_valid_from(db::Session& session, CustomerId customer) {
  return session.first("consent.links_valid_from", {{"shard", shard_of(customer)}, {"customer", customer}},
                       [](const db::Row& row) { return row.time(0); });
}

Result<void> write_links_valid_from(db::Transaction& tx, CustomerId customer, Time at) {
  TRY(tx.run("consent.set_links_valid_from",
             {{"shard", shard_of(customer)}, {"customer", customer}, {"valid_from", at}}));
  return {};
}

}  // namespace cairn::consent

#include "rights/store.h"

#include "base/hash.h"
#include "json/codec.h"

namespace cairn::rights {
namespace {

constexpr std::string_view kSettings = "rights.settings";

Request read_request(const db::Row& row) {
  Request out;
  out.id = row.id<RequestId>(0);
  out.act = act_named(row.text(1)).value_or(Act::erase);
  out.state = json::enum_from<State>(row.text(2)).value_or(State::begun);
  out.customer = row.id<CustomerId>(3);
  if (auto ids = json::parse(row.text(4)); ids && ids->is_array())
    for (const json::Value& id : ids->get_array())
      if (auto whole = json::whole_of(id)) out.ids.push_back({*whole});
  out.fresh = row.id<CustomerId>(5);
  out.origin = row.text(6);
  out.actor = row.text(7);
  out.asked_at = row.time(8);
  if (!row.is_null(9)) out.hidden_at = row.time(9);
  if (!row.is_null(10)) out.done_at = row.time(10);
  if (auto counts = json::decode_text<std::map<std::string, int64_t>>(row.text(11))) out.counts = std::move(*counts);
  out.finding = row.text(12);
  return out;
}

events::Identifier read_identifier(const db::Row& row) { return {std::string(row.text(0)), std::string(row.text(1))}; }

RetentionRun read_run(const db::Row& row) {
  RetentionRun out{row.integer(0), std::string(row.text(1)), row.time(2), row.text(3) == "done", row.time(4), {},
                   row.integer(6)};
  if (!row.is_null(5)) out.done_at = row.time(5);
  return out;
}

}  // namespace

Result<Act> act_named(std::string_view name) {
  for (Act act : {Act::erase, Act::export_, Act::erase_shop})
    if (name_of(act) == name) return act;
  return json::fail_name(name, {"erase", "export", "erase_shop"});
}

std::string list_of(std::span<const CustomerId> ids) {
  std::string out = "[";
  for (CustomerId id : ids) out += fmt::format("{}{}", out.size() > 1 ? "," : "", id.value);
  return out + "]";
}

Result<RequestId> add_request(db::Transaction& tx, const Request& r, std::string_view key) {
  auto id = TRY(tx.first("rights.next_id", {}, [](const db::Row& row) { return row.integer(0); })).value_or(1);
  auto or_null = [](CustomerId c) { return c.is_set() ? std::optional(c.value) : std::nullopt; };
  TRY(tx.run("rights.add", {{"shard", shard_of(r.customer)},
                            {"id", id},
                            {"act", name_of(r.act)},
                            {"state", json::enum_name(r.state)},
                            {"customer", r.customer},
                            {"ids", list_of(r.ids)},
                            {"fresh", or_null(r.fresh)},
                            {"origin", r.origin},
                            {"key", key.empty() ? std::nullopt : std::optional<std::string>(key)},
                            {"actor", r.actor},
                            {"asked_at", r.asked_at},
                            {"hidden_at", r.hidden_at},
                            {"done_at", r.done_at},
                            {"counts", json::encode_text(r.counts)}}));
  return RequestId{id};
}

Result<void> change_request(db::Transaction& tx, const Request& r) {
  TRY(tx.run("rights.change", {{"id", r.id},
                               {"state", json::enum_name(r.state)},
                               {"fresh", r.fresh.is_set() ? std::optional(r.fresh.value) : std::nullopt},
                               {"done_at", r.done_at},
                               {"counts", json::encode_text(r.counts)},
                               {"finding", r.finding}}));
  return {};
}

Result<Request> find_request(db::Session& session, RequestId id) {
  auto found = TRY(session.first("rights.find", {{"id", id}}, read_request));
  if (!found) return fail(Code::not_found, "there is no request {}", id.value);
  return std::move(*found);
}

Result<std::optional<Request>> find_by_key(db::Session& session, std::string_view origin, std::string_view key) {
  return session.first("rights.find_by_key", {{"origin", origin}, {"key", key}}, read_request);
}

Result<std::vector<Request>> requests_before(db::Session& session, RequestId before, int limit) {
  return session.all("rights.before", {{"before", before}, {"limit", limit}}, read_request);
}

Result<std::vector<Request>> requests_in(db::Session& session, State state) {
  return session.all("rights.in_state", {{"state", json::enum_name(state)}}, read_request);
}

Result<std::optional<RequestId>> erasure_of(db::Session& session, CustomerId customer) {
  return session.first("rights.erasure_of", {{"customer", customer}},
                       [](const db::Row& row) { return row.id<RequestId>(0); });
}

Result<std::vector<Request>> requests_of(db::Session& session, CustomerId customer) {
  return session.all("rights.of_customer", {{"shard", shard_of(customer)}, {"customer", customer}}, read_request);
}

Result<void> note_identifiers(db::Transaction& tx, RequestId request, std::span<const events::Identifier> identifiers) {
  for (const events::Identifier& id : identifiers)
    TRY(tx.run("rights.add_identifier", {{"request", request}, {"kind", id.kind}, {"value", id.value}}));
  return {};
}

Result<std::vector<events::Identifier>> noted_identifiers(db::Session& session, RequestId request) {
  return session.all("rights.identifiers", {{"request", request}}, read_identifier);
}

Result<void> note_own_identifiers(db::Transaction& tx, RequestId request,
                                  std::span<const events::Identifier> identifiers) {
  for (const events::Identifier& id : identifiers)
    TRY(tx.run("rights.add_own_identifier", {{"request", request}, {"kind", id.kind}, {"value", id.value}}));
  return {};
}

Result<std::vector<events::Identifier>> noted_own_identifiers(db::Session& session, RequestId request) {
  return session.all("rights.own_identifiers", {{"request", request}}, read_identifier);
}

Result<Settings> read_settings(db::Session& session) {
  auto text = TRY(session.first("rights.setting", {{"name", kSettings}},
                                [](const db::Row& row) { return std::string(row.text(0)); }));
  return text ? json::decode_text<Settings>(*text, json::Unknown::ignore) : Settings();
}

Result<void> write_settings(db::Transaction& tx, const Settings& settings) {
  TRY(tx.run("rights.set_setting", {{"name", kSettings}, {"value", json::encode_text(settings)}}));
  return {};
}

Result<std::vector<Backup>> backups(db::Session& session, const Settings& settings) {
  return session.all("rights.backups", {}, [&](const db::Row& row) {
    Backup out{std::string(row.text(0)), row.time(1), {}};
    if (settings.backup_days) out.expires_at = out.at + days(*settings.backup_days);
    return out;
  });
}

Result<std::vector<Rule>> read_rules(db::Session& session) {
  return session.all("rights.rules", {},
                     [](const db::Row& row) { return Rule{std::string(row.text(0)), row.integer(1)}; });
}

Result<void> write_rules(db::Transaction& tx, std::span<const Rule> rules, Time at) {
  TRY(tx.run("rights.remove_rules"));
  for (const Rule& rule : rules) TRY(tx.run("rights.add_rule", {{"kind", rule.kind}, {"days", rule.days}, {"at", at}}));
  return {};
}

Result<std::vector<RetentionRun>> unfinished_runs(db::Session& session) {
  return session.all("rights.unfinished_runs", {}, read_run);
}

Result<std::vector<RetentionRun>> retention_runs(db::Session& session, int limit) {
  return session.all("rights.runs", {{"limit", limit}}, read_run);
}

}  // namespace cairn::rights

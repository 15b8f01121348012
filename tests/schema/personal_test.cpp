// Every stored column that holds text is either named as personal, with the reason, or named here as what it is
// instead. A new table cannot forget to decide.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "accounts/model.h"
#include "base/world.h"
#include "consent/model.h"
#include "db/store.h"
#include "import/model.h"
#include "ingest/model.h"
#include "people/model.h"
#include "profile/model.h"
#include "rights/model.h"
#include "segments/model.h"
#include "support/temp_dir.h"

namespace cairn {
namespace {

struct NotPersonal {
  std::string_view table, column, what;
};

// events.identifiers, source_key and properties are personal in part: events/kinds.cpp says which properties, and an
// erasure empties the first two.
constexpr NotPersonal kNotPersonal[] = {
    {"events", "identifiers", "erased with the person: src/events/README.md"},
    {"events", "source_key", "erased with the person: src/events/README.md"},
    {"events", "properties", "by property: src/events/kinds.cpp"},
    {"event_kinds", "name", "a kind of event"},
    {"event_sources", "name", "a source"},
    {"identifiers", "kind", "a kind of identifier"},
    {"identifier_conflicts", "kind", "a kind of identifier"},
    {"identifier_conflicts", "reason", "why it gave way"},
    {"merges", "rule", "what brought it about"},
    {"import_runs", "preset", "a preset"},
    {"import_runs", "fingerprint", "a hash of file sizes and contents"},
    {"import_runs", "state", "a state"},
    {"settings", "name", "a setting"},
    {"settings", "value", "the brand's own facts and keys"},
    {"schema_migrations", "name", "a file of ours"},
    {"schema_migrations", "checksum", "a hash"},
    {"users", "role", "a role"},
    {"sessions", "hash", "a hash"},
    {"sign_in_links", "hash", "a hash"},
    {"api_keys", "scopes", "permissions"},
    {"api_keys", "id", "a random id"},
    {"api_keys", "hash", "a hash"},
    {"api_keys", "name", "what a key is for"},
    {"ingest_sources", "form", "browser, server or webhook"},
    {"write_keys", "id", "a random id"},
    {"write_keys", "hash", "a hash"},
    {"write_keys", "text", "a browser's key, as it stands in public pages"},
    {"refused_events", "print", "a hash"},
    {"refused_events", "field", "the name of a field of ours"},
    {"refused_events", "state", "a state"},
    {"undeclared_properties", "kind", "a kind of event"},
    {"undeclared_properties", "property", "the name of a property"},
    {"undeclared_properties", "type", "a type"},
    {"customer_names", "kind", "name, e-mail or telephone"},
    {"buyer_fifths", "fifths", "figures of all buyers together"},
    {"segments", "name", "a segment"},
    {"segments", "query", "a condition in the language"},
    {"segments", "description", "what a segment is for"},
    {"segments", "preset", "the name of a preset"},
    {"segments", "preset_language", "a language"},
    {"consent_statements", "purpose", "a purpose"},
    {"consent_statements", "state", "a state"},
    {"consent_statements", "source", "where it was said, never a person: docs/reference/consent.md"},
    {"consent_statements", "how", "by what way"},
    {"consent_statements", "language", "a language"},
    {"consent_texts", "purpose", "a purpose"},
    {"consent_texts", "language", "a language"},
    {"consent_texts", "text", "the brand's own words"},
    {"consent_declared", "attribute", "the name of an attribute"},
    {"consent_declared", "source", "where it was said, never a person: docs/reference/consent.md"},
    {"consent_declared", "how", "by what way"},
    {"consent_devices", "said", "categories of a banner, with yes and no"},
    {"consent_proofs", "proof", "a keyed hash"},
    {"consent_proofs", "purpose", "a purpose"},
    {"consent_proofs", "state", "a state"},
    {"consent_proofs", "how", "by what way"},
    {"consent_proofs", "language", "a language"},
    {"rights_requests", "act", "erase, export or erase_shop"},
    {"rights_requests", "state", "a state"},
    {"rights_requests", "ids", "random numbers that lead to nobody once it is done"},
    {"rights_requests", "origin", "api, cli or a shop"},
    {"rights_requests", "origin_key", "the shop's number of the request"},
    {"rights_requests", "counts", "how much was erased, by kind"},
    {"rights_requests", "finding", "why it is not done yet, in our words"},
    {"rights_identifiers", "kind", "a kind of identifier"},
    {"retention_rules", "kind", "a kind of event"},
    {"retention_runs", "kind", "a kind of event"},
    {"retention_runs", "state", "a state"},
    {"privacy_webhooks", "source", "a shop"},
    {"privacy_webhooks", "secret", "a shop's secret, never shown"},
    {"backups", "name", "a file's name, as the operator chose it"},
    {"audit", "act", "what was done"},
    {"audit", "subject", "the id of what it was done to"},
    {"audit", "detail", "never a customer's data: accounts/audit.h"},
};

constexpr const char* kColumns = R"(
-- name: text_columns
SELECT m.name, p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p
WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND (p.type LIKE '%TEXT%' OR p.type LIKE '%BLOB%')
)";

template <class Table>
void add(std::map<std::string, std::string>& out, const Table& table) {
  for (const auto& column : table) out.emplace(fmt::format("{}.{}", column.table, column.column), "personal");
}

TEST(PersonalColumns, every_text_column_is_decided_on) {
  std::map<std::string, std::string> decided;
  add(decided, people::kPersonalColumns);
  add(decided, accounts::kPersonalColumns);
  add(decided, import::kPersonalColumns);
  add(decided, ingest::kPersonalColumns);
  add(decided, segments::kPersonalColumns);
  add(decided, rights::kPersonalColumns);
  add(decided, profile::kPersonalColumns);
  add(decided, consent::kPersonalColumns);
  add(decided, kNotPersonal);
  test::TempDir dir;
  World world = system_world();
  db::StoreOptions options;
  options.directory = dir.path();
  options.extra_queries = kColumns;
  auto store = db::Store::open(world, options);
  ASSERT_TRUE(store) << store.error().message;
  std::set<std::string> stored;
  auto read = (*store)->read([&](db::Session& session) {
    return session.each("text_columns", {}, [&](const db::Row& row) {
      stored.insert(fmt::format("{}.{}", row.text(0), row.text(1)));
      return true;
    });
  });
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_GT(stored.size(), 10u);
  for (const std::string& column : stored)
    EXPECT_TRUE(decided.contains(column)) << column << " is stored; name it in its module's kPersonalColumns, or here";
  for (const auto& [column, what] : decided)
    EXPECT_TRUE(stored.contains(column)) << column << " is named and not stored";
}

}  // namespace
}  // namespace cairn

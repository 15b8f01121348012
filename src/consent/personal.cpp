#include "consent/personal.h"

#include <algorithm>

#include "base/hash.h"
#include "consent/rules.h"
#include "consent/store.h"
#include "crypto/encode.h"
#include "crypto/hash.h"
#include "json/codec.h"

namespace cairn::consent {
namespace {

Result<void> keep_proof(db::Transaction& tx, std::string_view proof, int64_t number, const Statement& s, Time last) {
  TRY(tx.run("consent.add_proof", {{"proof", proof},
                                   {"number", number},
                                   {"purpose", json::enum_name(s.purpose)},
                                   {"state", json::enum_name(s.state)},
                                   {"occurred_at", s.occurred_at},
                                   {"known_at", s.known_at},
                                   {"how", json::enum_name(s.how)},
                                   {"text_version", s.text_version},
                                   {"language", s.language},
                                   {"last_known_at", last}}));
  return {};
}

Result<Statement> proof_row(const db::Row& row) {
  Statement out;
  auto purpose = json::enum_from<Purpose>(row.text(0));
  auto state = json::enum_from<State>(row.text(1));
  auto how = json::enum_from<How>(row.text(4));
  if (!purpose || !state || !how) return fail(Code::corrupt, "a kept proof of consent cannot be read");
  out.purpose = *purpose;
  out.state = *state;
  out.occurred_at = row.time(2);
  out.known_at = row.time(3);
  out.how = *how;
  out.text_version = row.find_integer(5);
  out.language = row.text(6);
  return out;
}

}  // namespace

Result<json::Value> export_consent(db::Session& session, std::span<const CustomerId> ids) {
  auto statements = TRY(read_statements(session, ids));
  auto declared = TRY(read_declared(session, ids));
  auto texts = TRY(read_texts(session));
  std::erase_if(texts, [&](const Text& t) {
    return std::none_of(statements.begin(), statements.end(),
                        [&](const Statement& s) { return s.purpose == t.purpose && s.text_version == t.version; });
  });
  json::Object out;
  out["statements"] = json::encode(statements);
  out["declared"] = json::encode(declared);
  out["texts"] = json::encode(texts);
  return json::Value(std::move(out));
}

Result<std::string> proof_of(db::Session& session, std::span<const CustomerId> ids) {
  std::string key = TRY(read_key(session));
  if (key.empty() || ids.empty()) return std::string();
  std::vector<CustomerId> sorted(ids.begin(), ids.end());
  std::sort(sorted.begin(), sorted.end());
  std::string text = "proof";
  for (CustomerId id : sorted) text += fmt::format("/{}", id.value);
  return crypto::to_hex(crypto::bytes_of(crypto::hmac_sha256(key, text)));
}

Result<void> erase_consent(db::Transaction& tx, std::span<const CustomerId> ids) {
  auto statements = TRY(read_statements(tx, ids));
  std::string proof = TRY(proof_of(tx, ids));
  if (!statements.empty() && proof.empty()) return fail(Code::corrupt, "the setting consent.key is gone");
  std::stable_sort(statements.begin(), statements.end(),
                   [](const Statement& a, const Statement& b) { return a.occurred_at < b.occurred_at; });
  // A second run finds no statements, and one after a late event adds to what is kept.
  int64_t number = proof.empty() ? 0 : TRY(count_proofs(tx, proof));
  Time last;
  for (const Statement& s : statements) last = std::max(last, s.known_at);
  for (const Statement& s : statements) TRY(keep_proof(tx, proof, number++, s, last));
  for (CustomerId id : ids) {
    TRY(tx.run("consent.remove_statements_of", {{"shard", shard_of(id)}, {"customer", id}}));
    TRY(tx.run("consent.remove_declared_of", {{"shard", shard_of(id)}, {"customer", id}}));
    TRY(tx.run("consent.remove_devices_of", {{"shard", shard_of(id)}, {"customer", id}}));
    TRY(tx.run("consent.remove_links_of", {{"shard", shard_of(id)}, {"customer", id}}));
  }
  return {};
}

Result<int64_t> count_proofs(db::Session& session, std::string_view proof) {
  auto n =
      TRY(session.first("consent.count_proofs", {{"proof", proof}}, [](const db::Row& r) { return r.integer(0); }));
  return n.value_or(0);
}

Result<std::vector<Statement>> read_proofs(db::Session& session, std::string_view proof) {
  auto rows = TRY(session.all("consent.proofs", {{"proof", proof}}, proof_row));
  std::vector<Statement> out;
  for (auto& row : rows) out.push_back(TRY(std::move(row)));
  return out;
}

Result<int64_t> remove_proofs(db::Transaction& tx, Time before) {
  return tx.run("consent.remove_proofs", {{"before", before}});
}

}  // namespace cairn::consent

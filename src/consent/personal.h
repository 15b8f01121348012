// Consent in the rights of a person: what is handed out, and what an erasure leaves.
//
// What an erasure leaves: whoever asked for consent must be able to show that it was given (GDPR, article 7(1)), and
// may keep what defends against claims (article 17(3)(e)). So of each statement the purpose, state, moments, way, text
// version and language are kept under a proof: a keyed hash of the ids, which the certificate of the erasure names. The
// source, the note, the id and what the customer said of themselves go. Nobody can find the person from a proof; who
// holds the certificate can show the rows that belong to it.
#pragma once
#include <span>

#include "consent/model.h"
#include "db/session.h"
#include "json/value.h"

namespace cairn::consent {

/// {statements, declared, texts}: all rows of these ids, and the texts that they name.
Result<json::Value> export_consent(db::Session& session, std::span<const CustomerId> ids);

/// REQUIRES: all ids of one person. Their events are the log's.
Result<void> erase_consent(db::Transaction& tx, std::span<const CustomerId> ids);

/// The proof that erase_consent keeps rows under, whatever the order of the ids. Name it in the certificate. The same
/// before and after. Empty when nothing was ever written.
Result<std::string> proof_of(db::Session& session, std::span<const CustomerId> ids);
Result<int64_t> count_proofs(db::Session& session, std::string_view proof);
/// What is kept under it, in the order in which it was said: without seq, customer, source and note.
Result<std::vector<Statement>> read_proofs(db::Session& session, std::string_view proof);
/// A retention rule's: of persons of whom nothing was learnt since then. Returns how many rows.
Result<int64_t> remove_proofs(db::Transaction& tx, Time before);

}  // namespace cairn::consent

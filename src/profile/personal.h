// What profiles store of a person: notes, tags, and the index that they are found by.
#pragma once
#include <span>

#include "db/session.h"
#include "events/model.h"
#include "json/value.h"

namespace cairn::profile {

/// Notes and tags, `{"notes": [...], "tags": [...]}`. Names and orders of the index are derived from their events.
Result<json::Value> export_profile(db::Session& session, std::span<const CustomerId> ids);

/// Deletes all of it. REQUIRES that the same transaction takes them from the table of customers: then the index writes
/// nothing of them again, even what it read before. The fifths of buyers are figures of everybody and stay.
Result<void> erase_profile(db::Transaction& tx, std::span<const CustomerId> ids);

/// These customers stay, and their rows have lost these identifiers of somebody else (in the form in which they are
/// compared): so does the index. REQUIRES that nothing older is on its way into it (Index::settle).
Result<void> take_out_of_index(db::Transaction& tx, std::span<const CustomerId> customers,
                               std::span<const events::Identifier> identifiers);

}  // namespace cairn::profile

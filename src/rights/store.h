// Requests, rules and settings in their tables.
#pragma once
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "db/session.h"
#include "events/model.h"
#include "rights/model.h"

namespace cairn::rights {

/// `[1,2]`, for queries that take a list.
std::string list_of(std::span<const CustomerId> ids);

/// Gives it an id. `key`: of the origin's own numbering, empty when it has none. Error conflict: that key is there.
Result<RequestId> add_request(db::Transaction& tx, const Request& request, std::string_view key);
/// State, fresh id, counts, done_at and finding.
Result<void> change_request(db::Transaction& tx, const Request& request);
/// Error not_found.
Result<Request> find_request(db::Session& session, RequestId id);
Result<std::optional<Request>> find_by_key(db::Session& session, std::string_view origin, std::string_view key);
/// Newest first, those with a lower id.
Result<std::vector<Request>> requests_before(db::Session& session, RequestId before, int limit);
Result<std::vector<Request>> requests_in(db::Session& session, State state);
/// The erasure that took this id away.
Result<std::optional<RequestId>> erasure_of(db::Session& session, CustomerId customer);
Result<std::vector<Request>> requests_of(db::Session& session, CustomerId customer);

Result<void> note_identifiers(db::Transaction& tx, RequestId request, std::span<const events::Identifier> identifiers);
Result<std::vector<events::Identifier>> noted_identifiers(db::Session& session, RequestId request);
/// The person's own, in the form in which they are compared: nobody else has any of them.
Result<void> note_own_identifiers(db::Transaction& tx, RequestId request,
                                  std::span<const events::Identifier> identifiers);
Result<std::vector<events::Identifier>> noted_own_identifiers(db::Session& session, RequestId request);

Result<Settings> read_settings(db::Session& session);
Result<void> write_settings(db::Transaction& tx, const Settings& settings);
/// Oldest first.
Result<std::vector<Backup>> backups(db::Session& session, const Settings& settings);

Result<std::vector<Rule>> read_rules(db::Session& session);
Result<void> write_rules(db::Transaction& tx, std::span<const Rule> rules, Time at);
Result<std::vector<RetentionRun>> unfinished_runs(db::Session& session);
/// Newest first.
Result<std::vector<RetentionRun>> retention_runs(db::Session& session, int limit);

}  // namespace cairn::rights

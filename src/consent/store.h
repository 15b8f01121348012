// Rows of consent. SQL in, structs out.
#pragma once
#include <map>
#include <span>
#include <string>
#include <vector>

#include "consent/model.h"
#include "db/session.h"

namespace cairn::consent {

Result<bool> is_customer(db::Session& session, CustomerId customer);

/// In the order of their events.
Result<std::vector<Statement>> read_statements(db::Session& session, std::span<const CustomerId> customers);
Result<void> add_statement(db::Transaction& tx, const Statement& statement);

/// Those that can count: of a person who is known by anything but devices, all but what a browser said yes to.
Result<std::vector<Statement>> read_counting(db::Session& session, std::span<const CustomerId> customers);
/// Whether one of these ids is known by anything but devices.
Result<bool> is_known(db::Session& session, std::span<const CustomerId> customers);

/// Of an event: nothing when it is there already.
Result<void> add_statement_once(db::Transaction& tx, const Statement& statement);

/// By purpose and version.
Result<std::vector<Text>> read_texts(db::Session& session);
Result<void> add_text(db::Transaction& tx, const Text& text);

Result<std::vector<Declaration>> read_declared(db::Session& session, std::span<const CustomerId> customers);
Result<void> add_declaration(db::Transaction& tx, const Declaration& declaration);

/// The defaults when there are none.
Result<Settings> read_settings(db::Session& session);
Result<void> write_settings(db::Transaction& tx, const Settings& settings);

/// The key that links are signed with, in hex; empty when there is none yet.
Result<std::string> read_key(db::Session& session);
Result<void> write_key(db::Transaction& tx, const std::string& key);

/// Up to where events of others were heard.
Result<std::optional<Seq>> read_cursor(db::Session& session);
Result<void> write_cursor(db::Transaction& tx, Seq cursor);
/// Whether the log has that kind of event.
Result<bool> has_kind(db::Session& session, std::string_view name);
/// Live sources, and whether their keys are secrets.
Result<std::map<SourceId, bool>> live_sources(db::Session& session);

/// What a device said last, of all these ids; empty when it is not known.
Result<std::string> read_device(db::Session& session, std::span<const CustomerId> customers, int64_t device);
Result<void> write_device(db::Transaction& tx, CustomerId customer, int64_t device, std::string_view said, Seq seq);

/// Links that were made up to then work no more.
Result<std::optional<Time>> read_links_valid_from(db::Session& session, CustomerId customer);
Result<void> write_links_valid_from(db::Transaction& tx, CustomerId customer, Time at);

}  // namespace cairn::consent

// What may be done, and which role may do it. One table; routes name a permission by its constant, API keys carry some
// as their scopes.
#pragma once
#include <span>
#include <string_view>

#include "json/describe.h"

namespace cairn::accounts {

enum class Role { owner, admin, manager, agent, analyst, store, read };
BOOST_DESCRIBE_ENUM(Role, owner, admin, manager, agent, analyst, store, read)

inline constexpr std::string_view kViewReport = "view_report";
/// Questions of the query language whose answer tells of nobody in person.
inline constexpr std::string_view kAskQuestions = "ask_questions";
inline constexpr std::string_view kManageSegments = "manage_segments";
inline constexpr std::string_view kViewCustomers = "view_customers";
/// What is written by hand on a customer: consents, attributes, notes, tags.
inline constexpr std::string_view kEditCustomers = "edit_customers";
/// What cannot be undone: people erased, old events removed.
inline constexpr std::string_view kEraseCustomers = "erase_customers";
inline constexpr std::string_view kExport = "export_data";
inline constexpr std::string_view kSendEvents = "send_events";
inline constexpr std::string_view kRunImport = "run_import";
inline constexpr std::string_view kViewLive = "view_live";
inline constexpr std::string_view kManageSources = "manage_sources";
inline constexpr std::string_view kViewMetrics = "view_metrics";
inline constexpr std::string_view kManageSettings = "manage_settings";
inline constexpr std::string_view kManageKeys = "manage_keys";
inline constexpr std::string_view kManageUsers = "manage_users";
inline constexpr std::string_view kViewAudit = "view_audit";
inline constexpr std::string_view kBackup = "backup";
/// Sign-in links of the owner: more than any admin may.
inline constexpr std::string_view kManageOwners = "manage_owners";

struct Permission {
  std::string_view name;
  unsigned roles;  ///< Bit 1 << role.
  bool is_scope;   ///< Whether a key may carry it.
};

/// Every permission, in the order they are shown; for people its words are `accounts.permission.<name>`.
std::span<const Permission> permissions();
/// Null when there is no such permission.
const Permission* find_permission(std::string_view name);
/// False for an unknown permission, whatever the role.
bool allows(Role role, std::string_view permission);

}  // namespace cairn::accounts

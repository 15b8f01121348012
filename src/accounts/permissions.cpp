#include "accounts/permissions.h"

#include <algorithm>

namespace cairn::accounts {
namespace {

constexpr unsigned bit(Role role) { return 1u << static_cast<unsigned>(role); }

constexpr unsigned kOwner = bit(Role::owner);
constexpr unsigned kAdmin = kOwner | bit(Role::admin);
constexpr unsigned kManager = kAdmin | bit(Role::manager);
constexpr unsigned kAnalyst = kManager | bit(Role::analyst);
/// Those who serve customers see them; who only reads the figures does not.
constexpr unsigned kService = kAnalyst | bit(Role::agent) | bit(Role::store);
constexpr unsigned kEveryone = kService | bit(Role::read);

constexpr Permission kPermissions[] = {
    {kViewReport, kEveryone, true},
    {kAskQuestions, kEveryone, true},
    {kManageSegments, kAnalyst, true},
    {kViewCustomers, kService, true},
    {kEditCustomers, kService & ~bit(Role::analyst), true},
    {kEraseCustomers, kAdmin, true},
    {kExport, kAnalyst, true},
    {kSendEvents, kAdmin, true},
    {kRunImport, kManager, true},
    {kViewLive, kEveryone, true},
    {kManageSources, kManager, true},
    {kViewMetrics, kAdmin, true},
    {kManageSettings, kManager, true},
    {kManageKeys, kAdmin, false},
    {kManageUsers, kAdmin, false},
    {kViewAudit, kAdmin, true},
    {kBackup, kAdmin, true},
    {kManageOwners, kOwner, false},
};

}  // namespace

std::span<const Permission> permissions() { return kPermissions; }

const Permission* find_permission(std::string_view name) {
  auto found = std::find_if(std::begin(kPermissions), std::end(kPermissions),
                            [&](const Permission& p) { return p.name == name; });
  return found == std::end(kPermissions) ? nullptr : found;
}

bool allows(Role role, std::string_view permission) {
  const Permission* found = find_permission(permission);
  return found && (found->roles & bit(role));
}

}  // namespace cairn::accounts

// Who did what: written in the transaction that does it, by any module.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "accounts/model.h"
#include "base/result.h"
#include "db/session.h"
#include "http/request.h"

namespace cairn::accounts {

/// Who acts.
struct Actor {
  std::string name;  ///< As AuditEntry::actor.
  UserId user;

  static Actor operator_of_machine() { return {"operator", {}}; }
  /// REQUIRES: not a guest.
  static Actor of(const http::Caller& caller);
  /// As rows say it that people read: `user 3`, `key till`, `operator`.
  std::string who() const;
};

struct Act {
  std::string_view act;
  std::string_view subject;
  std::string_view detail = {};  ///< Never a secret, never a customer's data.
};

Result<void> write_audit(db::Transaction& tx, Time at, const Actor& actor, const Act& act);

/// Newest first, those with an id below `before` (INT64_MAX for the first page).
Result<std::vector<AuditEntry>> audit_before(db::Session& session, int64_t before, int limit);

}  // namespace cairn::accounts

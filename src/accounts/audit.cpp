#include "accounts/audit.h"

#include "base/check.h"

namespace cairn::accounts {

Actor Actor::of(const http::Caller& caller) {
  switch (caller.kind) {
    case http::Caller::Kind::operator_: return operator_of_machine();
    case http::Caller::Kind::session: return {"session", caller.user};
    case http::Caller::Kind::key: return {"key " + caller.name, {}};
    case http::Caller::Kind::guest: break;
  }
  CHECK(false, "a guest acts");
}

std::string Actor::who() const { return user.is_set() ? fmt::format("user {}", user.value) : name; }

Result<void> write_audit(db::Transaction& tx, Time at, const Actor& actor, const Act& act) {
  std::optional<UserId> user = actor.user.is_set() ? std::optional(actor.user) : std::nullopt;
  TRY(tx.run("accounts.add_audit", {{"at", at},
                                    {"actor", actor.name},
                                    {"user_id", user},
                                    {"act", act.act},
                                    {"subject", act.subject},
                                    {"detail", act.detail}}));
  return {};
}

Result<std::vector<AuditEntry>> audit_before(db::Session& session, int64_t before, int limit) {
  return session.all("accounts.audit_before", {{"before", before}, {"limit", limit}}, [](const db::Row& row) {
    return AuditEntry{.id = row.integer(0),
                      .at = row.time(1),
                      .actor = std::string(row.text(2)),
                      .user = row.id<UserId>(3),
                      .act = std::string(row.text(4)),
                      .subject = std::string(row.text(5)),
                      .detail = std::string(row.text(6))};
  });
}

}  // namespace cairn::accounts

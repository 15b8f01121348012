#include "accounts/authorize.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/hash.h"

namespace cairn::accounts {
namespace {

tl::unexpected<Error> fail_forbidden(std::string_view permission) {
  return fail(Code::forbidden, "this needs the permission {}, which you do not have; ask an owner", permission);
}

/// The key text of the Authorization header; the scheme's case does not count (RFC 9110, 11.1).
Result<std::string_view> bearer_of(std::string_view header) {
  size_t space = header.find(' ');
  if (space == header.npos || to_lower(header.substr(0, space)) != "bearer")
    return fail(Code::unauthenticated, "send an API key as 'Authorization: Bearer ck_…'");
  return trim(header.substr(space + 1));
}

bool has_scope(const ApiKey& key, std::string_view permission) {
  return std::find(key.scopes.begin(), key.scopes.end(), permission) != key.scopes.end();
}

Result<http::Caller> key_caller(Accounts& accounts, std::string_view header, std::string_view permission) {
  ApiKey key = TRY(accounts.authenticate_key(TRY(bearer_of(header))));
  if (permission != http::kSignedIn && !has_scope(key, permission))
    return fail(Code::forbidden, "this key may not {}; make one with that scope", permission);
  std::string name = key.id;
  return http::Caller{.kind = http::Caller::Kind::key,
                      .user = {},
                      .name = std::move(name),
                      .role = {},
                      .more = std::make_shared<const ApiKey>(std::move(key))};
}

Result<http::Caller> session_caller(Accounts& accounts, const http::Request& request, std::string_view cookie,
                                    std::string_view permission) {
  auto session = std::make_shared<Session>(TRY(accounts.authenticate(cookie)));
  if (!request.is_safe() && !crypto::equal(request.header("X-CSRF-Token").value_or(""), session->csrf))
    return fail(Code::forbidden, "the X-CSRF-Token is missing or not this session's; reload the page");
  const User& user = session->user;
  if (permission != http::kSignedIn && !allows(user.role, permission)) return fail_forbidden(permission);
  return http::Caller{.kind = http::Caller::Kind::session,
                      .user = user.id,
                      .name = user.name,
                      .role = std::string(json::enum_name(user.role)),
                      .more = session};
}

}  // namespace

http::Authorizer make_authorizer(Accounts& accounts) {
  return [&accounts](const http::Request& request, std::string_view permission) -> Result<http::Caller> {
    if (request.is_local)
      return http::Caller{
          .kind = http::Caller::Kind::operator_, .user = {}, .name = "operator", .role = "owner", .more = {}};
    if (auto header = request.header("Authorization")) return key_caller(accounts, *header, permission);
    if (auto cookie = request.cookie(kSessionCookie)) return session_caller(accounts, request, *cookie, permission);
    return fail(Code::unauthenticated, "sign in first, or send an API key as 'Authorization: Bearer ck_…'");
  };
}

bool may(const http::Caller& caller, std::string_view permission) {
  switch (caller.kind) {
    case http::Caller::Kind::guest: return false;
    case http::Caller::Kind::operator_: return true;
    case http::Caller::Kind::session: return allows(session_of(caller)->user.role, permission);
    case http::Caller::Kind::key: return has_scope(*std::static_pointer_cast<const ApiKey>(caller.more), permission);
  }
  return false;
}

std::shared_ptr<const Session> session_of(const http::Caller& caller) {
  if (caller.kind != http::Caller::Kind::session) return nullptr;
  return std::static_pointer_cast<const Session>(caller.more);
}

}  // namespace cairn::accounts

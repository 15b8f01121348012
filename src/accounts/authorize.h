// Who a request is from, and whether they may: what `http` asks before it runs a handler.
//
// Tried in this order; the first that is there decides:
// 1. the server's own unix socket: this machine's operator, who may do everything;
// 2. `Authorization: Bearer ck_…`: an API key, which may do what its scopes name;
// 3. the cookie `cairn_session`: a user, who may do what the role allows; anything but GET, HEAD and OPTIONS needs the
//    session's token in X-CSRF-Token, which another site's page cannot know.
#pragma once
#include <memory>
#include <string_view>

#include "accounts/service.h"
#include "http/server.h"

namespace cairn::accounts {

inline constexpr std::string_view kSessionCookie = "cairn_session";

/// `accounts` must outlive it. On an inline_ route only a key or the operator gets in (a session needs a read).
http::Authorizer make_authorizer(Accounts& accounts);

/// The session that the authorizer found; null for keys and the operator.
std::shared_ptr<const Session> session_of(const http::Caller& caller);

/// Whether the one that the authorizer let in may also do this: for answers that show some more than others.
bool may(const http::Caller& caller, std::string_view permission);

}  // namespace cairn::accounts

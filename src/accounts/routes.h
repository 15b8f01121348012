// The HTTP side of accounts: sessions, sign-in links, keys, the audit.
#pragma once
#include <vector>

#include "accounts/service.h"
#include "http/route.h"

namespace cairn::accounts {

/// `accounts` and `store` must outlive the routes.
std::vector<http::Route> routes(Accounts& accounts, db::Store& store);

}  // namespace cairn::accounts

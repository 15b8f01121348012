// Consents over the API, and the customer's own page.
#pragma once
#include <vector>

#include "consent/service.h"
#include "http/problem.h"
#include "http/route.h"

namespace cairn::consent {

/// What the routes refer to must outlive the router.
std::vector<http::Route> routes(Service& service);

/// What a customer allows as the API answers it, JSON.
std::string text_of(const Service::Consents& consents);

/// GET and POST /preferences/{token}: public, for browsers. A page answers errors as pages: add them with page_error.
std::vector<http::Route> page_routes(Service& service);
http::Response page_error(const Error& error, const http::Request& request);

}  // namespace cairn::consent

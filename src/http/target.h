// Text of a request's head, taken apart: target, query, cookies, Accept, Host. Pure; every input is an outsider's.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/request.h"

namespace cairn::http {

/// `%C3%A9` → `é`. Error invalid: a `%` without two hex digits.
Result<std::string> percent_decode(std::string_view text);
/// As in a form: `+` is a space too.
Result<std::string> form_decode(std::string_view text);
/// Everything but unreserved characters becomes %XX, so the result fits in any part of a target.
std::string percent_encode(std::string_view text);

/// Fills path, parts, raw_query and query. Accepts the origin form, the absolute form (whose host is ignored: the
/// Host header decides) and `*`. Errors invalid: a bad escape, not UTF-8, a control character, a `.` or `..` part,
/// more than 64 parts, more than 256 query values.
Result<void> parse_target(std::string_view target, Request& request);
/// `a=1&b=x+y` in order. Errors as above.
Result<std::vector<Field>> parse_query(std::string_view text);

/// A Cookie header: pairs that are not well formed are skipped, as browsers' neighbours on a domain may send any.
void parse_cookies(std::string_view text, std::vector<Field>& out);

/// Whether an Accept header takes `type` (`text/html`): its own range, else `text/*`, else `*/*`; q=0 refuses.
bool accepts_type(std::string_view accept, std::string_view type);
/// Whether it names `type` itself, with q > 0: how a page is asked for, while `*/*` is what scripts send.
bool names_type(std::string_view accept, std::string_view type);
/// Whether an Accept-Encoding header takes gzip.
bool accepts_gzip(std::string_view accept_encoding);
/// Whether an If-None-Match header (`"a", W/"b"` or `*`) has this entity tag, compared weakly.
bool matches_tag(std::string_view if_none_match, std::string_view tag);

/// A name or address with an optional port, and nothing else.
bool is_host(std::string_view host);
/// Without the port: `shop.example:8080` → `shop.example`, `[::1]:80` → `[::1]`.
std::string_view host_name(std::string_view host);

}  // namespace cairn::http

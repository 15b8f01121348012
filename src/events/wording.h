// How senders write things: the many ways to say nothing, a time, or the name of what happened.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "base/zone.h"

namespace cairn::events {

/// True for words that senders write for nothing: null, none, nan, undefined, \N, in any case. Only identifiers, times
/// and kinds are compared with them: everybody whose id is `null` would become one person.
bool says_nothing(std::string_view text);

/// `Order Completed` for `order_completed`, `Completed Order`, `purchase`; what is not known stays as it is.
std::string kind_of(std::string_view text);

/// RFC 3339 and its relatives (see parse_moment), or a count since 1970: 10 digits seconds, 13 milliseconds, 16
/// microseconds. A time without an offset is read in `zone`.
Result<Time> parse_when(std::string_view text, const Zone& zone);

/// Whether a property of that name is an id, so that its digits stay text: `007` is not 7.
bool is_id_name(std::string_view name);

}  // namespace cairn::events

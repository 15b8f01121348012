// How an event's properties are typed.
#pragma once
#include "json/describe.h"

namespace cairn::query {

/// How a property's JSON is read. `money` is a decimal number (or decimal text) in major units; its currency stands in
/// the event's property `currency`, else it is the brand's. `time` is RFC 3339 text. `list` and `object` are kept as
/// they are.
enum class PropertyType { text, integer, number, money, boolean, time, list, object };
BOOST_DESCRIBE_ENUM(PropertyType, text, integer, number, money, boolean, time, list, object)

}  // namespace cairn::query

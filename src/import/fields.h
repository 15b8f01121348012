// What the columns of a CSV file, or the keys of a JSON object, are called for the same thing by different makers.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/zone.h"
#include "events/model.h"
#include "query/catalogue.h"

namespace cairn::import {

/// What a column is for.
enum class Field { kind, time, user_id, email, phone, anonymous_id, message_id, external, ignore, property };
inline constexpr size_t kFields = 10;

struct Meaning {
  Field field = Field::property;
  /// Among the names of one field the lowest wins; the others are properties.
  size_t rank = 0;
  /// The property's name, or the kind of the external identifier.
  std::string name = {};
};

/// The meaning of each of `names` together: `--map` first, then the known names (`event_time`, `eventTime` and
/// `Event Time` are one), a field once. Error: a mapped column that is not there.
Result<std::vector<Meaning>> meanings_of(const std::vector<std::string>& names,
                                         const std::vector<std::pair<std::string, std::string>>& mapped);
/// Of one name alone.
Meaning meaning_of(std::string_view name, const std::vector<std::pair<std::string, std::string>>& mapped);
/// `event, event_type, …`: the names known for a field.
std::string names_of(Field field);

/// True for words that files write for nothing: null, none, nan, undefined, \N, in any case. Only identifiers, times
/// and kinds are compared with them: everybody whose id is `null` would become one person.
bool says_nothing(std::string_view text);

/// `Order Completed` for `order_completed`, `Completed Order`, `purchase`; what is not known stays as it is.
std::string kind_of(std::string_view text);

/// RFC 3339 and its relatives (see parse_time), or a count since 1970: 10 digits seconds, 13 milliseconds, 16
/// microseconds. A time without an offset is read in `zone`.
Result<Time> parse_when(std::string_view text, const Zone& zone);

/// Whether a property of that name is an id, so that its digits stay text: `007` is not 7.
bool is_id_name(std::string_view name);
/// Digits that JSON and everybody else read as the same number.
bool is_plain_number(std::string_view text);

}  // namespace cairn::import

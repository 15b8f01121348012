// What the columns of a CSV file, or the keys of a JSON object, are called for the same thing by different makers.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
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

/// Digits that JSON and everybody else read as the same number.
bool is_plain_number(std::string_view text);

}  // namespace cairn::import

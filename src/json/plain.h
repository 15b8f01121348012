// Objects of plain members, as nearly all events are: read without taking memory, some five times as fast as Reader.
#pragma once
#include <string_view>
#include <vector>

#include "json/value.h"

namespace cairn::json {

/// Views are into the text that was read.
struct PlainMember {
  std::string_view key;
  std::string_view token;  ///< What stands between the quotes; or the number, true, false, null as it stands.
  bool is_text = false;
};

/// Reads an object whose members are texts of printable ASCII without escapes, numbers without an exponent, true, false
/// and null. False when it is anything else, right or wrong: read it with Reader. Keys may be there twice.
bool read_plain(std::string_view text, std::vector<PlainMember>& out);

/// The member's value, as Reader gives it.
Value value_of(const PlainMember& member);

}  // namespace cairn::json

// JSON text and values. Numbers are whole (64 bits, with or without sign) or double; a whole number too large for 64
// bits is a double. Objects keep the order of their keys; of a repeated key the last one counts.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "base/result.h"

namespace cairn::json {

using Value = boost::json::value;
using Object = boost::json::object;
using Array = boost::json::array;
using String = boost::json::string;

struct ParseLimits {
  size_t depth = 64;                ///< Arrays and objects inside one another.
  size_t bytes = 16 * 1024 * 1024;  ///< Of the whole text.
};

/// RFC 8259 text to a value; doubles are rounded correctly. Text must be UTF-8 with paired surrogates.
/// Errors: invalid, with line and column (both from 1, columns in bytes); too_large for limits.bytes.
Result<Value> parse(std::string_view text, ParseLimits limits = {});
/// The same, and invalid unless it is an object.
Result<Object> parse_object(std::string_view text, ParseLimits limits = {});

/// Compact text, UTF-8, always valid JSON: doubles in the fewest digits that read back as the same number (`0.55`; a
/// whole double like 5.0 is `5`), infinite ones and NaN are `null`, bytes that are not UTF-8 become U+FFFD.
std::string serialize(const Value& value);
/// Appends the same to `out`; the fast way to reuse a buffer.
void serialize_to(std::string& out, const Value& value);
void serialize_to(std::string& out, const Object& object);
/// For people: two spaces an indent, a member or element a line, no line break at the end.
std::string pretty(const Value& value);

/// Appends `text` as a JSON string with its quotes. For writers that do without a Value.
void append_text(std::string& out, std::string_view text);
/// Appends a number as serialize does.
void append_number(std::string& out, double number);

/// The member, or null when there is none.
const Value* find(const Object& object, std::string_view key);
/// The member when it is of that type. number_at takes whole numbers and doubles; int_at takes whole numbers that fit,
/// and doubles without a fraction below 2^53.
std::optional<std::string_view> text_at(const Object& object, std::string_view key);
std::optional<double> number_at(const Object& object, std::string_view key);
std::optional<int64_t> int_at(const Object& object, std::string_view key);

/// What a value is, for a message: `null`, `number 5`, `text "abc"`, `a list`, `an object`. Long text is cut.
std::string describe(const Value& value);

}  // namespace cairn::json

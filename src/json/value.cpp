#include "json/value.h"

#include <cmath>

#include "base/text.h"
#include "json/scalar.h"

namespace cairn::json {

const Value* find(const Object& object, std::string_view key) { return object.if_contains({key.data(), key.size()}); }

std::optional<std::string_view> text_at(const Object& object, std::string_view key) {
  const Value* value = find(object, key);
  if (!value || !value->is_string()) return std::nullopt;
  return std::string_view(value->get_string().data(), value->get_string().size());
}

std::optional<double> number_at(const Object& object, std::string_view key) {
  const Value* value = find(object, key);
  return value ? number_of(*value) : std::nullopt;
}

std::optional<int64_t> int_at(const Object& object, std::string_view key) {
  const Value* value = find(object, key);
  return value ? whole_of(*value) : std::nullopt;
}

std::optional<double> number_of(const Value& value) {
  if (value.is_double()) return value.get_double();
  if (value.is_int64()) return static_cast<double>(value.get_int64());
  if (value.is_uint64()) return static_cast<double>(value.get_uint64());
  return std::nullopt;
}

std::optional<int64_t> whole_of(const Value& value) {
  constexpr double kExact = 9007199254740992.0;  // 2^53: below it every whole double is that one number
  if (value.is_int64()) return value.get_int64();
  if (value.is_uint64() && value.get_uint64() <= INT64_MAX) return static_cast<int64_t>(value.get_uint64());
  if (!value.is_double()) return std::nullopt;
  double d = value.get_double();
  if (std::abs(d) >= kExact || d != std::trunc(d)) return std::nullopt;
  return static_cast<int64_t>(d);
}

std::string describe(const Value& value) {
  constexpr size_t kShown = 40;
  if (value.is_null()) return "null";
  if (value.is_bool()) return value.get_bool() ? "true" : "false";
  if (value.is_array()) return "a list";
  if (value.is_object()) return "an object";
  if (!value.is_string()) return "number " + serialize(value);
  std::string_view text(value.get_string().data(), value.get_string().size());
  if (text.size() <= kShown) return "text " + serialize(value);
  size_t end = kShown;  // not inside a character
  while ((static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  std::string out = "text ";
  append_text(out, text.substr(0, end));
  out.insert(out.size() - 1, "…");
  return out;
}

}  // namespace cairn::json

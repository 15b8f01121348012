#include "api/json_path.h"

#include <charconv>

namespace cairn::test {
namespace {

const json::Value* member(const json::Value* value, std::string_view key) {
  return value && value->is_object() ? json::find(value->as_object(), key) : nullptr;
}

std::string as_text(const json::Value& value) {
  if (value.is_string()) return std::string(value.as_string().data(), value.as_string().size());
  return json::serialize(value);
}

const json::Value* element_where(const json::Value* value, std::string_view key, std::string_view wanted) {
  if (!value || !value->is_array()) return nullptr;
  for (const json::Value& element : value->as_array())
    if (const json::Value* found = member(&element, key); found && as_text(*found) == wanted) return &element;
  return nullptr;
}

const json::Value* element_at(const json::Value* value, int64_t index) {
  if (!value || !value->is_array()) return nullptr;
  const json::Array& list = value->as_array();
  if (index < 0) index += static_cast<int64_t>(list.size());
  return index >= 0 && index < static_cast<int64_t>(list.size()) ? &list[static_cast<size_t>(index)] : nullptr;
}

Result<const json::Value*> step_in(const json::Value* value, std::string_view inside) {
  if (inside.size() >= 2 && inside.front() == '"' && inside.back() == '"')
    return member(value, inside.substr(1, inside.size() - 2));
  if (size_t equals = inside.find('='); equals != std::string_view::npos && equals > 0)
    return element_where(value, inside.substr(0, equals), inside.substr(equals + 1));
  int64_t index = 0;
  auto [end, error] = std::from_chars(inside.data(), inside.data() + inside.size(), index);
  if (error != std::errc() || end != inside.data() + inside.size())
    return fail(Code::invalid, "[{}] in a JSON path is neither a place, nor a key in quotes, nor key=value", inside);
  return element_at(value, index);
}

}  // namespace

Result<const json::Value*> find_path(const json::Value& value, std::string_view path) {
  if (!path.starts_with("$")) return fail(Code::invalid, "a JSON path starts with $");
  const json::Value* at = &value;
  std::string_view rest = path.substr(1);
  while (!rest.empty()) {
    if (rest[0] == '.') {
      size_t end = std::min(rest.find_first_of(".[", 1), rest.size());
      if (end == 1) return fail(Code::invalid, "{}: a dot without a name", path);
      at = member(at, rest.substr(1, end - 1));
      rest = rest.substr(end);
    } else {
      size_t end = rest[0] == '[' ? rest.find(']') : std::string_view::npos;
      if (end == std::string_view::npos) return fail(Code::invalid, "{}: not a JSON path", path);
      at = TRY(step_in(at, rest.substr(1, end - 1)));
      rest = rest.substr(end + 1);
    }
  }
  return at;
}

}  // namespace cairn::test

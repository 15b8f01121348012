#include "http/request.h"

#include <charconv>

#include "base/check.h"
#include "base/text.h"

namespace cairn::http {
namespace {

constexpr std::string_view kMethodNames[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

std::optional<std::string_view> value_of(const std::vector<Field>& fields, std::string_view name) {
  for (const Field& field : fields)
    if (field.name == name) return field.value;
  return std::nullopt;
}

}  // namespace

std::string_view method_name(Method method) { return kMethodNames[static_cast<int>(method)]; }

std::optional<Method> parse_method(std::string_view name) {
  for (size_t i = 0; i < std::size(kMethodNames); ++i)
    if (kMethodNames[i] == name) return static_cast<Method>(i);
  return std::nullopt;
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const Field& field : fields_)
    if (same_but_for_case(field.name, name)) return field.value;
  return std::nullopt;
}

std::optional<std::string_view> Headers::find_last(std::string_view name) const {
  for (auto field = fields_.rbegin(); field != fields_.rend(); ++field)
    if (same_but_for_case(field->name, name)) return field->value;
  return std::nullopt;
}

size_t Headers::count(std::string_view name) const {
  return static_cast<size_t>(std::count_if(fields_.begin(), fields_.end(),
                                           [&](const Field& field) { return same_but_for_case(field.name, name); }));
}

void Headers::set(std::string_view name, std::string_view value) {
  remove(name);
  add(name, value);
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [&](const Field& field) { return same_but_for_case(field.name, name); });
}

const std::string& Request::param(std::string_view name) const {
  for (const Field& field : params)
    if (field.name == name) return field.value;
  CHECK(false, "route {} has no parameter {}", route, name);
}

std::optional<std::string_view> Request::query_value(std::string_view name) const { return value_of(query, name); }

std::optional<std::string_view> Request::cookie(std::string_view name) const { return value_of(cookies, name); }

Result<int64_t> query_int(const Request& request, std::string_view name, int64_t fallback, int64_t low, int64_t high) {
  std::optional<std::string_view> text = request.query_value(name);
  if (!text) return fallback;
  int64_t value = 0;
  auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  bool is_whole = error == std::errc() && end == text->data() + text->size();
  if (!is_whole || value < low || value > high)
    return fail_at(std::string(name), "{} must be a whole number from {} to {}, not \"{}\"", name, low, high, *text);
  return value;
}

}  // namespace cairn::http

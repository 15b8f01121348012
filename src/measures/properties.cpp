#include "measures/properties.h"

#include <charconv>
#include <cmath>

#include "base/text.h"
#include "json/scalar.h"

namespace cairn::measures {
namespace {

std::string_view view(const json::String& text) { return {text.data(), text.size()}; }

std::optional<double> number_in(std::string_view text) {
  text = trim(text);
  double out = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(out)) return std::nullopt;
  return out;
}

}  // namespace

std::optional<int64_t> minor_of(const json::Value& value, Currency currency) {
  std::string text;
  if (value.is_string()) text = view(value.get_string());
  else if (value.is_double()) json::append_number(text, value.get_double());
  else if (auto whole = json::whole_of(value)) text = std::to_string(*whole);
  if (trim(text).empty()) return std::nullopt;
  auto minor = parse_minor(text, currency);
  return minor ? std::optional(*minor) : std::nullopt;
}

Properties::Properties(std::string_view json, const Reading& reading) : reading_(reading) {
  if (auto object = json::parse_object(json)) object_ = std::move(*object);
  std::string currency = to_lower(text("currency"));
  other_currency_ = !currency.empty() && currency != to_lower(reading.currency.code());
}

std::string Properties::text(std::string_view key) const {
  const json::Value* value = json::find(object_, key);
  if (!value) return {};
  if (value->is_string()) return std::string(view(value->get_string()));
  if (auto whole = json::whole_of(*value)) return std::to_string(*whole);
  return {};
}

std::optional<double> Properties::number(std::string_view key) const {
  const json::Value* value = json::find(object_, key);
  if (!value) return std::nullopt;
  if (value->is_string()) return number_in(view(value->get_string()));
  return json::number_of(*value);
}

std::optional<int64_t> Properties::whole(std::string_view key) const {
  std::optional<double> n = number(key);
  if (!n || std::floor(*n) != *n || std::abs(*n) > 9e15) return std::nullopt;
  return static_cast<int64_t>(*n);
}

std::optional<bool> Properties::flag(std::string_view key) const {
  const json::Value* value = json::find(object_, key);
  if (!value) return std::nullopt;
  if (value->is_bool()) return value->get_bool();
  std::string said = to_lower(text(key));
  if (said == "true" || said == "1" || said == "yes") return true;
  if (said == "false" || said == "0" || said == "no") return false;
  return std::nullopt;
}

std::optional<Time> Properties::time(std::string_view key) const {
  const json::Value* value = json::find(object_, key);
  if (!value || !value->is_string()) return std::nullopt;
  auto moment = parse_moment(view(value->get_string()), reading_.zone);
  return moment ? std::optional(*moment) : std::nullopt;
}

Amount Properties::money_of(const json::Value& value) const {
  std::optional<int64_t> minor = minor_of(value, reading_.currency);
  if (!minor) return {};
  if (other_currency_) return {std::nullopt, true};
  return {minor, false};
}

Amount Properties::money(std::string_view key) const {
  const json::Value* value = json::find(object_, key);
  return value ? money_of(*value) : Amount{};
}

const json::Array* Properties::list(std::string_view key) const {
  const json::Value* value = json::find(object_, key);
  return value && value->is_array() ? &value->get_array() : nullptr;
}

}  // namespace cairn::measures

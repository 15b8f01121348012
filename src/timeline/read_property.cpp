#include <charconv>
#include <cmath>
#include <optional>

#include "base/text.h"
#include "json/scalar.h"
#include "timeline/batch.h"

namespace cairn::timeline {
namespace {

using query::Property;
using query::PropertyType;

std::string_view view(const json::Value& text) { return {text.get_string().data(), text.get_string().size()}; }

/// Text, or a whole number's digits.
std::string text_of(const json::Value& value) {
  if (value.is_string()) return std::string(view(value));
  auto whole = json::whole_of(value);
  return whole ? std::to_string(*whole) : std::string();
}

std::optional<double> number_of(const json::Value& value) {
  if (!value.is_string()) return json::number_of(value);
  std::string_view text = trim(view(value));
  double out = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  bool is_number = error == std::errc() && end == text.data() + text.size() && std::isfinite(out);
  return is_number ? std::optional(out) : std::nullopt;
}

std::optional<int64_t> integer_of(const json::Value& value) {
  constexpr double kWhole = 9007199254740992.0;  // 2^53
  std::optional<double> number = number_of(value);
  bool is_whole = number && std::floor(*number) == *number && std::fabs(*number) <= kWhole;
  return is_whole ? std::optional(static_cast<int64_t>(*number)) : std::nullopt;
}

/// Whether the event's amounts are in the brand's currency.
bool is_ours(const json::Object& event, Currency currency) {
  if (!currency.is_set()) return false;
  const json::Value* stated = json::find(event, "currency");
  if (!stated) return true;
  std::string said = text_of(*stated);
  return said.empty() || to_lower(said) == to_lower(currency.code());
}

std::optional<int64_t> minor_of(const json::Value& value, Currency currency) {
  std::string text;
  if (value.is_double()) json::append_number(text, value.get_double());
  else text = text_of(value);
  if (trim(text).empty()) return std::nullopt;
  auto minor = parse_minor(text, currency);
  return minor ? std::optional(*minor) : std::nullopt;
}

std::optional<int64_t> money_of(const json::Value& value, const json::Object& event, Currency currency) {
  return is_ours(event, currency) ? minor_of(value, currency) : std::nullopt;
}

std::optional<bool> boolean_of(const json::Value& value) {
  if (value.is_bool()) return value.get_bool();
  std::string said = to_lower(text_of(value));
  if (said == "true" || said == "1" || said == "yes") return true;
  if (said == "false" || said == "0" || said == "no") return false;
  return std::nullopt;
}

std::optional<int64_t> time_of(const json::Value& value, const Zone& zone) {
  static const int64_t kFirst = int64_t{day_of({1, 1, 1}).days} * days(1).micros;
  static const int64_t kEnd = int64_t{day_of({9999, 12, 31}).days + 1} * days(1).micros;
  if (!value.is_string()) return std::nullopt;
  auto moment = parse_moment(view(value), zone);
  // An offset can push a day of the first or last year out of the years that there are.
  if (!moment || moment->micros < kFirst || moment->micros >= kEnd) return std::nullopt;
  return moment->micros;
}

/// As the JSON told it.
void add_told(const json::Value& value, ColumnBuilder& out) {
  if (value.is_bool()) out.add_truth(value.get_bool());
  else if (value.is_string()) out.add_text(view(value));
  else if (auto number = json::number_of(value)) out.add_number(*number);
  else out.add_unknown();
}

void add_whole(std::optional<int64_t> value, ColumnBuilder& out) {
  if (value) out.add_integer(*value);
  else out.add_unknown();
}

void add_list(const json::Value& value, const Property& property, const json::Object& event, const Reading& reading,
              ColumnBuilder& out) {
  if (!value.is_array()) return out.add_unknown();
  for (const json::Value& element : value.get_array()) {
    uint32_t row = out.elements().rows();
    add_told(element, out.elements());
    if (!element.is_object()) continue;
    for (size_t i = 0; i < property.items.size(); ++i) {
      const json::Value* inner = json::find(element.get_object(), property.items[i].name);
      if (!inner) continue;
      out.item(i).skip_to(row);
      read_property(*inner, property.items[i], event, reading, out.item(i));
    }
  }
  out.add_list();
}

}  // namespace

void read_property(const json::Value& value, const Property& property, const json::Object& event,
                   const Reading& reading, ColumnBuilder& out) {
  if (!property.declared) return add_told(value, out);
  switch (property.type) {
    case PropertyType::text: return out.add_text(text_of(value));
    case PropertyType::integer: return add_whole(integer_of(value), out);
    case PropertyType::money: return add_whole(money_of(value, event, reading.currency), out);
    case PropertyType::time: return add_whole(time_of(value, reading.zone), out);
    case PropertyType::list: return add_list(value, property, event, reading, out);
    case PropertyType::object: return out.add_unknown();
    case PropertyType::number: {
      std::optional<double> number = number_of(value);
      return number ? out.add_number(*number) : out.add_unknown();
    }
    case PropertyType::boolean: {
      std::optional<bool> truth = boolean_of(value);
      return truth ? out.add_truth(*truth) : out.add_unknown();
    }
  }
}

Refund refund_in(const json::Object& event, const Reading& reading) {
  const json::Value* total = json::find(event, "total");
  if (total && number_of(*total)) return {money_of(*total, event, reading.currency)};
  if (auto lines = lines_in(event, reading)) return {lines->minor};
  return {std::nullopt, true};
}

std::optional<ProductLines> lines_in(const json::Object& event, const Reading& reading) {
  const json::Value* list = json::find(event, "products");
  if (!list || !list->is_array()) return std::nullopt;
  ProductLines out;
  bool is_priced = !list->get_array().empty() && reading.currency.is_set();
  __int128 sum = 0;
  for (const json::Value& line : list->get_array()) {
    if (!line.is_object()) continue;
    const json::Value* price = json::find(line.get_object(), "price");
    const json::Value* told = json::find(line.get_object(), "quantity");
    // What a line says of its own currency does not count, unless the event says nothing.
    const json::Object& says = json::find(event, "currency") ? event : line.get_object();
    std::optional<int64_t> minor = price ? money_of(*price, says, reading.currency) : std::nullopt;
    int64_t quantity = std::clamp<int64_t>((told ? integer_of(*told) : std::nullopt).value_or(1), 0, 1'000'000);
    out.units += quantity;
    is_priced = is_priced && minor;
    if (minor) sum += static_cast<__int128>(*minor) * quantity;
  }
  if (is_priced && sum >= INT64_MIN && sum <= INT64_MAX) out.minor = static_cast<int64_t>(sum);
  return out;
}

bool is_elsewhere(const json::Object& event, const Reading& reading) {
  if (!reading.currency.is_set() || is_ours(event, reading.currency)) return false;
  for (std::string_view name : {"total", "revenue", "amount", "value"}) {
    const json::Value* told = json::find(event, name);
    if (told && minor_of(*told, reading.currency)) return true;
  }
  return false;
}

void read_derived(Derived what, const json::Object& event, const Reading& reading, ColumnBuilder& out) {
  auto truth = [&](bool is_so) { return is_so ? out.add_truth(true) : out.add_unknown(); };
  switch (what) {
    case Derived::refund: return add_whole(refund_in(event, reading).minor, out);
    case Derived::refund_all: return truth(refund_in(event, reading).all);
    case Derived::elsewhere: return truth(is_elsewhere(event, reading));
    case Derived::units: {
      auto lines = lines_in(event, reading);
      return add_whole(lines && lines->units > 0 ? std::optional(lines->units) : std::nullopt, out);
    }
    case Derived::lines: {
      auto lines = lines_in(event, reading);
      return add_whole(lines ? lines->minor : std::nullopt, out);
    }
    case Derived::comment: {
      const json::Value* comment = json::find(event, "comment");
      return truth(comment && !trim(text_of(*comment)).empty());
    }
  }
}

}  // namespace cairn::timeline

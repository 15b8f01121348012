#include "measures/properties.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <deque>
#include <string>

#include "base/text.h"
#include "events/kinds.h"
#include "json/scalar.h"
#include "json/value.h"
#include "timeline/schema.h"

namespace cairn::measures {
namespace {

using query::PropertyType;

std::string_view view(const json::Value& text) { return {text.get_string().data(), text.get_string().size()}; }

/// Text, or the digits of a whole number: ids come as both.
std::string text_of(const json::Value& value) {
  if (value.is_string()) return std::string(view(value));
  auto whole = json::whole_of(value);
  return whole ? std::to_string(*whole) : std::string();
}

/// A number, or text that is one.
std::optional<double> number_of(const json::Value& value) {
  if (!value.is_string()) return json::number_of(value);
  std::string_view text = trim(view(value));
  double out = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(out)) return std::nullopt;
  return out;
}

std::optional<int64_t> whole_of(const json::Value& value) {
  std::optional<double> n = number_of(value);
  if (!n || std::floor(*n) != *n || std::abs(*n) > 0x1p53) return std::nullopt;
  return static_cast<int64_t>(*n);
}

std::optional<bool> truth_of(const json::Value& value) {
  if (value.is_bool()) return value.get_bool();
  std::string said = to_lower(text_of(value));
  if (said == "true" || said == "1" || said == "yes") return true;
  if (said == "false" || said == "0" || said == "no") return false;
  return std::nullopt;
}

std::optional<Time> time_of(const json::Value& value, const Zone& zone) {
  if (!value.is_string()) return std::nullopt;
  auto moment = parse_moment(view(value), zone);
  static const Day kFirst = day_of({1, 1, 1}), kLast = day_of({9999, 12, 31});
  // An offset can push a day of the first or last year out of the years that there are.
  if (!moment || Zone().day(*moment) < kFirst || Zone().day(*moment) > kLast) return std::nullopt;
  return *moment;
}

/// Decimal number or text in major units, exactly.
std::optional<int64_t> minor_of(const json::Value& value, Currency currency) {
  std::string text;
  if (value.is_double()) json::append_number(text, value.get_double());
  else text = text_of(value);
  if (!currency.is_set() || trim(text).empty()) return std::nullopt;
  auto minor = parse_minor(text, currency);
  return minor ? std::optional(*minor) : std::nullopt;
}

/// Whether what says its currency says the brand's, or nothing.
bool is_ours(const json::Object& says, Currency currency) {
  const json::Value* told = json::find(says, "currency");
  std::string text = told ? to_lower(text_of(*told)) : "";
  return text.empty() || text == to_lower(currency.code());
}

/// The kinds of the catalogue by KindRef; null for `other`.
const query::Kind* declared(KindRef kind) {
  static const auto kinds = [] {
    std::array<const query::Kind*, kKindRefs> out{};
    for (size_t i = 1; i < kKindRefs; ++i) out[i] = events::declared_kinds().find_stream(name_of(KindRef(i)));
    return out;
  }();
  return kinds[static_cast<size_t>(kind)];
}

}  // namespace

std::string_view column_name(Name name) {
  switch (name) {
    case Name::refund: return timeline::kRefundColumn;
    case Name::refund_all: return timeline::kRefundAllColumn;
    case Name::units: return timeline::kUnitsColumn;
    case Name::lines: return timeline::kLinesColumn;
    case Name::elsewhere: return timeline::kElsewhereColumn;
    case Name::comment: return timeline::kCommentColumn;
    default: return json::enum_name(name);
  }
}

/// The plain way. It shares nothing with how timelines are read, which it judges.
struct Properties::Json {
  KindRef kind;
  const Reading& reading;
  json::Object object = {};
  mutable std::deque<std::string> texts = {};

  const json::Value* find(Name name, PropertyType type) const {
    std::string_view text = json::enum_name(name);
    const query::Property* property = declared(kind) ? declared(kind)->find(text) : nullptr;
    return property && property->type == type ? json::find(object, text) : nullptr;
  }
  std::optional<int64_t> amount(const json::Value& value, const json::Object& says) const {
    return is_ours(says, reading.currency) ? minor_of(value, reading.currency) : std::nullopt;
  }

  struct Lines {
    int64_t units = 0;
    std::optional<int64_t> minor;
  };
  /// Of `products`; what they cost is unknown as soon as one price is, or without any.
  std::optional<Lines> lines() const {
    const json::Value* list = json::find(object, "products");
    if (!list || !list->is_array()) return std::nullopt;
    Lines out;
    bool is_priced = !list->get_array().empty() && reading.currency.is_set();
    __int128 sum = 0;
    for (const json::Value& element : list->get_array()) {
      if (!element.is_object()) continue;
      const json::Object& line = element.get_object();
      const json::Value* told = json::find(line, "quantity");
      int64_t quantity = std::clamp<int64_t>((told ? whole_of(*told) : std::nullopt).value_or(1), 0, 1'000'000);
      out.units += quantity;
      // A line has a currency of its own where the event has none.
      const json::Value* price = json::find(line, "price");
      auto minor = price ? amount(*price, json::find(object, "currency") ? object : line) : std::nullopt;
      is_priced = is_priced && minor;
      sum += static_cast<__int128>(minor.value_or(0)) * quantity;
    }
    if (is_priced && sum >= INT64_MIN && sum <= INT64_MAX) out.minor = static_cast<int64_t>(sum);
    return out;
  }

  bool has_total() const {
    const json::Value* total = json::find(object, "total");
    return total && number_of(*total);
  }
  bool is_elsewhere() const {
    if (is_ours(object, reading.currency)) return false;
    for (const char* name : {"total", "revenue", "amount", "value"})
      if (const json::Value* told = json::find(object, name); told && minor_of(*told, reading.currency)) return true;
    return false;
  }

  std::optional<int64_t> whole(Name name) const {
    switch (name) {
      case Name::refund:
        if (has_total()) return amount(*json::find(object, "total"), object);
        [[fallthrough]];
      case Name::lines: {
        auto told = lines();
        return told ? told->minor : std::nullopt;
      }
      case Name::units: {
        auto told = lines();
        return told && told->units > 0 ? std::optional(told->units) : std::nullopt;
      }
      default: break;
    }
    if (const json::Value* money = find(name, PropertyType::money)) return amount(*money, object);
    const json::Value* value = find(name, PropertyType::integer);
    return value ? whole_of(*value) : std::nullopt;
  }

  std::optional<bool> truth(Name name) const {
    switch (name) {
      case Name::refund_all: return !has_total() && !lines();
      case Name::elsewhere: return reading.currency.is_set() && is_elsewhere();
      case Name::comment: {
        const json::Value* comment = json::find(object, "comment");
        return comment && !trim(text_of(*comment)).empty();
      }
      default: break;
    }
    const json::Value* value = find(name, PropertyType::boolean);
    return value ? truth_of(*value) : std::nullopt;
  }
};

Properties::Properties(const Event& event, const Reading& reading) : columns_(event.columns), row_(event.row) {
  if (columns_) return;
  json_ = std::make_unique<Json>(Json{event.kind, reading});
  if (auto object = json::parse_object(event.properties)) json_->object = std::move(*object);
}
Properties::~Properties() = default;

std::string_view Properties::text_in_json(Name name) const {
  const json::Value* value = json_->find(name, PropertyType::text);
  return value ? std::string_view(json_->texts.emplace_back(text_of(*value))) : std::string_view();
}

std::optional<double> Properties::number(Name name) const {
  if (columns_) {
    const timeline::Column* column = known(name);
    return column ? std::optional(column->number(row_)) : std::nullopt;
  }
  const json::Value* value = json_->find(name, PropertyType::number);
  auto number = value ? number_of(*value) : std::nullopt;
  return number ? std::optional(*number + 0.0) : std::nullopt;  // minus zero is zero
}

std::optional<int64_t> Properties::whole(Name name) const {
  if (!columns_) return json_->whole(name);
  const timeline::Column* column = known(name);
  return column ? std::optional(column->integer(row_)) : std::nullopt;
}

std::optional<bool> Properties::truth(Name name) const {
  if (!columns_) return json_->truth(name);
  const timeline::Column* column = known(name);
  return column ? std::optional(column->boolean(row_)) : std::nullopt;
}

std::optional<Time> Properties::time(Name name) const {
  if (columns_) {
    const timeline::Column* column = known(name);
    return column ? std::optional(Time{column->integer(row_)}) : std::nullopt;
  }
  const json::Value* value = json_->find(name, PropertyType::time);
  return value ? time_of(*value, json_->reading.zone) : std::nullopt;
}

}  // namespace cairn::measures

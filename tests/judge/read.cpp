#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "json/scalar.h"
#include "judge/judge.h"

namespace cairn::judge {
namespace {

using query::Property;
using query::PropertyType;

constexpr double kWhole = 9007199254740992.0;  // 2^53

std::string text_of(const json::Value& value) {
  if (value.is_string()) return std::string(value.get_string().data(), value.get_string().size());
  if (auto whole = json::whole_of(value)) return std::to_string(*whole);
  return {};
}

Value number_of(const json::Value& value) {
  if (!value.is_string()) {
    auto number = json::number_of(value);
    return number ? Value(*number) : Value();
  }
  std::string held = text_of(value);
  std::string_view text = trim(held);
  double number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool whole_text = error == std::errc() && end == text.data() + text.size();
  return whole_text ? Value(number) : Value();
}

Value integer_of(const json::Value& value) {
  Value number = number_of(value);
  const double* n = number.get<double>();
  return n && std::floor(*n) == *n && std::fabs(*n) <= kWhole ? number : Value();
}

Value money_of(const json::Value& value, const json::Object& event, const Brand& brand) {
  const json::Value* stated = json::find(event, "currency");
  std::string currency = stated ? to_lower(text_of(*stated)) : "";
  if (!brand.currency.is_set()) return {};
  if (!currency.empty() && currency != to_lower(brand.currency.code())) return {};
  std::string text;
  if (value.is_double()) json::append_number(text, value.get_double());
  else text = text_of(value);
  if (trim(text).empty()) return {};
  auto minor = parse_minor(text, brand.currency);
  return minor ? Value(Money{*minor, brand.currency}) : Value();
}

Value boolean_of(const json::Value& value) {
  if (value.is_bool()) return value.get_bool();
  std::string said = to_lower(text_of(value));
  if (said == "true" || said == "1" || said == "yes") return true;
  if (said == "false" || said == "0" || said == "no") return false;
  return {};
}

Value time_of(const json::Value& value, const Brand& brand) {
  if (!value.is_string()) return {};
  auto moment = parse_moment(text_of(value), brand.zone);
  return moment && parse_time(to_rfc3339(*moment)) ? Value(*moment) : Value();
}

/// As the JSON told it.
Value told(const json::Value& value) {
  if (value.is_bool()) return value.get_bool();
  if (value.is_string()) return value.get_string().empty() ? Value() : Value(text_of(value));
  auto number = json::number_of(value);
  return number ? Value(*number) : Value();
}

Value typed(const json::Value& value, const Property& property, const json::Object& event, const Brand& brand) {
  if (!property.declared) return told(value);
  switch (property.type) {
    case PropertyType::text: {
      std::string text = text_of(value);
      return text.empty() ? Value() : Value(text);
    }
    case PropertyType::integer: return integer_of(value);
    case PropertyType::number: return number_of(value);
    case PropertyType::money: return money_of(value, event, brand);
    case PropertyType::boolean: return boolean_of(value);
    case PropertyType::time: return time_of(value, brand);
    case PropertyType::list: {
      if (!value.is_array()) return {};
      Value::List out;
      for (const json::Value& element : value.get_array())
        if (Value one = told(element); one.is_known()) out.push_back(one);
      return out;
    }
    case PropertyType::object: break;
  }
  return {};
}

Value items_of(const json::Value& list, const Property& item, const json::Object& event, const Brand& brand) {
  if (!list.is_array()) return {};
  Value::List out;
  for (const json::Value& element : list.get_array()) {
    const json::Value* inner = element.is_object() ? json::find(element.get_object(), item.name) : nullptr;
    Value one = inner ? typed(*inner, item, event, brand) : Value();
    if (one.is_known()) out.push_back(one);
  }
  return out;
}

}  // namespace

Value read(const json::Object& properties, const Property& property, const Brand& brand) {
  const json::Value* value = json::find(properties, property.name);
  return value ? typed(*value, property, properties, brand) : Value();
}

Value read(const Row& row, std::string_view name, std::string_view item, const Brand& brand) {
  const query::Kind* kind = brand.catalogue->find_stream(row.stream);
  const Property* property = kind ? kind->find(name) : nullptr;
  if (!property) return {};
  if (item.empty()) return read(row.properties, *property, brand);
  const json::Value* list = json::find(row.properties, name);
  for (const Property& inner : property->items)
    if (list && inner.name == item) return items_of(*list, inner, row.properties, brand);
  return {};
}

bool is_true(const Value& value) {
  const bool* truth = value.get<bool>();
  return truth && *truth;
}

bool comes_before(const Value& a, const Value& b) {
  if (a.data().index() != b.data().index()) return a.data().index() < b.data().index();
  if (const bool* x = a.get<bool>()) return !*x && b.as<bool>();
  if (const double* x = a.get<double>()) return *x < b.as<double>();
  if (const Money* x = a.get<Money>())
    return std::pair(x->currency, x->minor) < std::pair(b.as<Money>().currency, b.as<Money>().minor);
  if (const std::string* x = a.get<std::string>()) return *x < b.as<std::string>();
  if (const Time* x = a.get<Time>()) return *x < b.as<Time>();
  if (const Duration* x = a.get<Duration>()) return *x < b.as<Duration>();
  if (const Value::List* x = a.get<Value::List>()) {
    const Value::List& y = b.as<Value::List>();
    return std::lexicographical_compare(x->begin(), x->end(), y.begin(), y.end(), comes_before);
  }
  return false;
}

namespace {

Day first_of(query::Bucket bucket, Day day, int n, int first_weekday) {
  CivilDate date = civil_of(day);
  auto month = [&](int length) {
    int count = (date.year * 12 + date.month - 1) / length + n;
    return day_of({count * length / 12, count * length % 12 + 1, 1});
  };
  switch (bucket) {
    case query::Bucket::week: {
      int weekday = ((day.days + 3) % 7 + 7) % 7 + 1;  // 1970-01-01 was a Thursday, 4
      return {day.days - (weekday - first_weekday + 7) % 7 + 7 * n};
    }
    case query::Bucket::month: return month(1);
    case query::Bucket::quarter: return month(3);
    case query::Bucket::year: return month(12);
    default: return {day.days + n};
  }
}

}  // namespace

Time bucket_start(query::Bucket bucket, Time t, const Brand& brand, int n) {
  if (bucket != query::Bucket::hour)
    return brand.zone.start_of(first_of(bucket, brand.zone.day(t), n, brand.first_weekday));
  // An hour of the wall clock: where the clock is set back, both readings of it are one.
  int64_t micros = brand.zone.local(t).micros;
  int64_t hour = micros / 3'600'000'000LL - (micros % 3'600'000'000LL < 0 ? 1 : 0);
  return brand.zone.moment({(hour + n) * 3'600'000'000LL});
}

}  // namespace cairn::judge

#include "query/value.h"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>

namespace cairn::query {
namespace {

/// Whole numbers below this are written without a point and without an exponent.
constexpr double kPlainBelow = 1e15;
constexpr double kPlainFrom = 1e-6;

struct Unit {
  int64_t micros;
  std::string_view name;
};
constexpr std::array kUnits = {Unit{86'400'000'000, "day"}, Unit{3'600'000'000, "hour"}, Unit{60'000'000, "minute"},
                               Unit{1'000'000, "second"}};

std::string list_text(const Value::List& list) {
  std::string out = "(";
  for (const Value& item : list) {
    if (out.size() > 1) out += ", ";
    out += to_text(item);
  }
  return out + ')';
}

}  // namespace

Value::Value(double number) {
  if (std::isfinite(number)) data_ = number + 0.0;
}

bool Value::operator==(const Value& other) const {
  if (data_.index() != other.data_.index()) return false;
  if (const double* number = get<double>())
    return std::bit_cast<uint64_t>(*number) == std::bit_cast<uint64_t>(other.as<double>());
  return data_ == other.data_;
}

std::string to_text(Type type) {
  if (type.base == BaseType::any) return "undeclared";
  std::string out(json::enum_name(type.base));
  if (type.base == BaseType::list) out += " of " + to_text(Type{type.element});
  return out;
}

std::string to_text(double number) {
  double size = std::fabs(number);
  bool plain = number == 0 || (size >= kPlainFrom && size < kPlainBelow);
  std::array<char, 64> text;
  auto form = plain ? std::chars_format::fixed : std::chars_format::scientific;
  auto end = std::to_chars(text.data(), text.data() + text.size(), number, form).ptr;
  return {text.data(), end};
}

std::string to_text(Duration duration) {
  for (const Unit& unit : kUnits) {
    if (duration.micros % unit.micros != 0) continue;
    int64_t n = duration.micros / unit.micros;
    if (n == 0) return "0 days";
    return fmt::format("{} {}{}", n, unit.name, n == 1 ? "" : "s");
  }
  int64_t second = duration.micros / 1'000'000;
  std::string fraction = fmt::format("{:06}", std::abs(duration.micros % 1'000'000));
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return fmt::format("{}{}.{} seconds", duration.micros < 0 ? "-" : "", std::abs(second), fraction);
}

std::string to_text(Money money) {
  std::string amount = to_decimal(money.minor, money.currency);
  size_t point = amount.find('.');
  if (point != amount.npos && amount.find_first_not_of('0', point + 1) == amount.npos) amount.resize(point);
  return fmt::format("{} {}", amount, money.currency.code());
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\', out += c;
    else if (c == '\n') out += "\\n";
    else if (c == '\t') out += "\\t";
    else if (c == '\r') out += "\\r";
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) out += fmt::format("\\u{:04x}", static_cast<int>(c));
    else out += c;
  }
  return out + '"';
}

std::string to_text(const Value& value) {
  if (const bool* b = value.get<bool>()) return *b ? "true" : "false";
  if (const double* number = value.get<double>()) return to_text(*number);
  if (const Money* money = value.get<Money>()) return to_text(*money);
  if (const std::string* text = value.get<std::string>()) return quoted(*text);
  if (const Time* time = value.get<Time>()) return to_rfc3339(*time);
  if (const Duration* duration = value.get<Duration>()) return to_text(*duration);
  if (const Value::List* list = value.get<Value::List>()) return list_text(*list);
  return "unknown";
}

}  // namespace cairn::query

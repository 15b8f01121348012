// What a query works on: values, and the types that the checker gives to expressions.
//
// Exactness, the same in every evaluator, so that answers agree to the bit:
// 1. A number is a double. It is never NaN, never infinite, never minus zero: what would be one of the first two is
//    unknown, and minus zero is zero. Whole numbers are exact up to 2^53.
// 2. Money, time and duration are whole: minor units and microseconds in 64 bits. What does not fit is unknown. Where a
//    fraction comes up (money × number, an average) it is rounded once, half away from zero.
// 3. Unknown is a value of every type.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/money.h"
#include "base/time.h"
#include "json/describe.h"

namespace cairn::query {

/// `any`: an undeclared property; each of its values is a number, a text or a boolean as the event's JSON told it.
enum class BaseType : uint8_t { any, number, money, text, boolean, time, duration, list };
BOOST_DESCRIBE_ENUM(BaseType, any, number, money, text, boolean, time, duration, list)

struct Type {
  BaseType base = BaseType::any;
  BaseType element = BaseType::any;  ///< Of a list.
  constexpr bool operator==(const Type&) const = default;
};
/// `number`, `list of text`; `any` is called 'undeclared'.
std::string to_text(Type type);

struct Unknown {
  constexpr bool operator==(const Unknown&) const = default;
};

/// One value. Default-made it is unknown.
class Value {
 public:
  using List = std::vector<Value>;
  using Data = std::variant<Unknown, bool, double, Money, std::string, Time, Duration, List>;

  Value() = default;
  Value(bool b) : data_(b) {}
  /// Minus zero becomes zero; NaN and the infinite become unknown.
  Value(double number);
  Value(Money money) : data_(money) {}
  Value(std::string text) : data_(std::move(text)) {}
  Value(std::string_view text) : data_(std::string(text)) {}
  Value(const char* text) : data_(std::string(text)) {}
  Value(Time time) : data_(time) {}
  Value(Duration duration) : data_(duration) {}
  Value(List list) : data_(std::move(list)) {}

  bool is_known() const { return !std::holds_alternative<Unknown>(data_); }
  template <class T>
  bool is() const {
    return std::holds_alternative<T>(data_);
  }
  /// REQUIRES is<T>().
  template <class T>
  const T& as() const {
    return std::get<T>(data_);
  }
  /// Null unless it is one.
  template <class T>
  const T* get() const {
    return std::get_if<T>(&data_);
  }
  const Data& data() const { return data_; }

  /// To the bit, and an unknown is an unknown: for tests and for finding what changed, not the language's `=`.
  bool operator==(const Value& other) const;

 private:
  Data data_;
};

/// As a query writes it: `3`, `541.50 EUR`, `"FR"`, `true`, `2026-01-05T10:00:00Z`, `2 days`, `("a", "b")`, `unknown`.
std::string to_text(const Value& value);
std::string to_text(double number);
/// `90 days`, `36 hours`, `0.5 seconds`: the largest unit, up to days, of which it is a whole number.
std::string to_text(Duration duration);
std::string to_text(Money money);
/// In double quotes, with `"`, `\` and control characters escaped.
std::string quoted(std::string_view text);

}  // namespace cairn::query

// Money in whole minor units (cents) with its ISO 4217 currency. Never a double.
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cairn {

/// An ISO 4217 code, `EUR`. Default-made it is "no currency", which no amount has.
class Currency {
 public:
  constexpr Currency() = default;
  /// Error invalid unless it is three ASCII letters of a code in use (lower case is accepted).
  static Result<Currency> parse(std::string_view code);
  std::string_view code() const { return {code_.data(), code_[0] ? 3u : 0u}; }
  /// Digits after the point: 2 for most, 0 for JPY, 3 for TND.
  int digits() const;
  constexpr bool is_set() const { return code_[0] != 0; }
  constexpr auto operator<=>(const Currency&) const = default;

 private:
  std::array<char, 3> code_{};
};

struct Money {
  int64_t minor = 0;
  Currency currency;
  constexpr bool operator==(const Money&) const = default;
};

/// Decimal text to minor units: `541.0`, `-0.99`, `1,234.50` and `1 234,50` (a grouping sign is one that comes before
/// the other kind, or is followed by exactly three digits more than once). Digits beyond the currency's are rounded
/// half away from zero. Error invalid: what was found; over ±9.2e16 minor units.
Result<int64_t> parse_minor(std::string_view text, Currency currency);
/// `1428602.81` — plain, for machines.
std::string to_decimal(int64_t minor, Currency currency);

}  // namespace cairn

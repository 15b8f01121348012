// Reading single values, and where in a document one stands: what codec.h is made of.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/money.h"
#include "base/time.h"
#include "json/value.h"

namespace cairn::json {

/// A place in a document; lives on the stack of the decoder, so a path costs nothing until an error needs it.
class Place {
 public:
  Place() = default;
  Place member(std::string_view key) const { return Place(this, key, 0); }
  Place element(size_t index) const { return Place(this, {}, index); }
  /// `orders[2].total`, empty for the document itself.
  std::string path() const;

 private:
  Place(const Place* up, std::string_view key, size_t index) : up_(up), key_(key), index_(index) {}
  const Place* up_ = nullptr;
  std::string_view key_;
  size_t index_ = 0;
};

/// Error invalid at the place: `expected a whole number, found text "a"`.
tl::unexpected<Error> fail_expected(const Place& place, std::string_view expected, const Value& found);
tl::unexpected<Error> fail_missing(const Place& place, std::string_view key);
/// Names the known key that was likely meant.
tl::unexpected<Error> fail_unknown(const Place& place, std::string_view key, std::vector<std::string_view> known);
/// The error with the place as its field.
tl::unexpected<Error> fail_with(const Place& place, Error error);

/// Any number as a double; a number without fraction as an integer (a double only below 2^53).
std::optional<double> number_of(const Value& value);
std::optional<int64_t> whole_of(const Value& value);

Result<bool> read_bool(const Value& value, const Place& place);
/// Invalid when it is not in [low, high].
Result<int64_t> read_whole(const Value& value, const Place& place, int64_t low, int64_t high);
Result<uint64_t> read_unsigned(const Value& value, const Place& place);
Result<double> read_number(const Value& value, const Place& place);
/// Invalid when it holds U+0000, which a PostgreSQL text cannot.
Result<std::string> read_text(const Value& value, const Place& place);
/// RFC 3339 with its offset.
Result<Time> read_time(const Value& value, const Place& place);
Result<Day> read_day(const Value& value, const Place& place);
Result<Currency> read_currency(const Value& value, const Place& place);
/// Decimal text, since JavaScript cannot hold 64 bits as a number.
Result<int64_t> read_id(const Value& value, const Place& place);

}  // namespace cairn::json

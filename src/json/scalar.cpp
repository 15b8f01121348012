#include "json/scalar.h"

#include <charconv>

#include "base/text.h"
#include "json/describe.h"

namespace cairn::json {
namespace {

std::string_view text_of(const Value& value) { return {value.get_string().data(), value.get_string().size()}; }

}  // namespace

std::string Place::path() const {
  if (!up_) return {};
  std::string path = up_->path();
  if (key_.data() == nullptr) return path + fmt::format("[{}]", index_);
  if (!path.empty()) path += '.';
  return path.append(key_);
}

tl::unexpected<Error> fail_expected(const Place& place, std::string_view expected, const Value& found) {
  return fail_at(place.path(), "expected {}, found {}", expected, describe(found));
}

tl::unexpected<Error> fail_missing(const Place& place, std::string_view key) {
  return fail_at(place.member(key).path(), "'{}' is missing", key);
}

tl::unexpected<Error> fail_unknown(const Place& place, std::string_view key, std::vector<std::string_view> known) {
  std::string name = excerpt(key, 60);
  std::string_view meant = nearest(key, known);
  std::string path = place.member(name).path();
  if (!meant.empty()) return fail_at(path, "'{}' is not known here; did you mean '{}'?", name, meant);
  return fail_at(path, "'{}' is not known here; it may be {}", name, fmt::join(known, ", "));
}

tl::unexpected<Error> fail_with(const Place& place, Error error) {
  error.field = place.path();
  return tl::unexpected(std::move(error));
}

tl::unexpected<Error> fail_name(std::string_view text, const std::vector<std::string_view>& names) {
  return fail(Code::invalid, "expected one of {}, found '{}'", fmt::join(names, ", "), excerpt(text, 60));
}

Result<bool> read_bool(const Value& value, const Place& place) {
  if (!value.is_bool()) return fail_expected(place, "true or false", value);
  return value.get_bool();
}

Result<int64_t> read_whole(const Value& value, const Place& place, int64_t low, int64_t high) {
  auto whole = whole_of(value);
  if (!whole) return fail_expected(place, "a whole number", value);
  if (*whole < low || *whole > high)
    return fail_expected(place, fmt::format("a whole number from {} to {}", low, high), value);
  return *whole;
}

Result<uint64_t> read_unsigned(const Value& value, const Place& place) {
  if (value.is_uint64()) return value.get_uint64();
  auto whole = whole_of(value);
  if (!whole || *whole < 0) return fail_expected(place, "a whole number not below 0", value);
  return static_cast<uint64_t>(*whole);
}

Result<double> read_number(const Value& value, const Place& place) {
  auto number = number_of(value);
  if (!number) return fail_expected(place, "a number", value);
  return *number;
}

Result<std::string> read_text(const Value& value, const Place& place) {
  if (!value.is_string()) return fail_expected(place, "text", value);
  std::string_view text = text_of(value);
  if (text.find('\0') != text.npos) return fail_at(place.path(), "expected text without the character U+0000");
  return std::string(text);
}

Result<Time> read_time(const Value& value, const Place& place) {
  constexpr std::string_view kExpected = "a time with its offset like 2018-08-15T04:10:37Z";
  if (!value.is_string()) return fail_expected(place, kExpected, value);
  auto parsed = parse_time(text_of(value));
  if (!parsed || !parsed->zoned) return fail_expected(place, kExpected, value);
  return Time{parsed->micros};
}

Result<Day> read_day(const Value& value, const Place& place) {
  constexpr std::string_view kExpected = "a day like 2018-08-15";
  if (!value.is_string()) return fail_expected(place, kExpected, value);
  auto parsed = parse_time(text_of(value));
  if (!parsed || !parsed->date_only) return fail_expected(place, kExpected, value);
  constexpr int64_t kDay = days(1).micros;
  int64_t floor = parsed->micros >= 0 ? parsed->micros / kDay : -((-parsed->micros + kDay - 1) / kDay);
  return Day{static_cast<int32_t>(floor)};
}

Result<Currency> read_currency(const Value& value, const Place& place) {
  if (!value.is_string()) return fail_expected(place, "a currency like EUR", value);
  auto currency = Currency::parse(text_of(value));
  if (!currency) return fail_with(place, currency.error());
  return *currency;
}

Result<int64_t> read_id(const Value& value, const Place& place) {
  constexpr std::string_view kExpected = "an id as text like \"1234\"";
  if (!value.is_string()) return fail_expected(place, kExpected, value);
  std::string_view text = text_of(value);
  int64_t id = 0;
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (code != std::errc() || end != text.data() + text.size()) return fail_expected(place, kExpected, value);
  return id;
}

}  // namespace cairn::json

#include "db/postgres/values.h"

#include <bit>
#include <charconv>
#include <limits>

#include "base/check.h"

namespace cairn::db {
namespace {

uint64_t big_endian(std::string_view bytes) {
  uint64_t out = 0;
  for (unsigned char c : bytes) out = out << 8 | c;
  return out;
}

bool is_text(Oid type) {
  return type == pg_text || type == pg_varchar || type == pg_bpchar || type == pg_name || type == pg_json ||
         type == pg_unknown;
}

std::string packed(uint64_t value, int bytes) {
  std::string out;
  append_big_endian(out, value, bytes);
  return out;
}

template <class T>
T parse_number(std::string_view text) {
  T out{};
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

/// Toward zero, and to the nearest end of the range, where a plain cast would be undefined.
int64_t to_integer(double v) {
  if (!(v > -0x1p63)) return v == v ? std::numeric_limits<int64_t>::min() : 0;
  return v < 0x1p63 ? static_cast<int64_t>(v) : std::numeric_limits<int64_t>::max();
}

}  // namespace

void append_big_endian(std::string& out, uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
}

Result<void> PgParameters::set(std::span<const Oid> types, std::span<const Value> values) {
  for (size_t i = 0; i < values.size(); ++i) TRY(add(types[i], values[i]));
  return {};
}

Result<void> PgParameters::add(Oid type, const Value& value) {
  if (std::holds_alternative<std::monostate>(value)) {
    data_.push_back(nullptr);
    lengths_.push_back(0);
    formats_.push_back(1);
  } else if (const auto* whole = std::get_if<int64_t>(&value)) {
    return add_integer(type, *whole);
  } else if (const auto* real = std::get_if<double>(&value)) {
    if (type == pg_float8) {
      add_own(packed(std::bit_cast<uint64_t>(*real), 8), 1);
    } else {
      add_own(fmt::format("{}", *real), 0);
    }
  } else if (const auto* text = std::get_if<std::string_view>(&value)) {
    if (is_text(type)) {
      add_binary(*text);
    } else {
      add_own(std::string(*text), 0);
    }
  } else {
    if (type != pg_bytea) return fail(Code::internal, "bytes are bound to a parameter of another type ({})", type);
    add_binary(std::get<Bytes>(value).data);
  }
  return {};
}

Result<void> PgParameters::add_integer(Oid type, int64_t value) {
  bool fits = (type != pg_int4 || value == static_cast<int32_t>(value)) &&
              (type != pg_int2 || value == static_cast<int16_t>(value));
  if (!fits) return fail(Code::internal, "{} is out of the range of its column", value);
  switch (type) {
    case pg_int8: add_own(packed(static_cast<uint64_t>(value), 8), 1); break;
    case pg_int4: add_own(packed(static_cast<uint64_t>(value), 4), 1); break;
    case pg_int2: add_own(packed(static_cast<uint64_t>(value), 2), 1); break;
    case pg_float8: add_own(packed(std::bit_cast<uint64_t>(static_cast<double>(value)), 8), 1); break;
    case pg_bool: add_own(value ? "t" : "f", 0); break;
    default: add_own(std::to_string(value), 0);
  }
  return {};
}

void PgParameters::add_binary(std::string_view bytes) {
  data_.push_back(bytes.data() ? bytes.data() : "");  // no data would be null
  lengths_.push_back(static_cast<int>(bytes.size()));
  formats_.push_back(1);
}

void PgParameters::add_own(std::string bytes, int format) {
  own_.push_back(std::move(bytes));
  data_.push_back(own_.back().c_str());
  lengths_.push_back(static_cast<int>(own_.back().size()));
  formats_.push_back(format);
}

std::string_view PgRow::bytes(int column) const {
  return {PQgetvalue(result_, row_, column), static_cast<size_t>(PQgetlength(result_, row_, column))};
}

int64_t PgRow::integer(int column) const {
  if (is_null(column)) return 0;
  std::string_view raw = bytes(column);
  switch (PQftype(result_, column)) {
    case pg_int8: return static_cast<int64_t>(big_endian(raw));
    case pg_int4: return static_cast<int32_t>(big_endian(raw));
    case pg_int2: return static_cast<int16_t>(big_endian(raw));
    case pg_bool:
    case pg_oid: return static_cast<int64_t>(big_endian(raw));
    case pg_float4:
    case pg_float8: return to_integer(real(column));
    case pg_numeric: return parse_number<int64_t>(numeric_to_text(raw));
    default: return parse_number<int64_t>(text(column));
  }
}

double PgRow::real(int column) const {
  if (is_null(column)) return 0;
  std::string_view raw = bytes(column);
  switch (PQftype(result_, column)) {
    case pg_float8: return std::bit_cast<double>(big_endian(raw));
    case pg_float4: return std::bit_cast<float>(static_cast<uint32_t>(big_endian(raw)));
    case pg_numeric: return parse_number<double>(numeric_to_text(raw));
    case pg_int8:
    case pg_int4:
    case pg_int2:
    case pg_bool:
    case pg_oid: return static_cast<double>(integer(column));
    default: return parse_number<double>(text(column));
  }
}

std::string_view PgRow::text(int column) const {
  if (is_null(column)) return {};
  Oid type = PQftype(result_, column);
  if (is_text(type) || type == pg_bytea) return bytes(column);
  return own_.emplace_back(to_text(column));
}

std::string PgRow::to_text(int column) const {
  switch (PQftype(result_, column)) {
    case pg_int8:
    case pg_int4:
    case pg_int2:
    case pg_bool:
    case pg_oid: return std::to_string(integer(column));
    case pg_float4:
    case pg_float8: return fmt::format("{}", real(column));
    case pg_numeric: return numeric_to_text(bytes(column));
    default: break;
  }
  CHECK(false, "column {} has type {}, which is not read; cast it in the query", PQfname(result_, column),
        PQftype(result_, column));
  return {};
}

std::string numeric_to_text(std::string_view raw) {
  auto part = [&](size_t i) { return static_cast<int16_t>(big_endian(raw.substr(2 * i, 2))); };
  CHECK(raw.size() >= 8 && raw.size() == 8 + 2 * static_cast<size_t>(part(0)), "a numeric of {} bytes", raw.size());
  int digits = part(0), weight = part(1), scale = part(3);
  auto sign = static_cast<uint16_t>(part(2));
  if (sign != 0 && sign != 0x4000) return "nan";  // infinity too: neither comes out of our sums
  auto group = [&](int place) { return place >= 0 && place < digits ? part(4 + static_cast<size_t>(place)) : 0; };
  std::string out = sign ? "-" : "";
  out += weight < 0 ? "0" : std::to_string(group(0));
  for (int place = 1; place <= weight; ++place) out += fmt::format("{:04}", group(place));
  std::string fraction;
  for (int place = weight + 1; static_cast<int>(fraction.size()) < scale; ++place)
    fraction += fmt::format("{:04}", group(place));
  fraction.resize(static_cast<size_t>(scale));
  return scale > 0 ? out + '.' + fraction : out;
}

}  // namespace cairn::db

// Values as PostgreSQL's binary protocol has them.
#pragma once
#include <libpq-fe.h>

#include <array>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "db/session.h"

namespace cairn::db {

/// Types by their fixed object ids (src/include/catalog/pg_type.dat).
enum PgType : Oid {
  pg_bool = 16,
  pg_bytea = 17,
  pg_name = 19,
  pg_int8 = 20,
  pg_int2 = 21,
  pg_int4 = 23,
  pg_text = 25,
  pg_oid = 26,
  pg_json = 114,
  pg_float4 = 700,
  pg_float8 = 701,
  pg_unknown = 705,
  pg_bpchar = 1042,
  pg_varchar = 1043,
  pg_numeric = 1700,
};

void append_big_endian(std::string& out, uint64_t value, int bytes);

/// The parameters of one call as libpq takes them, each in the form that its type wants. The values' bytes must live as
/// long as this.
class PgParameters {
 public:
  /// Error (internal): a value that its parameter's type cannot hold.
  Result<void> set(std::span<const Oid> types, std::span<const Value> values);
  int count() const { return static_cast<int>(data_.size()); }
  const char* const* data() const { return data_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  Result<void> add(Oid type, const Value& value);
  Result<void> add_integer(Oid type, int64_t value);
  void add_binary(std::string_view bytes);
  void add_own(std::string bytes, int format);

  std::vector<const char*> data_;
  std::vector<int> lengths_, formats_;
  std::deque<std::string> own_;
};

/// A row of a result in binary form. Sums come as numeric, which is read as a number here too. CHECK: a type that no
/// query of ours should give (cast it in the query).
class PgRow final : public Row {
 public:
  PgRow(const PGresult* result, int row) : result_(result), row_(row) {}
  int columns() const override { return PQnfields(result_); }
  std::string_view name(int column) const override { return PQfname(result_, column); }
  bool is_null(int column) const override { return PQgetisnull(result_, row_, column) != 0; }
  int64_t integer(int column) const override;
  double real(int column) const override;
  std::string_view text(int column) const override;
  std::string_view bytes(int column) const override;

 private:
  std::string to_text(int column) const;

  const PGresult* result_;
  int row_;
  mutable std::deque<std::string> own_;  ///< Numbers that were asked for as text.
};

/// `-12.50` from the binary form: digits of base 10,000 with a weight and a scale.
std::string numeric_to_text(std::string_view bytes);

}  // namespace cairn::db

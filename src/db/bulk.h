// What the two drivers' bulk writers share: the columns of a row are given in their order and kind, or it is a fault
// of the program (CHECK), found on either store.
#pragma once
#include "base/check.h"
#include "db/connection.h"

namespace cairn::db {

class BulkRows : public BulkWriter {
 public:
  BulkRows(Connection& connection, const BulkTable& table) : connection_(connection), table_(table) {}

  void null() final {
    (void)next("a null");
    put_null();
  }
  void integer(int64_t value) final {
    ColumnType type = next("a number").type;
    bool fits = type == ColumnType::int64 || (type == ColumnType::int32 && value == static_cast<int32_t>(value)) ||
                (type == ColumnType::int16 && value == static_cast<int16_t>(value));
    CHECK(fits, "{}.{}: {} is not a number of its kind", table_.name, table_.columns[at_ - 1].name, value);
    put_integer(value, type);
  }
  void real(double value) final {
    CHECK(next("a double").type == ColumnType::real, "{}: column {} is no double", table_.name, at_);
    put_real(value);
  }
  void text(std::string_view value) final {
    CHECK(next("a text").type == ColumnType::text, "{}: column {} is no text", table_.name, at_);
    put_text(value);
  }
  void bytes(std::string_view value) final {
    CHECK(next("bytes").type == ColumnType::bytes, "{}: column {} is not bytes", table_.name, at_);
    put_bytes(value);
  }

 protected:
  virtual void put_null() = 0;
  virtual void put_integer(int64_t value, ColumnType type) = 0;
  virtual void put_real(double value) = 0;
  virtual void put_text(std::string_view value) = 0;
  virtual void put_bytes(std::string_view value) = 0;

  size_t column() const { return at_; }  ///< Of the value being put, from 1.
  void check_row_end() {
    CHECK(at_ == table_.columns.size(), "{}: a row of {} columns ends after {}", table_.name, table_.columns.size(),
          at_);
    at_ = 0;
  }
  Connection& connection() { return connection_; }
  const BulkTable& table() const { return table_; }

 private:
  const BulkColumn& next(std::string_view what) {
    CHECK(at_ < table_.columns.size(), "{}: {} after the last column", table_.name, what);
    return table_.columns[at_++];
  }

  Connection& connection_;
  const BulkTable table_;
  size_t at_ = 0;
};

}  // namespace cairn::db

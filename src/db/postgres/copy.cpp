#include "db/postgres/copy.h"

#include <bit>

#include "db/bulk.h"
#include "db/postgres/values.h"

namespace cairn::db {
namespace {

constexpr size_t kFlushBytes = 256 << 10;
constexpr std::string_view kHeader("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", 19);

int width_of(ColumnType type) {
  switch (type) {
    case ColumnType::int16: return 2;
    case ColumnType::int32: return 4;
    default: return 8;
  }
}

class PgCopy final : public BulkRows {
 public:
  PgCopy(PgConnection& connection, const BulkTable& table) : BulkRows(connection, table), pg_(connection) {
    buffer_.reserve(kFlushBytes + 4096);
    buffer_ = kHeader;
    begin_row();
  }
  ~PgCopy() override {
    if (finished_) return;
    (void)end_copy("given up");
    connection().end_pour(Error{Code::internal, fmt::format("rows poured into {} were given up", table().name)});
  }

  Result<void> end_row() override {
    check_row_end();
    Result<void> flushed;
    if (buffer_.size() >= kFlushBytes) flushed = flush();
    begin_row();
    return flushed;
  }
  Result<void> finish() override {
    CHECK(!finished_, "{}: finished twice", table().name);
    CHECK(column() == 0, "{}: finished in the middle of a row", table().name);
    finished_ = true;
    buffer_.resize(buffer_.size() - 2);  // the row that was begun
    append_big_endian(buffer_, 0xffff, 2);
    auto flushed = flush();
    auto ended = end_copy(flushed ? nullptr : "cut off");
    connection().end_pour(ended ? std::nullopt : std::optional(ended.error()));
    return ended;
  }

 protected:
  void put_null() override { append_big_endian(buffer_, 0xffffffff, 4); }
  void put_integer(int64_t value, ColumnType type) override {
    append_big_endian(buffer_, static_cast<uint64_t>(width_of(type)), 4);
    append_big_endian(buffer_, static_cast<uint64_t>(value), width_of(type));
  }
  void put_real(double value) override {
    append_big_endian(buffer_, 8, 4);
    append_big_endian(buffer_, std::bit_cast<uint64_t>(value), 8);
  }
  void put_text(std::string_view value) override { put_bytes(value); }
  void put_bytes(std::string_view value) override {
    append_big_endian(buffer_, value.size(), 4);
    buffer_ += value;
  }

 private:
  void begin_row() { append_big_endian(buffer_, table().columns.size(), 2); }
  Result<void> flush() {
    int sent = PQputCopyData(pg_.link(), buffer_.data(), static_cast<int>(buffer_.size()));
    buffer_.clear();
    if (sent != 1) return tl::unexpected(pg_.last_error());
    return {};
  }
  /// The server's word on the rows; `why` makes it refuse them.
  Result<void> end_copy(const char* why) {
    Result<void> out;
    if (PQputCopyEnd(pg_.link(), why) != 1) out = tl::unexpected(pg_.last_error());
    while (PgResult result{PQgetResult(pg_.link())}) {
      // A lost session answers this for ever.
      if (PQresultStatus(result.get()) == PGRES_COPY_IN) break;
      if (!is_fine(result.get())) out = tl::unexpected(pg_.last_error(result.get()));
    }
    return out;
  }

  PgConnection& pg_;
  std::string buffer_;
  bool finished_ = false;
};

}  // namespace

Result<std::unique_ptr<BulkWriter>> open_copy(PgConnection& connection, const BulkTable& table) {
  std::string names;
  for (const BulkColumn& column : table.columns) names.append(names.empty() ? "" : ", ").append(column.name);
  std::string sql = fmt::format("COPY {} ({}) FROM STDIN BINARY", table.name, names);
  PgResult result(PQexec(connection.link(), sql.c_str()));
  if (PQresultStatus(result.get()) != PGRES_COPY_IN) return tl::unexpected(connection.last_error(result.get()));
  return std::make_unique<PgCopy>(connection, table);
}

}  // namespace cairn::db

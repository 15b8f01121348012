// What modules say to a database: named queries with named parameters, rows back, bulk rows in. Nothing here knows
// which driver answers.
#pragma once
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace cairn::db {

/// Bytes that are not text.
struct Bytes {
  std::string_view data;
};

/// What is bound or read: null, a whole number, a double, text (UTF-8 without NUL), bytes. Views must outlive the call.
using Value = std::variant<std::monostate, int64_t, double, std::string_view, Bytes>;

inline Value to_value(std::nullopt_t) { return std::monostate{}; }
inline Value to_value(std::string_view v) { return v; }
inline Value to_value(const std::string& v) { return std::string_view(v); }
inline Value to_value(const char* v) { return std::string_view(v); }
inline Value to_value(Bytes v) { return v; }
inline Value to_value(double v) { return v; }
inline Value to_value(Time v) { return v.micros; }
inline Value to_value(Day v) { return int64_t{v.days}; }
template <class T>
  requires std::is_integral_v<T>
Value to_value(T v) {
  return static_cast<int64_t>(v);
}
template <class Tag>
Value to_value(Id<Tag> v) {
  return v.value;
}
template <class T>
Value to_value(const std::optional<T>& v) {
  return v ? to_value(*v) : Value{};
}

/// `{"customer_id", id}` binds :customer_id.
struct Bind {
  std::string_view name;
  Value value;
  template <class T>
  Bind(std::string_view n, const T& v) : name(n), value(to_value(v)) {}
};
using Binds = std::initializer_list<Bind>;

/// One row of an answer; valid only inside the visit. Columns count from 0 in the query's order. Reading a null as a
/// number gives 0, as text gives "".
class Row {
 public:
  virtual ~Row() = default;
  virtual int columns() const = 0;
  virtual std::string_view name(int column) const = 0;
  virtual bool is_null(int column) const = 0;
  virtual int64_t integer(int column) const = 0;
  virtual double real(int column) const = 0;
  virtual std::string_view text(int column) const = 0;
  virtual std::string_view bytes(int column) const = 0;

  Time time(int column) const { return {integer(column)}; }
  template <class IdType>
  IdType id(int column) const {
    return IdType{integer(column)};
  }
  std::optional<int64_t> find_integer(int column) const {
    return is_null(column) ? std::nullopt : std::optional(integer(column));
  }
  std::optional<std::string> find_text(int column) const {
    return is_null(column) ? std::nullopt : std::optional(std::string(text(column)));
  }
};

/// Return false to stop early (a large answer is still fetched to its end on PostgreSQL: put a LIMIT into the query).
/// A visit must not use the same session (CHECK).
using Visit = std::function<bool(const Row&)>;

enum class ColumnType { int16, int32, int64, real, text, bytes };
struct BulkColumn {
  std::string_view name;
  ColumnType type;
};
/// A table that rows are poured into in bulk; keep it a constexpr beside the module's store.
struct BulkTable {
  std::string_view name;
  std::span<const BulkColumn> columns;
};

/// Rows poured in: the columns of one row in their order, then end_row(). SQLite steps one prepared INSERT,
/// PostgreSQL streams a binary COPY. Nothing else may use the session until finish().
class BulkWriter {
 public:
  /// Without finish() the rows are given up with the transaction.
  virtual ~BulkWriter() = default;
  virtual void null() = 0;
  virtual void integer(int64_t value) = 0;
  virtual void real(double value) = 0;
  virtual void text(std::string_view value) = 0;
  virtual void bytes(std::string_view value) = 0;
  virtual Result<void> end_row() = 0;
  virtual Result<void> finish() = 0;
};

/// A connection within a transaction, or a consistent read. Used by one thread at a time.
///
/// A query is named `module.query` after `-- name: query` in src/module/queries.sql; an unknown name, a missing or an
/// extra parameter is a broken invariant (CHECK). Errors: conflict for a violated uniqueness, unavailable for a full
/// disk, a lost server or a busy file, internal for the rest (detail has the driver's text). After an error every
/// later statement of the transaction fails with it too, and a closure that overlooked it has failed: ask first
/// (`INSERT … ON CONFLICT DO NOTHING`), do not try and see.
class Session {
 public:
  virtual ~Session() = default;
  /// Returns the number of rows changed.
  virtual Result<int64_t> run(std::string_view query, Binds binds = {}) = 0;
  virtual Result<void> each(std::string_view query, Binds binds, const Visit& visit) = 0;
  /// REQUIRES: a write transaction.
  virtual Result<std::unique_ptr<BulkWriter>> pour(const BulkTable& table) = 0;

  /// The first row read by `read(row)`, or nothing when there is none.
  template <class F, class T = std::invoke_result_t<F, const Row&>>
  Result<std::optional<T>> first(std::string_view query, Binds binds, F read) {
    std::optional<T> out;
    TRY(each(query, binds, [&](const Row& row) {
      out.emplace(read(row));
      return false;
    }));
    return out;
  }
  /// Every row read by `read(row)`.
  template <class F, class T = std::invoke_result_t<F, const Row&>>
  Result<std::vector<T>> all(std::string_view query, Binds binds, F read) {
    std::vector<T> out;
    TRY(each(query, binds, [&](const Row& row) {
      out.push_back(read(row));
      return true;
    }));
    return out;
  }
};

/// A write: what it did is durable when its group commits. The closure may be run again after a roll-back, so it must
/// do no I/O of its own and change nothing in memory except through the two hooks.
class Transaction : public Session {
 public:
  /// Runs on the writer's thread right after the group is durable, in the order registered, before any `Done`.
  virtual void on_commit(std::function<void()> hook) = 0;
  /// Runs on the writer's thread, last registered first, when this closure's changes are rolled back.
  virtual void on_rollback(std::function<void()> hook) = 0;
};

}  // namespace cairn::db

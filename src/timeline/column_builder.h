// Makes a column, value after value.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "query/catalogue.h"
#include "timeline/column.h"
#include "timeline/gather.h"

namespace cairn::timeline {

/// Takes rows in order; each add_… is one row. Text is gathered in a dictionary until that turns out not to pay.
class ColumnBuilder {
 public:
  /// Of a property as it is declared; of a list with what its objects hold.
  explicit ColumnBuilder(const query::Property& property);
  /// Of a type alone.
  explicit ColumnBuilder(query::PropertyType type, bool declared = true);
  ColumnBuilder(ColumnBuilder&&) noexcept;
  ColumnBuilder& operator=(ColumnBuilder&&) noexcept;
  ~ColumnBuilder();

  uint32_t rows() const { return rows_; }
  /// Unknown.
  void add_unknown(uint32_t count = 1);
  /// Unknown rows up to, without, `row`.
  void skip_to(uint32_t row) {
    if (rows_ < row) add_unknown(row - rows_);
  }
  /// integer, money (minor units), time (microseconds), boolean (0 or 1).
  void add_integer(int64_t value);
  /// number, or a number of an undeclared property. NaN and the infinite are unknown.
  void add_number(double value);
  /// Empty is unknown.
  void add_text(std::string_view value);
  /// Of an undeclared property.
  void add_truth(bool value);
  /// A list: its elements() and items() have got their values before; the row takes what is new there.
  void add_list();
  ColumnBuilder& elements();
  ColumnBuilder& item(size_t index);
  size_t items() const;

  /// Rows [first, first + count) of another column of the same type. What is of a snapshot must be touched.
  void append(const Column& from, uint32_t first, uint32_t count);

  /// Null when no row knows a value. The builder is spent.
  std::shared_ptr<const Column> finish();

  /// The column of a property out of rows of other columns of it, one a source; null: nothing known there. Null when no
  /// row knows a value. For many rows by far the fastest way. What is of a snapshot must be touched.
  static std::shared_ptr<const Column> gather(const query::Property& property, const Selection& selection,
                                              const std::vector<const Column*>& columns, Words words = Words::own);

 private:
  struct TextStore;
  struct ListStore;
  TextStore& texts();
  void mark(bool known, uint32_t count);
  void append_value(const Column& from, uint32_t row);
  void append_list(const Lists& from, uint32_t row);
  using Columns = std::vector<const Column*>;
  static std::shared_ptr<const Column> gather_any(const query::Property& property, const Selection& selection,
                                                  const Columns& columns);
  bool share_words(const Selection& selection, const Columns& columns, Column& out);
  void gather_known(const Selection& selection, const Columns& columns);
  void gather_whole(const Selection& selection, const Columns& columns);
  void gather_doubles(const Selection& selection, const Columns& columns);
  void gather_texts(const Selection& selection, const Columns& columns, Words words, Column& out);
  static void gather_lists(const query::Property& property, const Selection& selection, const Columns& columns,
                           Words words, Column& out);
  /// A column with what is known of its rows.
  std::shared_ptr<Column> begin_column();
  void choose_flat(Column& out, size_t value_bits);
  template <class T>
  std::vector<T> placed(const Column& out, std::vector<T> values) const;
  void finish_integers(Column& out);
  void finish_numbers(Column& out);
  void finish_truths(Column& out);
  void finish_codes(Column& out, Texts dictionary);
  void finish_texts(Column& out);
  void finish_any(Column& out);
  void finish_list(Column& out);

  query::PropertyType type_;
  bool declared_ = true;
  uint32_t rows_ = 0;
  uint32_t known_rows_ = 0;
  std::vector<uint64_t> known_;    ///< Bits; empty while all rows are known.
  std::vector<int64_t> integers_;  ///< Of known rows; of any: tags.
  std::vector<double> doubles_;    ///< Of known rows.
  std::unique_ptr<TextStore> texts_;
  std::unique_ptr<ListStore> list_;
};

}  // namespace cairn::timeline

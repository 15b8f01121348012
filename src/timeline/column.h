// One property of the rows of a stream, one field of entities, or one attribute of customers: typed, and never changed
// once made.
//
// Invariants:
// 1. A value is what query/value.h allows: no number is NaN, infinite or minus zero; money is of the brand's currency.
// 2. Text is coded by a dictionary that is sorted by bytes, so the order of codes is the order of texts, within one
//    column. Codes of two columns have nothing in common.
// 3. Reading what is unknown gives 0, false or empty text, never something undefined.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "query/property_type.h"
#include "query/value.h"
#include "timeline/bits.h"
#include "timeline/integers.h"

namespace cairn::timeline {

/// How values are stored. Which of them a type may have:
/// integer, money, time: nothing, integers. number: nothing, integers (all of them whole), doubles. boolean: nothing,
/// bits. text: nothing, codes, texts. list: nothing, list. An undeclared property: nothing, any.
enum class Coding : uint8_t {
  nothing,   ///< No row knows a value.
  integers,  ///< Money in minor units, time in microseconds.
  doubles,
  bits,
  codes,  ///< A dictionary and a code a value.
  texts,  ///< Text that is different nearly every time, as it is.
  any,    ///< Each value a number, a text or a boolean.
  list,
};

/// Texts one behind another.
class Texts {
 public:
  Texts() = default;
  explicit Texts(const std::vector<std::string_view>& texts);
  /// One more offset than texts, from 0, ascending; as many bytes as the last says.
  Texts(std::span<const int64_t> offsets, std::shared_ptr<const char[]> bytes);
  /// REQUIRES ends.size() + 1 offsets, from 0, ascending, within bytes.
  Texts(Integers offsets, Array<char> bytes) : offsets_(std::move(offsets)), bytes_(std::move(bytes)) {}

  uint32_t size() const { return offsets_.size() ? static_cast<uint32_t>(offsets_.size() - 1) : 0; }
  std::string_view operator[](size_t i) const {
    auto from = static_cast<size_t>(offsets_[i]), to = static_cast<size_t>(offsets_[i + 1]);
    return {bytes_.data() + from, to - from};
  }
  const Integers& offsets() const { return offsets_; }
  const Array<char>& characters() const { return bytes_; }
  /// Whether they are one in memory: dictionaries of columns that were made of one another often are.
  bool is_same(const Texts& other) const {
    return size() == other.size() && bytes_.data() == other.bytes_.data() &&
           offsets_.low_plane().data() == other.offsets_.low_plane().data();
  }
  Result<void> touch(Range range = {}) const;
  size_t bytes() const { return offsets_.bytes() + bytes_.bytes(); }

 private:
  Integers offsets_;
  Array<char> bytes_;
};

/// What a value of an undeclared property turned out to be.
enum class Tag : uint8_t { unknown, no, yes, number, text };

class Column;

/// A list a row: the elements of all rows one behind another.
struct Lists {
  Integers offsets;  ///< Of rows() + 1; elements of row r are [offsets[r], offsets[r + 1]).
  /// The elements that are texts, numbers or booleans; those that are not (objects) are unknown. Coding any or nothing.
  std::shared_ptr<const Column> elements;
  /// Of a list of objects, what they hold, by name (`category`): one row an element, unknown where it has none. An
  /// element that is no object is unknown in all.
  std::vector<std::pair<std::string, std::shared_ptr<const Column>>> items;

  const Column* item(std::string_view name) const;
};

class Column {
 public:
  /// Of `rows` rows that know nothing.
  Column(query::PropertyType type, uint32_t rows) : type_(type), rows_(rows) {}

  query::PropertyType type() const { return type_; }
  Coding coding() const { return coding_; }
  uint32_t rows() const { return rows_; }
  uint32_t known_rows() const { return known_; }
  bool all_known() const { return known_ == rows_; }

  bool is_known(uint32_t row) const { return known_ == rows_ || (known_ != 0 && (*bits_)[row]); }
  /// 0 or 1 each.
  void read_known(uint32_t first, uint32_t count, uint8_t* out) const;

  // Blocks of rows [first, first + count). Unknown ones give 0.

  /// REQUIRES coding integers, bits or nothing.
  void read(uint32_t first, uint32_t count, int64_t* out) const;
  /// REQUIRES coding integers, doubles, bits, any (what is no number gives 0) or nothing.
  void read(uint32_t first, uint32_t count, double* out) const;
  /// REQUIRES coding codes or nothing.
  void read(uint32_t first, uint32_t count, uint32_t* codes) const;
  /// REQUIRES coding any or nothing.
  void read(uint32_t first, uint32_t count, Tag* out) const;

  // One row. REQUIRES as above.

  int64_t integer(uint32_t row) const;
  double number(uint32_t row) const;
  bool boolean(uint32_t row) const { return integer(row) != 0; }
  /// Of codes, texts, any. Lives as long as the column.
  std::string_view text(uint32_t row) const;
  uint32_t code(uint32_t row) const;
  Tag tag(uint32_t row) const;
  /// The value as the language has it; slow, for explaining and for tests. `item`: of a list, which of Lists::items;
  /// -1: its elements.
  query::Value value(uint32_t row, const Currency& currency, int item = -1) const;

  /// Of codes: what the codes mean.
  const Texts& dictionary() const { return texts_; }
  /// The code of a text, or nothing when no row has it. Of codes.
  std::optional<uint32_t> find_code(std::string_view text) const;
  /// How many codes stand for texts before `text`: for comparisons by order. Of codes.
  uint32_t codes_before(std::string_view text) const;
  /// Of list; null otherwise.
  const Lists* lists() const { return lists_.get(); }

  // For loops of one's own, where the blocks above are too slow.

  /// Where the value of a row is in integers(), doubles() and the like: in a flat column at the row, else at the number
  /// of known rows before it.
  bool is_flat() const { return is_flat_; }
  uint32_t slot(uint32_t row) const { return is_flat_ ? row : bits_->rank(row); }
  /// Which rows are known; null when all or none are.
  const Bits* known_bits() const { return bits_.get(); }
  /// Values of integers; codes of codes; tags of any.
  const Integers& integers() const { return integers_; }
  const Array<double>& doubles() const { return doubles_; }
  const Bits& truths() const { return truths_; }

  /// Verifies what is of a snapshot; call it before the first reading of these rows. Error corrupt.
  Result<void> touch(Range rows = {}) const;
  size_t bytes() const;
  bool is_mapped() const;

 private:
  friend class ColumnBuilder;
  friend struct PartFile;
  query::PropertyType type_;
  Coding coding_ = Coding::nothing;
  bool is_flat_ = true;
  uint32_t rows_ = 0;
  uint32_t known_ = 0;
  std::shared_ptr<const Bits> bits_;
  Integers integers_;
  Array<double> doubles_;
  Bits truths_;
  Texts texts_;  ///< The dictionary; or the values of texts; or of any, by row.
  std::shared_ptr<const Lists> lists_;
};

}  // namespace cairn::timeline

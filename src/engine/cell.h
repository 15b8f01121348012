// A value on its way through an evaluation: 16 bytes, owns nothing. The rules of query/value.h hold for it.
#pragma once
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "query/value.h"
#include "timeline/column.h"

namespace cairn::engine {

/// In the order in which values of different kinds are sorted.
enum class CellKind : uint8_t { unknown, boolean, number, money, text, time, duration, list };

/// A list of a row: rows [begin, end) of a column, the unknown ones passed over. `column` null: nobody has an element.
struct ListRef {
  const timeline::Column* column = nullptr;
  uint32_t begin = 0;
  uint32_t end = 0;
};

/// A currency as one number, in the order of codes; 0: not set. A cell of plain numbers is made in registers.
using CurrencyCode = uint16_t;
constexpr CurrencyCode code_of(const Currency& currency) {
  if (!currency.is_set()) return 0;
  auto letters = std::bit_cast<std::array<char, 3>>(currency);
  int code = 0;
  for (char letter : letters) code = code * 27 + (letter - 'A' + 1);
  return static_cast<CurrencyCode>(code);
}
constexpr Currency currency_of(CurrencyCode code) {
  if (code == 0) return {};
  auto letter = [](int n) { return static_cast<char>('A' + n % 27 - 1); };
  return std::bit_cast<Currency>(std::array<char, 3>{letter(code / (27 * 27)), letter(code / 27), letter(code)});
}

/// Text and lists are views: of the plan, of a column, of the evaluation.
struct Cell {
  CellKind kind = CellKind::unknown;
  CurrencyCode currency = 0;  ///< Of money.
  uint32_t length = 0;        ///< Of text.
  union {
    int64_t whole = 0;  ///< Boolean, money, time, duration.
    double number;
    const char* text;
    const ListRef* list;
  };

  bool is_known() const { return kind != CellKind::unknown; }
  bool is(CellKind k) const { return kind == k; }
  bool is_true() const { return kind == CellKind::boolean && whole != 0; }
  std::string_view view() const { return {text, length}; }

  static Cell of(bool truth) { return make(CellKind::boolean, truth ? 1 : 0); }
  /// NaN and the infinite become unknown, minus zero becomes zero.
  static Cell of(double x) {
    Cell out;
    if (!std::isfinite(x)) return out;
    out.kind = CellKind::number;
    out.number = x + 0.0;
    return out;
  }
  static Cell of(std::string_view s) {
    Cell out;
    out.kind = CellKind::text;
    out.length = static_cast<uint32_t>(s.size());
    out.text = s.data();
    return out;
  }
  static Cell of(Time t) { return make(CellKind::time, t.micros); }
  static Cell of(Duration d) { return make(CellKind::duration, d.micros); }
  static Cell of(Money m) {
    Cell out = make(CellKind::money, m.minor);
    out.currency = code_of(m.currency);
    return out;
  }
  static Cell of(const ListRef* list) {
    Cell out;
    out.kind = CellKind::list;
    out.list = list;
    return out;
  }

 private:
  static Cell make(CellKind kind, int64_t whole) {
    Cell out;
    out.kind = kind;
    out.whole = whole;
    return out;
  }
};

/// One value of a column; a list becomes no cell here (read_list).
Cell read_cell(const timeline::Column& column, uint32_t row, const Currency& currency);
query::Value to_value(const Cell& cell, const Currency& currency);

/// The same to the bit.
bool same(const Cell& a, const Cell& b, const Currency& currency);
/// An order over all cells: unknown, false, true, numbers, money, text, times, durations, lists.
bool comes_before(const Cell& a, const Cell& b);

}  // namespace cairn::engine

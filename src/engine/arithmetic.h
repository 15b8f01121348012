// Operators and functions on cells: docs/reference/query.md, "Arithmetic" and "Unknown".
#pragma once
#include <span>

#include "engine/cell.h"
#include "query/words.h"

namespace cairn::engine {

/// What order_of gives when two cells have none: unknown, different kinds, two currencies, lists.
inline constexpr int kNoOrder = 2;
/// −1, 0 or 1.
int order_of(const Cell& a, const Cell& b);
inline bool equal(const Cell& a, const Cell& b) { return order_of(a, b) == 0; }
/// Whether it is one of the words equal to at_least.
bool is_comparison(query::Word word);
/// Of those.
bool compare(query::Word word, const Cell& a, const Cell& b);
bool compare(query::Word word, int order);

/// Of the words add, subtract, multiply, divide.
Cell arithmetic(query::Word word, const Cell& a, const Cell& b);
Cell opposite(const Cell& a);
Cell absolute(const Cell& a);
/// Of the words round, floor, ceil.
Cell rounded(query::Word word, const Cell& a);
/// Of the words least and greatest; unknown as soon as two have no order. REQUIRES at least one.
Cell extreme(query::Word word, std::span<const Cell> cells);
bool contains(const Cell& a, const Cell& b, const Currency& currency);
/// Whether an undeclared value turned out to be what its place asks for.
bool is_of(const Cell& cell, query::BaseType type);

/// Unknown when it does not fit.
Cell money_of(__int128 minor, CurrencyCode currency);
inline Cell money_of(__int128 minor, const Currency& currency) { return money_of(minor, code_of(currency)); }
Cell time_of(__int128 micros);
/// Of money, durations: the quantity through or times a number, rounded half away from zero.
Cell scaled(const Cell& quantity, double by, bool divide);

}  // namespace cairn::engine

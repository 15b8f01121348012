// What aggregates gather: of one customer's rows, and of everybody's (series).
#pragma once
#include "engine/arithmetic.h"
#include "engine/customer.h"

namespace cairn::engine {

/// Whether an aggregate takes the value; what it does not take it counts as passed over.
bool counts(const Aggregate& aggregate, const Cell& cell);

/// A sum in the order of adding: of money and integers exact, of other numbers in doubles.
struct Sum {
  __int128 exact = 0;
  double running = 0;
  int64_t count = 0;
  /// REQUIRES a number or money.
  void add(const Aggregate& aggregate, const Cell& cell);
  Cell sum(const Aggregate& aggregate, const Currency& currency) const;
  Cell average(const Aggregate& aggregate, const Currency& currency) const;
};

}  // namespace cairn::engine

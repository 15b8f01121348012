// How long from one event to the next, for all kinds at once: what transitions are counted by. Inside this folder only.
#pragma once
#include <map>
#include <utility>
#include <vector>

#include "engine/ask.h"
#include "timeline/stream.h"

namespace cairn::engine {

/// From which kind to which.
using ByKind = std::map<std::pair<timeline::KindIndex, timeline::KindIndex>, Transition>;

void merge(Transition& into, const Transition& from);

/// The numbers of an order's steps, a block at a time: loops that the compiler makes vectors of, for the machine that
/// they run on. Whole numbers alone, so the same to the bit on all.
class StepReader {
 public:
  static constexpr size_t kRows = 1024;  ///< At once, at most: what is written stays in the first cache.
  enum class Machine { any, avx2, avx512 };
  static Machine machine();

  explicit StepReader(const timeline::Order& order, Machine machine = StepReader::machine())
      : order_(order), machine_(machine) {}
  /// From the row before to each of `count` rows from `first` on, in the units of packed times. REQUIRES first > 0.
  void delays(size_t first, size_t count, int64_t* out) const;
  /// Code of the row before × kinds + code of the row. `Cell` holds them. REQUIRES first > 0.
  template <class Cell>
  void cells(size_t first, size_t count, size_t kinds, Cell* out) const;

 private:
  const timeline::Order& order_;
  Machine machine_;
};

/// Steps between the kinds of a part.
class Delays {
 public:
  explicit Delays(const timeline::Order& order);

  /// The customers [first, last), of whom all rows up to the span's end are seen. `into`: where totals go when they
  /// might outgrow 64 bits.
  void add(uint32_t first, uint32_t last, Span span, ByKind& into);
  /// Everything so far goes to `into`.
  void flush(ByKind& into);

 private:
  /// One line of the cache. Neighbours in time are often of one cell, and an addition waits for the one before it to
  /// the same place: so there are three places.
  struct alignas(64) Cell {
    static constexpr size_t kPlaces = 3;
    struct Place {
      uint64_t total = 0;
      int64_t count = 0;
    };
    int64_t least = INT64_MIN;  ///< Nothing yet: no delay is within.
    uint64_t range = 0;         ///< From the least to the longest.
    Place places[kPlaces];
    void take(int64_t delay, size_t place);
    void widen(int64_t delay);
  };

  void clear();
  template <class Index>
  void pass(uint32_t first, uint32_t last, Span span);
  template <class Index>
  void leave_out(size_t begin, size_t end, Span span, Index* at) const;
  template <class Index>
  void take(size_t count, const int64_t* delays, const Index* at);

  const timeline::Order& order_;
  StepReader reader_;
  size_t kinds_;
  std::vector<Cell> cells_;  ///< By `from × kinds + to`, and one for what is no step.
  uint32_t customers_ = 0, most_customers_ = 0;
};

}  // namespace cairn::engine

// Which rows of which sources become the rows of a stream: what column_gather.cpp and part_builder.cpp copy by, a whole
// column at a time.
#pragma once
#include <cstdint>
#include <vector>

#include "timeline/column.h"

namespace cairn::timeline {

/// Rows [from, from + count) of a source become rows [to, to + count).
struct Taken {
  uint32_t from;
  uint32_t to;
  uint32_t count;
};

/// Whether a column of texts may have the dictionary of one that it is made of, with texts that it has no more: codes
/// are copied then, and no text is read. With one of its own it has nothing but what its rows say.
enum class Words { shared, own };

/// Every new row comes from one row of one source. Sources have numbers from 0, few of them.
class Selection {
 public:
  /// The next new rows.
  void add(uint32_t source, uint32_t from, uint32_t count) {
    if (count == 0) return;
    if (by_source_.size() <= source) by_source_.resize(source + size_t{1});
    Of& of = by_source_[source];
    bool follows = !of.taken.empty() && of.taken.back().to + of.taken.back().count == rows_ &&
                   of.taken.back().from + of.taken.back().count == from;
    if (follows) {
      of.taken.back().count += count;
    } else {
      of.taken.push_back({from, rows_, count});
      sequence_.push_back(source);
    }
    of.rows += count;
    rows_ += count;
  }
  uint32_t rows() const { return rows_; }
  size_t sources() const { return by_source_.size(); }
  /// In the order of the new rows.
  const std::vector<Taken>& of(size_t source) const { return by_source_[source].taken; }
  uint32_t rows_of(size_t source) const { return by_source_[source].rows; }
  /// Calls visit(source, taken) in the order of the new rows.
  template <class F>
  void each(F visit) const {
    std::vector<size_t> next(by_source_.size());
    for (uint32_t source : sequence_) visit(source, by_source_[source].taken[next[source]++]);
  }
  /// Puts numbers of a source where they belong; at[row] is one.
  template <class Reader, class Out>
  void take(size_t source, Reader at, Out* out) const {
    for (const Taken& t : of(source))
      for (uint32_t i = 0; i < t.count; ++i) out[t.to + i] = at[t.from + i];
  }

 private:
  struct Of {
    std::vector<Taken> taken;
    uint32_t rows = 0;
  };
  std::vector<Of> by_source_;
  std::vector<uint32_t> sequence_;  ///< The source of each Taken.
  uint32_t rows_ = 0;
};

/// Numbers of several sources; null or empty: `absent`.
inline std::vector<int64_t> gather_numbers(const Selection& selection, const std::vector<const Integers*>& numbers,
                                           int64_t absent = 0) {
  std::vector<int64_t> out(selection.rows(), absent);
  for (size_t source = 0; source < selection.sources(); ++source)
    if (numbers[source] && numbers[source]->size())
      numbers[source]->visit([&](auto at) { selection.take(source, at, out.data()); });
  return out;
}

}  // namespace cairn::timeline

#include "engine/delays.h"

#include <algorithm>

namespace cairn::engine {

using timeline::Integers;
using timeline::Order;

void merge(Transition& into, const Transition& from) {
  bool is_new = into.count == 0;
  into.count += from.count;
  into.total_micros += from.total_micros;
  into.min_micros = is_new ? from.min_micros : std::min(into.min_micros, from.min_micros);
  into.max_micros = is_new ? from.max_micros : std::max(into.max_micros, from.max_micros);
}

// ---- what rows are as steps ----

namespace {

using Machine = StepReader::Machine;

/// out[i] = of(i, in…). Of a number of turns that it knows the compiler makes vectors, and of no other; bytes are `in`,
/// because they might be a part of anything.
template <class Of, class Out, class... In>
[[gnu::always_inline]] inline void fill(Of of, size_t count, Out* __restrict out, const In* __restrict... in) {
  if (count == StepReader::kRows)
    for (size_t i = 0; i < StepReader::kRows; ++i) out[i] = of(i, in...);
  else
    for (size_t i = 0; i < count; ++i) out[i] = of(i, in...);
}

template <class Of, class Out, class... In>
[[gnu::noinline]] void fill_any(Of of, size_t count, Out* __restrict out, const In* __restrict... in) {
  fill(of, count, out, in...);
}
#if defined(__x86_64__)
template <class Of, class Out, class... In>
[[gnu::target("avx2"), gnu::noinline]] void fill_avx2(Of of, size_t count, Out* __restrict out,
                                                      const In* __restrict... in) {
  fill(of, count, out, in...);
}
template <class Of, class Out, class... In>
[[gnu::target("avx512f,avx512bw,avx512dq,avx512vl"), gnu::noinline]] void fill_avx512(Of of, size_t count,
                                                                                      Out* __restrict out,
                                                                                      const In* __restrict... in) {
  fill(of, count, out, in...);
}
#endif

template <class Of, class Out, class... In>
void fill_on(Machine machine, Of of, size_t count, Out* out, const In*... in) {
#if defined(__x86_64__)
  if (machine == Machine::avx512) return fill_avx512(of, count, out, in...);
  if (machine == Machine::avx2) return fill_avx2(of, count, out, in...);
#endif
  fill_any(of, count, out, in...);
}

}  // namespace

Machine StepReader::machine() {
#if defined(__x86_64__)
  static const Machine found = [] {
    if (!__builtin_cpu_supports("avx2")) return Machine::any;
    bool is_wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                   __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    return is_wide ? Machine::avx512 : Machine::avx2;
  }();
  return found;
#else
  return Machine::any;
#endif
}

void StepReader::delays(size_t first, size_t count, int64_t* out) const {
  order_.occurred_at().visit_raw([&](auto times) {
    fill_on(machine_, [=](size_t i) { return times[first + i] - times[first + i - 1]; }, count, out);
  });
}

template <class Cell>
void StepReader::cells(size_t first, size_t count, size_t kinds, Cell* out) const {
  auto n = static_cast<Cell>(kinds);
  auto of = [=](size_t i, auto codes) {
    return static_cast<Cell>(static_cast<Cell>(codes[first + i - 1]) * n + static_cast<Cell>(codes[first + i]));
  };
  if (const uint8_t* bytes = order_.codes().plain_bytes()) return fill_on(machine_, of, count, out, bytes);
  order_.codes().visit([&](auto codes) { fill_on(machine_, [=](size_t i) { return of(i, codes); }, count, out); });
}
template void StepReader::cells(size_t, size_t, size_t, uint16_t*) const;
template void StepReader::cells(size_t, size_t, size_t, uint32_t*) const;

// ---- delays ----

Delays::Delays(const Order& order) : order_(order), reader_(order), kinds_(order.kinds().size()) {
  uint64_t range = static_cast<uint64_t>(order.occurred_at().max()) - static_cast<uint64_t>(order.occurred_at().min());
  // A customer's delays add up to no more than the range.
  most_customers_ =
      static_cast<uint32_t>(std::clamp<uint64_t>(INT64_MAX / std::max<uint64_t>(range, 1), 1, UINT32_MAX));
  clear();
}

void Delays::clear() {
  cells_.assign(kinds_ * kinds_ + 1, Cell());
  cells_.back().range = UINT64_MAX;
  customers_ = 0;
}

void Delays::add(uint32_t first, uint32_t last, Span span, ByKind& into) {
  for (uint32_t next; first < last; first = next) {
    if (customers_ == most_customers_) flush(into);
    next = first + std::min(last - first, most_customers_ - customers_);
    customers_ += next - first;
    if (cells_.size() <= UINT16_MAX) pass<uint16_t>(first, next, span);
    else pass<uint32_t>(first, next, span);
  }
}

void Delays::flush(ByKind& into) {
  int64_t scale = order_.occurred_at().packing().scale;
  for (size_t from = 0; from < kinds_; ++from)
    for (size_t to = 0; to < kinds_; ++to) {
      const Cell& cell = cells_[from * kinds_ + to];
      uint64_t total = 0;
      int64_t count = 0;
      for (const Cell::Place& place : cell.places) {
        total += place.total;
        count += place.count;
      }
      if (count == 0) continue;
      int64_t longest = cell.least + static_cast<int64_t>(cell.range);
      merge(into[{order_.kinds()[from], order_.kinds()[to]}],
            {count, static_cast<__int128>(total) * scale, cell.least * scale, longest * scale});
    }
  clear();
}

template <class Index>
void Delays::pass(uint32_t first, uint32_t last, Span span) {
  alignas(64) int64_t delays[StepReader::kRows];
  alignas(64) Index at[StepReader::kRows];
  const timeline::Offsets& offsets = order_.offsets();
  // Nothing leads to the first row of all.
  size_t row = offsets.begin(first) + size_t{1}, end = offsets.end(last - 1);
  if (row >= end) return;
  const uint32_t* start = offsets.starts_from(first);
  while (*start < row) ++start;
  for (size_t count; row < end; row += count) {
    count = std::min(end - row, StepReader::kRows);
    reader_.delays(row, count, delays);
    reader_.cells(row, count, kinds_, at);
    auto nowhere = static_cast<Index>(cells_.size() - 1);
    for (; *start < row + count; ++start) at[*start - row] = nowhere;
    leave_out(row, count, span, at);
    take(count, delays, at);
  }
}

/// Steps that begin or end out of the span.
template <class Index>
void Delays::leave_out(size_t first, size_t count, Span span, Index* at) const {
  const Integers& times = order_.occurred_at();
  if (span.from <= times.min() && times.max() < span.to) return;
  auto nowhere = static_cast<Index>(cells_.size() - 1);
  times.visit([&](auto time) {
    for (size_t i = 0; i < count; ++i)
      if (!span.holds(time[first + i - 1]) || !span.holds(time[first + i])) at[i] = nowhere;
  });
}

/// What is no step goes to a cell of its own: how many events a customer has is what no processor can guess. A new
/// least or longest delay is rare, so asking for both at once costs less than storing what was there.
template <class Index>
[[gnu::noinline]] void Delays::take(size_t count, const int64_t* delays, const Index* at) {
  Cell* cells = cells_.data();
  size_t i = 0;
  static_assert(Cell::kPlaces == 3);
  for (; i + 3 <= count; i += 3) {
    cells[at[i]].take(delays[i], 0);
    cells[at[i + 1]].take(delays[i + 1], 1);
    cells[at[i + 2]].take(delays[i + 2], 2);
  }
  for (; i < count; ++i) cells[at[i]].take(delays[i], 0);
}

inline void Delays::Cell::take(int64_t delay, size_t place) {
  places[place].total += static_cast<uint64_t>(delay);
  ++places[place].count;
  if (static_cast<uint64_t>(delay) - static_cast<uint64_t>(least) > range) [[unlikely]]
    widen(delay);
}

[[gnu::noinline]] void Delays::Cell::widen(int64_t delay) {
  bool is_first = least == INT64_MIN;
  int64_t longest = is_first ? delay : std::max(least + static_cast<int64_t>(range), delay);
  least = is_first ? delay : std::min(least, delay);
  range = static_cast<uint64_t>(longest - least);
}

}  // namespace cairn::engine

// Which rows a subject is over.
#include <algorithm>

#include "engine/customer.h"

namespace cairn::engine {

using timeline::EntityStream;
using timeline::Stream;

namespace {

/// The first of rows [low, high) whose time is at least `time`.
uint32_t first_at(const timeline::Integers& times, uint32_t low, uint32_t high, int64_t time) {
  return times.visit([&](auto at) {
    uint32_t from = low, to = high;
    while (from < to) {
      uint32_t middle = from + (to - from) / 2;
      if (at[middle] < time) from = middle + 1;
      else to = middle;
    }
    return from;
  });
}

}  // namespace

void Customer::find(const Subject& subject, Span span, Items& out) {
  out.rows.clear();
  out.stream = nullptr;
  if (!subject.exists || span.from >= span.to) return;
  if (subject.is_entity) find_entities(subject, span, out);
  else find_events(subject, span, out);
}

void Customer::find_events(const Subject& subject, Span span, Items& out) {
  const Stream* stream = part_->stream(static_cast<timeline::KindIndex>(subject.index));
  if (!stream) return;
  out.stream = stream;
  const timeline::Integers& times = stream->occurred_at();
  uint32_t begin = stream->offsets().begin(customer_), end = stream->offsets().end(customer_);
  if (begin == end) return;
  if (span.from != INT64_MIN) begin = first_at(times, begin, end, span.from);
  end = first_at(times, begin, end, std::min(span.to - 1, look_.t.micros) + 1);
  bool hides = look_.as_known && stream->lag().size() > 0;
  out.rows.reserve(end - begin);
  times.visit([&](auto at) {
    for (uint32_t row = begin; row < end; ++row) {
      Item item{at[row], row};
      if (hides && item.time + stream->lag()[row] > look_.t.micros) continue;
      if (holds(subject.where, *stream, item)) out.rows.push_back(item);
    }
  });
}

/// The customer's entities as of the moment: [begin, end) of a stream. Null when there is none.
const EntityStream* Customer::entity(size_t index, uint32_t& begin, uint32_t& end) {
  const EntityStream* stored = part_->entity(index);
  if (!stored) return nullptr;
  begin = stored->rows().offsets().begin(customer_);
  end = stored->rows().offsets().end(customer_);
  Refolded& other = refolded_[index];
  if (other.stamp == stamp_) {
    end = other.stream ? other.stream->rows().rows() : 0;
    begin = 0;
    return other.stream.get();
  }
  int64_t t = look_.t.micros;
  bool stands = stored->changed_at().max() <= t && !look_.as_known;
  for (uint32_t row = begin; !stands && row < end; ++row) {
    if (stored->begins_at()[row] > t) continue;
    if (stored->changed_at()[row] <= t && (!look_.as_known || stored->known_by()[row] <= t)) continue;
    other.stream = timeline::refold(*plan_.schema, *part_, index, customer_, {look_.t, look_.as_known});
    other.stamp = stamp_;
    end = other.stream ? other.stream->rows().rows() : 0;
    begin = 0;
    return other.stream.get();
  }
  return stored;
}

void Customer::find_entities(const Subject& subject, Span span, Items& out) {
  uint32_t begin = 0, end = 0;
  const EntityStream* entities = entity(static_cast<size_t>(subject.index), begin, end);
  if (!entities) return;
  const Stream& stream = entities->rows();
  out.stream = &stream;
  for (uint32_t row = begin; row < end; ++row) {
    if (entities->begins_at()[row] > look_.t.micros) continue;
    Item item{stream.occurred_at()[row], row};
    if (subject.step >= 0) {
      Cell step = read_column(stream, subject.step, {}, row);
      if (!step.is_known()) continue;
      item.time = step.whole;
    }
    if (span.holds(item.time) && holds(subject.where, stream, item)) out.rows.push_back(item);
  }
  if (subject.step < 0) return;
  std::stable_sort(out.rows.begin(), out.rows.end(), [&](const Item& a, const Item& b) {
    return a.time != b.time ? a.time < b.time : stream.seq()[a.row] < stream.seq()[b.row];
  });
}

}  // namespace cairn::engine

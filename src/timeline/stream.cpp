#include "timeline/stream.h"

namespace cairn::timeline {

Offsets Offsets::pack(const std::vector<uint32_t>& offsets) {
  Offsets out;
  out.customers_ = static_cast<uint32_t>(offsets.size() - 1);
  uint32_t having = 0;
  for (size_t c = 0; c < out.customers_; ++c) having += offsets[c] != offsets[c + 1];
  // A dense offset is read without counting bits: worth its bytes where a quarter of the customers has rows.
  if (having >= out.customers_ / 4) {
    out.starts_ = Array<uint32_t>(offsets);
    return out;
  }
  std::vector<bool> has(out.customers_);
  std::vector<uint32_t> starts;
  for (size_t c = 0; c < out.customers_; ++c) {
    has[c] = offsets[c] != offsets[c + 1];
    if (has[c]) starts.push_back(offsets[c]);
  }
  starts.push_back(offsets.back());
  out.is_dense_ = false;
  out.has_ = Bits(has);
  out.starts_ = Array<uint32_t>(std::move(starts));
  return out;
}

Offsets::Offsets(uint32_t customers, Bits has, Array<uint32_t> starts)
    : customers_(customers), is_dense_(has.size() == 0), has_(std::move(has)), starts_(std::move(starts)) {}

void Offsets::read(uint32_t first, uint32_t count, uint32_t* out) const {
  if (is_dense_) {
    std::copy(starts_.data() + first, starts_.data() + first + count + 1, out);
    return;
  }
  uint32_t at = has_.rank(first);
  out[0] = starts_[at];
  for (uint32_t i = 0; i < count; ++i) {
    at += has_[first + i];
    out[i + 1] = starts_[at];
  }
}

Result<void> Offsets::touch(Range customers) const {
  size_t last = std::min<size_t>(customers.last, customers_);
  if (is_dense_) return starts_.touch({customers.first, last + 1});
  TRY(has_.touch());
  return starts_.touch();
}

Result<void> Stream::touch(Range customers) const {
  size_t first = customers.first, last = std::min<size_t>(customers.last, offsets_.customers());
  if (first >= last) return {};
  TRY(offsets_.touch({first, last}));
  Range rows{offsets_.begin(static_cast<uint32_t>(first)), offsets_.end(static_cast<uint32_t>(last - 1))};
  for (const Integers* numbers : {&occurred_at_, &lag_, &seq_, &source_, &precedence_}) TRY(numbers->touch(rows));
  return origin_ ? origin_->touch(rows) : Result<void>();
}

Result<void> Stream::touch_all(Range customers) const {
  TRY(touch(customers));
  size_t first = customers.first, last = std::min<size_t>(customers.last, offsets_.customers());
  if (first >= last) return {};
  Range rows{offsets_.begin(static_cast<uint32_t>(first)), offsets_.end(static_cast<uint32_t>(last - 1))};
  for (const auto& column : columns_)
    if (column) TRY(column->touch(rows));
  return {};
}

Result<void> EntityStream::touch(Range customers) const {
  TRY(rows_.touch(customers));
  size_t first = customers.first, last = std::min<size_t>(customers.last, rows_.offsets().customers());
  if (first >= last) return {};
  Range rows{rows_.offsets().begin(static_cast<uint32_t>(first)), rows_.offsets().end(static_cast<uint32_t>(last - 1))};
  for (const Integers* numbers : {&begins_at_, &changed_at_, &known_by_}) TRY(numbers->touch(rows));
  return {};
}

Result<void> Order::touch(Range customers) const {
  size_t first = customers.first, last = std::min<size_t>(customers.last, offsets_.customers());
  if (first >= last) return {};
  TRY(offsets_.touch({first, last}));
  Range events{offsets_.begin(static_cast<uint32_t>(first)), offsets_.end(static_cast<uint32_t>(last - 1))};
  TRY(occurred_at_.touch(events));
  return codes_.touch(events);
}

}  // namespace cairn::timeline

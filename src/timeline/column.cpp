#include "timeline/column.h"

#include <algorithm>

#include "base/check.h"

namespace cairn::timeline {
namespace {

using query::Value;

/// Puts the values of known rows where they belong; `at[slot]` is one.
template <class Reader, class Out>
void spread(const Column& column, Reader at, uint32_t first, uint32_t count, Out* out) {
  if (column.is_flat()) {
    for (uint32_t i = 0; i < count; ++i) out[i] = static_cast<Out>(at[first + i]);
    return;
  }
  std::fill(out, out + count, Out{});
  uint32_t slot = column.slot(first);
  column.known_bits()->each(first, first + count, [&](size_t row) { out[row - first] = static_cast<Out>(at[slot++]); });
}

}  // namespace

Texts::Texts(const std::vector<std::string_view>& texts) {
  std::vector<int64_t> offsets;
  offsets.reserve(texts.size() + 1);
  int64_t end = 0;
  offsets.push_back(end);
  for (std::string_view text : texts) offsets.push_back(end += static_cast<int64_t>(text.size()));
  auto bytes = std::make_shared_for_overwrite<char[]>(static_cast<size_t>(end));
  for (size_t i = 0; i < texts.size(); ++i) std::ranges::copy(texts[i], bytes.get() + offsets[i]);
  *this = Texts(offsets, std::move(bytes));
}

Texts::Texts(std::span<const int64_t> offsets, std::shared_ptr<const char[]> bytes)
    : offsets_(Integers::pack(offsets)) {
  std::string_view all(bytes.get(), static_cast<size_t>(offsets.back()));
  if (!all.empty()) bytes_ = Array<char>(std::make_shared<const Block>(std::move(bytes), all));
}

Result<void> Texts::touch(Range range) const {
  size_t last = std::min<size_t>(range.last, size());
  if (range.first >= last) return {};
  TRY(offsets_.touch({range.first, last + 1}));
  return bytes_.touch({static_cast<size_t>(offsets_[range.first]), static_cast<size_t>(offsets_[last])});
}

const Column* Lists::item(std::string_view name) const {
  for (const auto& [item_name, column] : items)
    if (item_name == name) return column.get();
  return nullptr;
}

void Column::read_known(uint32_t first, uint32_t count, uint8_t* out) const {
  if (bits_) bits_->read(first, count, out);
  else std::fill(out, out + count, static_cast<uint8_t>(known_ != 0));
}

void Column::read(uint32_t first, uint32_t count, int64_t* out) const {
  if (coding_ == Coding::integers) integers_.visit([&](auto at) { spread(*this, at, first, count, out); });
  else if (coding_ == Coding::bits) spread(*this, truths_, first, count, out);
  else std::fill(out, out + count, 0);
}

void Column::read(uint32_t first, uint32_t count, double* out) const {
  bool numbers = coding_ == Coding::doubles || (coding_ == Coding::any && !doubles_.empty());
  if (numbers) spread(*this, doubles_, first, count, out);
  else if (coding_ == Coding::integers) integers_.visit([&](auto at) { spread(*this, at, first, count, out); });
  else if (coding_ == Coding::bits) spread(*this, truths_, first, count, out);
  else std::fill(out, out + count, 0.0);
}

void Column::read(uint32_t first, uint32_t count, uint32_t* codes) const {
  if (coding_ == Coding::codes) integers_.visit([&](auto at) { spread(*this, at, first, count, codes); });
  else std::fill(codes, codes + count, 0u);
}

void Column::read(uint32_t first, uint32_t count, Tag* out) const {
  if (coding_ == Coding::any) integers_.visit([&](auto at) { spread(*this, at, first, count, out); });
  else std::fill(out, out + count, Tag::unknown);
}

int64_t Column::integer(uint32_t row) const {
  if (!is_known(row)) return 0;
  if (coding_ == Coding::bits) return truths_[slot(row)];
  return coding_ == Coding::integers ? integers_[slot(row)] : 0;
}

double Column::number(uint32_t row) const {
  if (!is_known(row)) return 0;
  if (coding_ == Coding::integers) return static_cast<double>(integers_[slot(row)]);
  return doubles_.empty() ? 0 : doubles_[slot(row)];
}

std::string_view Column::text(uint32_t row) const {
  if (!is_known(row)) return {};
  if (coding_ == Coding::codes) return texts_[static_cast<size_t>(integers_[slot(row)])];
  bool has_texts = coding_ == Coding::texts || (coding_ == Coding::any && texts_.size() > 0);
  return has_texts ? texts_[slot(row)] : std::string_view();
}

uint32_t Column::code(uint32_t row) const {
  return coding_ == Coding::codes && is_known(row) ? static_cast<uint32_t>(integers_[slot(row)]) : 0;
}

Tag Column::tag(uint32_t row) const {
  return coding_ == Coding::any && is_known(row) ? static_cast<Tag>(integers_[slot(row)]) : Tag::unknown;
}

Value Column::value(uint32_t row, const Currency& currency, int item) const {
  if (!is_known(row)) return {};
  switch (coding_) {
    case Coding::nothing: return {};
    case Coding::bits: return boolean(row);
    case Coding::doubles: return number(row);
    case Coding::codes:
    case Coding::texts: return text(row);
    case Coding::integers:
      if (type_ == query::PropertyType::money) return Money{integer(row), currency};
      if (type_ == query::PropertyType::time) return Time{integer(row)};
      return number(row);
    case Coding::any:
      if (tag(row) == Tag::number) return number(row);
      if (tag(row) == Tag::text) return text(row);
      return tag(row) == Tag::yes;
    case Coding::list: break;
  }
  Value::List out;
  const Column* column = item < 0 ? lists_->elements.get() : lists_->items[static_cast<size_t>(item)].second.get();
  auto first = static_cast<uint32_t>(lists_->offsets[row]), last = static_cast<uint32_t>(lists_->offsets[row + 1]);
  for (uint32_t element = first; column && element < last; ++element)
    if (column->is_known(element)) out.push_back(column->value(element, currency));
  return out;
}

uint32_t Column::codes_before(std::string_view text) const {
  uint32_t low = 0, high = texts_.size();
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (texts_[middle] < text) low = middle + 1;
    else high = middle;
  }
  return low;
}

std::optional<uint32_t> Column::find_code(std::string_view text) const {
  uint32_t at = codes_before(text);
  return at < texts_.size() && texts_[at] == text ? std::optional(at) : std::nullopt;
}

Result<void> Column::touch(Range rows) const {
  size_t first = rows.first, last = std::min<size_t>(rows.last, rows_);
  if (first >= last) return {};
  if (lists_) {
    if (bits_) TRY(bits_->touch({first, last}));
    TRY(lists_->offsets.touch({first, last + 1}));
    Range elements{static_cast<size_t>(lists_->offsets[first]), static_cast<size_t>(lists_->offsets[last])};
    if (lists_->elements) TRY(lists_->elements->touch(elements));
    for (const auto& [name, column] : lists_->items)
      if (column) TRY(column->touch(elements));
    return {};
  }
  Range slots{first, last};
  if (bits_) {
    TRY(bits_->touch({first, last + 1}));
    if (!is_flat_) slots = {bits_->rank(first), bits_->rank(last)};
  }
  TRY(integers_.touch(slots));
  TRY(doubles_.touch(slots));
  TRY(truths_.touch(slots));
  return texts_.touch(coding_ == Coding::codes ? Range() : slots);
}

size_t Column::bytes() const {
  size_t out = integers_.bytes() + doubles_.bytes() + truths_.bytes() + texts_.bytes() + (bits_ ? bits_->bytes() : 0);
  if (!lists_) return out;
  out += lists_->offsets.bytes() + (lists_->elements ? lists_->elements->bytes() : 0);
  for (const auto& [name, column] : lists_->items) out += column ? column->bytes() : 0;
  return out;
}

bool Column::is_mapped() const {
  return integers_.is_mapped() || doubles_.is_mapped() || truths_.is_mapped() || texts_.characters().is_mapped() ||
         (bits_ && bits_->is_mapped()) || (lists_ && lists_->offsets.is_mapped());
}

}  // namespace cairn::timeline

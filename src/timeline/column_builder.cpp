#include "timeline/column_builder.h"

#include <cmath>

#include "base/check.h"
#include "timeline/text_store.h"

namespace cairn::timeline {

using query::PropertyType;

struct ColumnBuilder::TextStore : timeline::TextStore {};

struct ColumnBuilder::ListStore {
  explicit ListStore(ColumnBuilder any) : elements(std::move(any)) {}
  std::vector<int64_t> offsets = {0};
  ColumnBuilder elements;
  std::vector<std::pair<std::string, ColumnBuilder>> items;
};

namespace {

/// The machine adds minus zero to nothing: it is zero.
double plain_zero(double value) { return value == 0 ? 0.0 : value; }

bool is_whole(double value) {
  constexpr double kWhole = 9007199254740992.0;  // 2^53
  return std::floor(value) == value && std::fabs(value) <= kWhole;
}

}  // namespace

ColumnBuilder::ColumnBuilder(PropertyType type, bool declared) : type_(type), declared_(declared) {
  if (declared && type == PropertyType::list) list_ = std::make_unique<ListStore>(ColumnBuilder(type, false));
}

ColumnBuilder::ColumnBuilder(const query::Property& property) : ColumnBuilder(property.type, property.declared) {
  if (!list_) return;
  for (const query::Property& item : property.items) list_->items.emplace_back(item.name, ColumnBuilder(item));
}

ColumnBuilder::ColumnBuilder(ColumnBuilder&&) noexcept = default;
ColumnBuilder& ColumnBuilder::operator=(ColumnBuilder&&) noexcept = default;
ColumnBuilder::~ColumnBuilder() = default;

/// Made when the first text comes: most columns of a small part have none.
ColumnBuilder::TextStore& ColumnBuilder::texts() {
  if (!texts_) texts_ = std::make_unique<TextStore>();
  return *texts_;
}

ColumnBuilder& ColumnBuilder::elements() { return list_->elements; }
ColumnBuilder& ColumnBuilder::item(size_t index) { return list_->items[index].second; }
size_t ColumnBuilder::items() const { return list_->items.size(); }

void ColumnBuilder::mark(bool known, uint32_t count) {
  if (known && known_rows_ == rows_) {
    rows_ = known_rows_ += count;
    return;
  }
  // While nothing is known there are no bits either: many columns end like this.
  if (!known && known_rows_ == 0) {
    rows_ += count;
    return;
  }
  if (known_.empty()) {
    known_.assign(rows_ / 64 + 1, 0);
    for (uint32_t row = 0; row < known_rows_; ++row) known_[row >> 6] |= uint64_t{1} << (row & 63);
  }
  known_.resize((rows_ + count) / 64 + 1);
  if (known)
    for (uint32_t row = rows_; row < rows_ + count; ++row) known_[row >> 6] |= uint64_t{1} << (row & 63);
  rows_ += count;
  if (known) known_rows_ += count;
}

void ColumnBuilder::add_unknown(uint32_t count) {
  if (count == 0) return;
  mark(false, count);
  if (list_) list_->offsets.resize(rows_ + size_t{1}, list_->offsets.back());
}

void ColumnBuilder::add_integer(int64_t value) {
  mark(true, 1);
  integers_.push_back(value);
}

void ColumnBuilder::add_number(double value) {
  if (!std::isfinite(value)) return add_unknown();
  mark(true, 1);
  doubles_.push_back(plain_zero(value));
  if (declared_) return;
  integers_.push_back(static_cast<int64_t>(Tag::number));
  texts().add({});
}

void ColumnBuilder::add_text(std::string_view value) {
  if (value.empty()) return add_unknown();
  mark(true, 1);
  texts().add(value);
  if (declared_) return;
  integers_.push_back(static_cast<int64_t>(Tag::text));
  doubles_.push_back(0);
}

void ColumnBuilder::add_truth(bool value) {
  if (declared_) return add_integer(value);
  mark(true, 1);
  integers_.push_back(static_cast<int64_t>(value ? Tag::yes : Tag::no));
  doubles_.push_back(0);
  texts().add({});
}

void ColumnBuilder::add_list() {
  mark(true, 1);
  for (auto& [name, item] : list_->items) item.skip_to(list_->elements.rows());
  list_->offsets.push_back(list_->elements.rows());
}

void ColumnBuilder::append(const Column& from, uint32_t first, uint32_t count) {
  if (from.coding() == Coding::nothing) return add_unknown(count);
  CHECK((from.coding() == Coding::any) == !declared_ && (from.coding() == Coding::list) == (list_ != nullptr),
        "coding {} where type {} is built", static_cast<int>(from.coding()), static_cast<int>(type_));
  for (uint32_t row = first; row < first + count; ++row) {
    if (!from.is_known(row)) add_unknown();
    else append_value(from, row);
  }
}

void ColumnBuilder::append_value(const Column& from, uint32_t row) {
  switch (from.coding()) {
    case Coding::nothing: return;
    case Coding::bits:
    case Coding::integers:
      if (type_ == PropertyType::number) return add_number(from.number(row));
      return add_integer(from.integer(row));
    case Coding::doubles: return add_number(from.number(row));
    case Coding::codes:
    case Coding::texts: return add_text(from.text(row));
    case Coding::any:
      if (from.tag(row) == Tag::text) return add_text(from.text(row));
      if (from.tag(row) == Tag::number) return add_number(from.number(row));
      return add_truth(from.tag(row) == Tag::yes);
    case Coding::list: return append_list(*from.lists(), row);
  }
}

void ColumnBuilder::append_list(const Lists& from, uint32_t row) {
  auto first = static_cast<uint32_t>(from.offsets[row]), count = static_cast<uint32_t>(from.offsets[row + 1]) - first;
  auto copy = [&](ColumnBuilder& to, const Column* column) {
    if (column) to.append(*column, first, count);
    else to.add_unknown(count);
  };
  copy(list_->elements, from.elements.get());
  for (auto& [name, item] : list_->items) copy(item, from.item(name));
  mark(true, 1);
  list_->offsets.push_back(list_->elements.rows());
}

/// Where few values are missing, their empty places cost less than the way around them.
void ColumnBuilder::choose_flat(Column& out, size_t value_bits) {
  size_t missing = rows_ - known_rows_;
  out.is_flat_ = missing == 0 || missing * value_bits <= rows_;
}

template <class T>
std::vector<T> ColumnBuilder::placed(const Column& out, std::vector<T> values) const {
  if (!out.is_flat_ || known_rows_ == rows_) return values;
  std::vector<T> spread(rows_);
  size_t slot = 0;
  out.bits_->each(0, rows_, [&](size_t row) { spread[row] = values[slot++]; });
  return spread;
}

void ColumnBuilder::finish_integers(Column& out) {
  out.coding_ = Coding::integers;
  Integers packed = Integers::pack(integers_);
  choose_flat(out, packed.packing().width * size_t{8});
  bool spread = out.is_flat_ && known_rows_ != rows_;
  out.integers_ = spread ? Integers::pack(placed(out, std::move(integers_))) : std::move(packed);
}

void ColumnBuilder::finish_numbers(Column& out) {
  if (std::all_of(doubles_.begin(), doubles_.end(), is_whole)) {
    integers_.reserve(doubles_.size());
    for (double value : doubles_) integers_.push_back(static_cast<int64_t>(value));
    return finish_integers(out);
  }
  out.coding_ = Coding::doubles;
  choose_flat(out, 64);
  out.doubles_ = Array<double>(placed(out, std::move(doubles_)));
}

void ColumnBuilder::finish_truths(Column& out) {
  out.coding_ = Coding::bits;
  choose_flat(out, 1);
  std::vector<int64_t> values = placed(out, std::move(integers_));
  out.truths_ = Bits(std::vector<bool>(values.begin(), values.end()));
}

void ColumnBuilder::finish_codes(Column& out, Texts dictionary) {
  finish_integers(out);
  out.coding_ = Coding::codes;
  out.texts_ = std::move(dictionary);
}

void ColumnBuilder::finish_texts(Column& out) {
  auto coded = texts_->is_coded() ? texts_->take_coded() : texts_->reconsidered();
  if (coded) {
    integers_ = std::move(coded->second);
    return finish_codes(out, std::move(coded->first));
  }
  out.coding_ = Coding::texts;
  out.is_flat_ = known_rows_ == rows_;
  std::vector<std::string_view> texts;
  texts.reserve(texts_->size());
  for (size_t i = 0; i < texts_->size(); ++i) texts.push_back((*texts_)[i]);
  out.texts_ = Texts(texts);
}

void ColumnBuilder::finish_any(Column& out) {
  out.coding_ = Coding::any;
  out.is_flat_ = known_rows_ == rows_;
  auto holds = [&](Tag tag) { return std::count(integers_.begin(), integers_.end(), static_cast<int64_t>(tag)) > 0; };
  if (holds(Tag::number)) out.doubles_ = Array<double>(std::move(doubles_));
  if (holds(Tag::text)) {
    std::vector<std::string_view> texts;
    for (size_t i = 0; i < texts_->size(); ++i) texts.push_back((*texts_)[i]);
    out.texts_ = Texts(texts);
  }
  out.integers_ = Integers::pack(integers_);
}

void ColumnBuilder::finish_list(Column& out) {
  out.coding_ = Coding::list;
  auto lists = std::make_shared<Lists>();
  lists->offsets = Integers::pack(list_->offsets);
  lists->elements = list_->elements.finish();
  for (auto& [name, item] : list_->items) lists->items.emplace_back(name, item.finish());
  out.lists_ = std::move(lists);
}

std::shared_ptr<Column> ColumnBuilder::begin_column() {
  auto out = std::make_shared<Column>(type_, rows_);
  out->known_ = known_rows_;
  if (known_rows_ != rows_) {
    known_.resize((rows_ + size_t{63}) / 64);
    out->bits_ = std::make_shared<const Bits>(std::move(known_), rows_);
  }
  return out;
}

std::shared_ptr<const Column> ColumnBuilder::finish() {
  if (known_rows_ == 0) return nullptr;
  auto out = begin_column();
  if (!declared_) finish_any(*out);
  else if (type_ == PropertyType::list) finish_list(*out);
  else if (type_ == PropertyType::text) finish_texts(*out);
  else if (type_ == PropertyType::number) finish_numbers(*out);
  else if (type_ == PropertyType::boolean) finish_truths(*out);
  else finish_integers(*out);
  return out;
}

}  // namespace cairn::timeline

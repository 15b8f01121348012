// A column out of rows of other columns. Source after source, so that what kind of column a source is is asked once;
// dictionaries are sorted, so they are merged, and no text is hashed.
#include <algorithm>
#include <bit>
#include <numeric>

#include "timeline/column_builder.h"
#include "timeline/text_store.h"

namespace cairn::timeline {
namespace {

using query::PropertyType;
using Columns = std::vector<const Column*>;

/// Calls use(new row, slot) for each row that is known.
template <class F>
void each_known(const Column& column, const std::vector<Taken>& taken, F use) {
  for (const Taken& t : taken) {
    if (column.all_known()) {
      for (uint32_t i = 0; i < t.count; ++i) use(t.to + i, t.from + i);
    } else if (column.is_flat()) {
      for (uint32_t i = 0; i < t.count; ++i)
        if (column.is_known(t.from + i)) use(t.to + i, t.from + i);
    } else {
      uint32_t slot = column.slot(t.from);
      for (uint32_t i = 0; i < t.count; ++i)
        if (column.is_known(t.from + i)) use(t.to + i, slot++);
    }
  }
}

/// Calls use(source, column) for each that has something to give.
template <class F>
void each_source(const Selection& selection, const Columns& columns, F use) {
  for (size_t source = 0; source < selection.sources(); ++source)
    if (columns[source] && selection.rows_of(source)) use(source, *columns[source]);
}

void set_bits(std::vector<uint64_t>& bits, uint32_t first, uint32_t count) {
  for (uint32_t row = first; row < first + count; ++row) bits[row >> 6] |= uint64_t{1} << (row & 63);
}

/// The values of known rows, behind what is no row's, move together.
template <class T>
void close_ranks(std::vector<T>& values, const uint64_t* known, size_t before = 0) {
  size_t to = before;
  for (size_t row = 0; before + row < values.size(); ++row)
    if (known[row >> 6] >> (row & 63) & 1) values[to++] = values[before + row];
  values.resize(to);
}

/// Sources that have one dictionary between them, and what is taken of each; or one whose texts are plain.
struct Readers {
  struct Of {
    const Column* column;
    const std::vector<Taken>* taken;
  };
  std::vector<Of> all;
  uint32_t rows = 0;
  const Column& first() const { return *all.front().column; }
  bool is_coded() const { return first().coding() == Coding::codes; }
  /// Calls use(new row, slot, column) for each row that is known.
  template <class F>
  void each(F use) const {
    for (const Of& of : all)
      each_known(*of.column, *of.taken, [&](uint32_t row, uint32_t slot) { use(row, slot, *of.column); });
  }
  void read_codes(std::vector<int64_t>& numbers) const {
    for (const Of& of : all)
      of.column->integers().visit([&](auto at) {
        each_known(*of.column, *of.taken, [&](uint32_t row, uint32_t slot) { numbers[row] = at[slot]; });
      });
  }
};

std::vector<Readers> readers_of(const Selection& selection, const Columns& columns) {
  std::vector<Readers> out;
  each_source(selection, columns, [&](size_t source, const Column& column) {
    if (column.coding() == Coding::nothing) return;
    auto same = std::find_if(out.begin(), out.end(), [&](const Readers& other) {
      return column.coding() == Coding::codes && other.is_coded() &&
             other.first().dictionary().is_same(column.dictionary());
    });
    if (same == out.end()) same = out.insert(out.end(), Readers());
    same->all.push_back({&column, &selection.of(source)});
    same->rows += selection.rows_of(source);
  });
  return out;
}

/// The texts that are taken of one dictionary, ascending, each under the number of its place; and what becomes of them.
class Vocabulary {
 public:
  /// Puts each row's number into numbers[row].
  void read(const Readers& readers, std::vector<int64_t>& numbers) {
    if (readers.is_coded()) read_codes(readers, numbers);
    else read_texts(readers, numbers);
  }
  const std::vector<std::string_view>& texts() const { return texts_; }
  void set_code(size_t word, uint32_t code) { code_of_[word] = code; }
  /// From the numbers of read to codes.
  void translate(const Readers& readers, std::vector<int64_t>& numbers) const {
    readers.each([&](uint32_t row, uint32_t, const Column&) {
      auto number = static_cast<uint32_t>(numbers[row]);
      numbers[row] = code_of_[word_of_.empty() ? number : word_of_[number]];
    });
  }

 private:
  void read_codes(const Readers& readers, std::vector<int64_t>& numbers) {
    const Texts& dictionary = readers.first().dictionary();
    readers.read_codes(numbers);
    // Where few rows are taken, a list of the dictionary's length would cost more than they.
    if (readers.rows >= dictionary.size() / 8) {
      word_of_.resize(dictionary.size());
      readers.each([&](uint32_t row, uint32_t, const Column&) { word_of_[static_cast<size_t>(numbers[row])] = 1; });
      dictionary.offsets().visit([&](auto offset) {
        for (size_t code = 0; code < word_of_.size(); ++code) {
          if (!word_of_[code]) continue;
          word_of_[code] = static_cast<uint32_t>(texts_.size());
          texts_.emplace_back(dictionary.characters().data() + offset[code],
                              static_cast<size_t>(offset[code + 1] - offset[code]));
        }
      });
    } else {
      std::vector<int64_t> used;
      readers.each([&](uint32_t row, uint32_t, const Column&) { used.push_back(numbers[row]); });
      std::sort(used.begin(), used.end());
      used.erase(std::unique(used.begin(), used.end()), used.end());
      for (int64_t code : used) texts_.push_back(dictionary[static_cast<size_t>(code)]);
      readers.each([&](uint32_t row, uint32_t, const Column&) {
        numbers[row] = std::lower_bound(used.begin(), used.end(), numbers[row]) - used.begin();
      });
    }
    code_of_.resize(texts_.size());
  }
  void read_texts(const Readers& readers, std::vector<int64_t>& numbers) {
    std::vector<std::pair<std::string_view, uint32_t>> told;
    readers.each(
        [&](uint32_t row, uint32_t slot, const Column& column) { told.emplace_back(column.dictionary()[slot], row); });
    std::sort(told.begin(), told.end());
    for (auto [text, row] : told) {
      if (texts_.empty() || texts_.back() != text) texts_.push_back(text);
      numbers[row] = static_cast<int64_t>(texts_.size() - 1);
    }
    code_of_.resize(texts_.size());
  }

  std::vector<std::string_view> texts_;
  std::vector<uint32_t> word_of_;  ///< By number; empty: the number is the place.
  std::vector<uint32_t> code_of_;  ///< By place in texts_.
};

/// The words of all, each once, ascending; and tells each what its code is.
std::vector<std::string_view> merge(std::vector<Vocabulary>& words) {
  struct Entry {
    std::string_view text;
    uint32_t source, place;
    bool operator<(const Entry& other) const { return text < other.text; }
  };
  std::vector<Entry> entries;
  for (uint32_t source = 0; source < words.size(); ++source) {
    auto middle = static_cast<ptrdiff_t>(entries.size());
    for (uint32_t i = 0; i < words[source].texts().size(); ++i)
      entries.push_back({words[source].texts()[i], source, i});
    std::inplace_merge(entries.begin(), entries.begin() + middle, entries.end());
  }
  std::vector<std::string_view> out;
  for (const Entry& entry : entries) {
    if (out.empty() || out.back() != entry.text) out.push_back(entry.text);
    words[entry.source].set_code(entry.place, static_cast<uint32_t>(out.size() - 1));
  }
  return out;
}

/// A dictionary is shared by a column that has at least one row for so many of its texts: readers that make a table of
/// them would else take longer than for the rows.
constexpr uint32_t kTextsARow = 16;
constexpr uint32_t kFewTexts = 256;

/// The codes that the texts of these readers have in another column, row by row; false as soon as it lacks one.
bool translate(const Readers& readers, const Column& host, std::vector<int64_t>& numbers) {
  bool has_all = true;
  if (!readers.is_coded()) {
    readers.each([&](uint32_t row, uint32_t slot, const Column& column) {
      auto code = has_all ? host.find_code(column.dictionary()[slot]) : std::nullopt;
      has_all = code.has_value();
      numbers[row] = code.value_or(0);
    });
    return has_all;
  }
  constexpr uint32_t kUnasked = UINT32_MAX;
  const Texts& dictionary = readers.first().dictionary();
  std::vector<uint32_t> code_of(dictionary.size(), kUnasked);
  readers.read_codes(numbers);
  readers.each([&](uint32_t row, uint32_t, const Column&) {
    auto own = static_cast<size_t>(numbers[row]);
    if (has_all && code_of[own] == kUnasked) {
      auto code = host.find_code(dictionary[own]);
      has_all = code.has_value();
      code_of[own] = code.value_or(0);
    }
    numbers[row] = code_of[own];
  });
  return has_all;
}

/// Calls use(row, text's number in the source's texts) for each row that is known.
template <class F>
void each_text(const Column& column, const std::vector<Taken>& taken, F use) {
  if (column.coding() == Coding::texts) return each_known(column, taken, use);
  column.integers().visit([&](auto code) {
    each_known(column, taken, [&](uint32_t row, uint32_t slot) { use(row, static_cast<uint32_t>(code[slot])); });
  });
}

std::vector<std::string_view> views_by_row(const Selection& selection, const Columns& columns) {
  std::vector<std::string_view> out(selection.rows());
  each_source(selection, columns, [&](size_t source, const Column& column) {
    const Texts& texts = column.dictionary();
    texts.offsets().visit([&](auto offset) {
      each_text(column, selection.of(source), [&](uint32_t row, uint32_t i) {
        out[row] = {texts.characters().data() + offset[i], static_cast<size_t>(offset[i + 1] - offset[i])};
      });
    });
  });
  return out;
}

/// The characters of all rows one behind another, and where they end, behind a zero; what lies together is copied
/// together.
std::pair<std::vector<int64_t>, std::shared_ptr<const char[]>> texts_by_row(const Selection& selection,
                                                                            const Columns& columns) {
  std::vector<int64_t> ends(selection.rows() + size_t{1});
  each_source(selection, columns, [&](size_t source, const Column& column) {
    column.dictionary().offsets().visit([&](auto offset) {
      each_text(column, selection.of(source),
                [&](uint32_t row, uint32_t i) { ends[row + size_t{1}] = offset[i + 1] - offset[i]; });
    });
  });
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  auto bytes = std::make_shared_for_overwrite<char[]>(static_cast<size_t>(ends.back()));
  each_source(selection, columns, [&](size_t source, const Column& column) {
    const Texts& texts = column.dictionary();
    auto copy = [&](int64_t from, size_t row, size_t count) {
      const char* begin = texts.characters().data() + from;
      std::copy(begin, begin + (ends[row + count] - ends[row]), bytes.get() + ends[row]);
    };
    texts.offsets().visit([&](auto offset) {
      if (column.coding() == Coding::codes)
        return each_text(column, selection.of(source), [&](uint32_t row, uint32_t i) { copy(offset[i], row, 1); });
      for (const Taken& t : selection.of(source))
        copy(offset[column.all_known() ? t.from : column.slot(t.from)], t.to, t.count);
    });
  });
  return {std::move(ends), std::move(bytes)};
}

/// Whether there are so many more texts than in any source that did not share them that they may share some by now:
/// asked whenever the number passes a power of two.
bool may_share(const Selection& selection, const Columns& columns, uint32_t known) {
  bool out = known >= TextStore::kTrial;
  each_source(selection, columns, [&](size_t, const Column& column) {
    out = out && (column.coding() != Coding::texts || column.known_rows() < std::bit_floor(known));
  });
  return out;
}

}  // namespace

/// Which rows are known, and how many.
void ColumnBuilder::gather_known(const Selection& selection, const Columns& columns) {
  rows_ = selection.rows();
  bool all = true;
  for (size_t source = 0; source < selection.sources(); ++source)
    all = all && (!selection.rows_of(source) || (columns[source] && columns[source]->all_known()));
  known_rows_ = rows_;
  if (all) return;
  known_.assign(rows_ / 64 + size_t{1}, 0);
  each_source(selection, columns, [&](size_t source, const Column& column) {
    for (const Taken& t : selection.of(source)) {
      if (column.all_known()) set_bits(known_, t.to, t.count);
      else
        for (uint32_t i = 0; i < t.count; ++i)
          if (column.is_known(t.from + i)) set_bits(known_, t.to + i, 1);
    }
  });
  known_rows_ = 0;
  for (uint64_t word : known_) known_rows_ += count_ones(word);
}

void ColumnBuilder::gather_whole(const Selection& selection, const Columns& columns) {
  integers_.resize(rows_);
  each_source(selection, columns, [&](size_t source, const Column& column) {
    auto take = [&](const auto& at) {
      each_known(column, selection.of(source), [&](uint32_t row, uint32_t slot) { integers_[row] = at[slot]; });
    };
    if (column.coding() == Coding::bits) take(column.truths());
    else column.integers().visit(take);
  });
  if (known_rows_ != rows_) close_ranks(integers_, known_.data());
}

void ColumnBuilder::gather_doubles(const Selection& selection, const Columns& columns) {
  doubles_.resize(rows_);
  each_source(selection, columns, [&](size_t source, const Column& column) {
    auto take = [&](const auto& at) {
      each_known(column, selection.of(source),
                 [&](uint32_t row, uint32_t slot) { doubles_[row] = static_cast<double>(at[slot]); });
    };
    if (column.coding() == Coding::doubles) take(column.doubles());
    else column.integers().visit(take);
  });
  if (known_rows_ != rows_) close_ranks(doubles_, known_.data());
}

/// Takes the largest dictionary as it is, when it has what the other sources say. Else false, and nothing is done.
bool ColumnBuilder::share_words(const Selection& selection, const Columns& columns, Column& out) {
  std::vector<Readers> readers = readers_of(selection, columns);
  auto words = [](const Readers& r) { return r.is_coded() ? r.first().dictionary().size() : 0; };
  std::sort(readers.begin(), readers.end(), [&](const Readers& a, const Readers& b) { return words(a) < words(b); });
  const Column& host = readers.back().first();
  uint32_t size = words(readers.back());
  if (size == 0 || size > std::max(kFewTexts, known_rows_ * kTextsARow)) return false;
  integers_.resize(rows_);
  for (const Readers& other : readers) {
    if (&other.first() == &host) other.read_codes(integers_);
    else if (!translate(other, host, integers_)) return false;
  }
  if (known_rows_ != rows_) close_ranks(integers_, out.known_bits()->words());
  finish_codes(out, host.dictionary());
  return true;
}

void ColumnBuilder::gather_texts(const Selection& selection, const Columns& columns, Words how, Column& out) {
  uint32_t plain = 0;
  each_source(selection, columns, [&](size_t source, const Column& column) {
    if (column.coding() == Coding::texts) plain += selection.rows_of(source);
  });
  // What is different every time in most of them is so in all of them.
  if (plain <= known_rows_ / 2) {
    if (how == Words::shared && share_words(selection, columns, out)) return;
    integers_.assign(rows_, 0);
    std::vector<Readers> readers = readers_of(selection, columns);
    std::vector<Vocabulary> words(readers.size());
    for (size_t i = 0; i < readers.size(); ++i) words[i].read(readers[i], integers_);
    std::vector<std::string_view> texts = merge(words);
    if (timeline::TextStore::pays(texts.size(), known_rows_)) {
      for (size_t i = 0; i < readers.size(); ++i) words[i].translate(readers[i], integers_);
      if (known_rows_ != rows_) close_ranks(integers_, out.known_bits()->words());
      return finish_codes(out, Texts(texts));
    }
  }
  const uint64_t* known = known_rows_ != rows_ ? out.known_bits()->words() : nullptr;
  if (plain > 0 && may_share(selection, columns, known_rows_)) {
    std::vector<std::string_view> views = views_by_row(selection, columns);
    if (known) close_ranks(views, known);
    if (auto coded = timeline::TextStore::try_coded(views)) {
      integers_ = std::move(coded->second);
      return finish_codes(out, std::move(coded->first));
    }
  }
  auto [ends, bytes] = texts_by_row(selection, columns);
  if (known) close_ranks(ends, known, 1);
  out.coding_ = Coding::texts;
  out.is_flat_ = known_rows_ == rows_;
  out.texts_ = Texts(ends, std::move(bytes));
}

void ColumnBuilder::gather_lists(const query::Property& property, const Selection& selection, const Columns& columns,
                                 Words words, Column& out) {
  Selection elements;
  std::vector<int64_t> offsets = {0};
  offsets.reserve(selection.rows() + size_t{1});
  selection.each([&](uint32_t source, const Taken& t) {
    const Lists* lists = columns[source] ? columns[source]->lists() : nullptr;
    if (!lists) return offsets.resize(offsets.size() + t.count, offsets.back());
    int64_t first = lists->offsets[t.from], base = offsets.back() - first;
    for (uint32_t i = 1; i <= t.count; ++i) offsets.push_back(base + lists->offsets[t.from + i]);
    elements.add(source, static_cast<uint32_t>(first), static_cast<uint32_t>(offsets.back() - base - first));
  });
  auto gather_inner = [&](const query::Property& inner, auto column_of) {
    Columns from(elements.sources());
    for (size_t source = 0; source < from.size(); ++source)
      if (columns[source] && columns[source]->lists()) from[source] = column_of(*columns[source]->lists());
    return gather(inner, elements, from, words);
  };
  auto lists = std::make_shared<Lists>();
  lists->offsets = Integers::pack(offsets);
  query::Property any;
  any.type = PropertyType::list;
  any.declared = false;
  lists->elements = gather_inner(any, [](const Lists& from) { return from.elements.get(); });
  for (const query::Property& item : property.items)
    lists->items.emplace_back(item.name, gather_inner(item, [&](const Lists& from) { return from.item(item.name); }));
  out.coding_ = Coding::list;
  out.lists_ = std::move(lists);
}

/// Undeclared properties are few: row after row.
std::shared_ptr<const Column> ColumnBuilder::gather_any(const query::Property& property, const Selection& selection,
                                                        const Columns& columns) {
  ColumnBuilder out(property);
  selection.each([&](uint32_t source, const Taken& t) {
    if (columns[source]) out.append(*columns[source], t.from, t.count);
    else out.add_unknown(t.count);
  });
  return out.finish();
}

std::shared_ptr<const Column> ColumnBuilder::gather(const query::Property& property, const Selection& selection,
                                                    const Columns& columns, Words words) {
  bool any = false, has_doubles = false;
  each_source(selection, columns, [&](size_t, const Column& column) {
    any = any || column.coding() != Coding::nothing;
    has_doubles = has_doubles || column.coding() == Coding::doubles;
  });
  if (!any) return nullptr;
  if (!property.declared) return gather_any(property, selection, columns);
  ColumnBuilder builder(property);
  builder.gather_known(selection, columns);
  if (builder.known_rows_ == 0) return nullptr;
  bool is_text = property.type == PropertyType::text, is_list = property.type == PropertyType::list;
  if (has_doubles) builder.gather_doubles(selection, columns);
  else if (!is_text && !is_list) builder.gather_whole(selection, columns);
  auto out = builder.begin_column();
  if (is_text) builder.gather_texts(selection, columns, words, *out);
  else if (is_list) builder.gather_lists(property, selection, columns, words, *out);
  else if (property.type == PropertyType::boolean) builder.finish_truths(*out);
  else if (has_doubles) builder.finish_numbers(*out);
  else builder.finish_integers(*out);
  return out;
}

}  // namespace cairn::timeline

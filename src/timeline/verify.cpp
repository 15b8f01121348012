#include <algorithm>
#include <cmath>

#include "base/hash.h"
#include "timeline/part_file.h"

namespace cairn::timeline {
namespace {

/// Looks at one thing after another and stops at what is wrong with it: what stands behind may not be readable.
class Verifier {
 public:
  explicit Verifier(std::vector<std::string>& findings) : findings_(findings) {}

  void part(const Schema& schema, const Part& part);

 private:
  bool say(std::string_view what) {
    findings_.push_back(fmt::format("{}: {}", where_, what));
    return false;
  }
  bool touched(Result<void> result) {
    if (!result) findings_.push_back(result.error().message);
    return result.has_value();
  }

  bool integers(const Integers& numbers, std::string_view name);
  bool bits(const Bits& bits);
  bool texts(const Texts& texts, bool sorted);
  bool offsets(const Offsets& offsets, uint64_t rows);
  bool column(const Column& column);
  bool values(const Column& column);
  bool lists(const Column& column);
  bool order(const Schema& schema, const Part& part);
  bool stream(const Stream& stream);
  bool clocks(const Stream& stream);
  void entity(const query::Entity& entity, const EntityStream& stream);

  std::vector<std::string>& findings_;
  std::string where_;
};

bool Verifier::integers(const Integers& numbers, std::string_view name) {
  // All the same: one stands for them, however many a damaged size says.
  if (numbers.packing().width == 0)
    return numbers.size() == 0 || (numbers.min() == numbers.max() && numbers.min() == numbers.packing().base) ||
           say(fmt::format("{} beyond its bounds", name));
  bool right = numbers.visit([&](auto at) {
    for (size_t i = 0; i < numbers.size(); ++i)
      if (at[i] < numbers.min() || at[i] > numbers.max()) return false;
    return true;
  });
  return right || say(fmt::format("{} beyond its bounds", name));
}

bool Verifier::bits(const Bits& bits) {
  uint32_t ones = 0;
  for (size_t w = 0; w < bits.word_array().size(); ++w) {
    if (w % (Bits::kGroup / 64) == 0 && bits.count_array()[w / (Bits::kGroup / 64)] != ones)
      return say("a count of a bitmap is wrong");
    ones += count_ones(bits.words()[w]);
  }
  if (bits.size() % 64 != 0 && bits.words()[bits.size() / 64] >> (bits.size() % 64) != 0)
    return say("a bitmap goes on behind its end");
  return true;
}

bool Verifier::texts(const Texts& texts, bool sorted) {
  const Integers& offsets = texts.offsets();
  if (!integers(offsets, "an offset of text")) return false;
  if (offsets.size() == 0) return texts.characters().empty() || say("text without offsets");
  for (size_t i = 0; i + 1 < offsets.size() && offsets.packing().width != 0; ++i)
    if (offsets[i] > offsets[i + 1]) return say("offsets of text fall");
  bool ends = offsets[0] == 0 && static_cast<uint64_t>(offsets[offsets.size() - 1]) == texts.characters().size();
  if (!ends) return say("offsets of text end elsewhere than the text");
  for (uint32_t i = 0; sorted && i + 1 < texts.size(); ++i)
    if (texts[i] >= texts[i + 1]) return say("a dictionary is not sorted");
  return true;
}

bool Verifier::offsets(const Offsets& offsets, uint64_t rows) {
  bool dense = offsets.dense() != nullptr;
  if (!dense && !bits(offsets.has())) return false;
  const Array<uint32_t>& starts = offsets.starts();
  uint64_t expected = dense ? offsets.customers() : offsets.has().ones();
  if (starts.size() != expected + 1) return say("there are too few or too many offsets");
  bool falls = std::adjacent_find(starts.begin(), starts.end(), std::greater<>()) != starts.end();
  if (falls || starts[0] != 0 || starts[starts.size() - 1] != rows) return say("offsets do not go from 0 to the rows");
  return true;
}

bool Verifier::lists(const Column& column) {
  const Lists& lists = *column.lists();
  if (!integers(lists.offsets, "an offset of a list")) return false;
  for (uint32_t row = 0; row < column.rows(); ++row) {
    if (lists.offsets[row] > lists.offsets[row + 1]) return say("offsets of lists fall");
    if (!column.is_known(row) && lists.offsets[row] != lists.offsets[row + 1])
      return say("an unknown list has elements");
  }
  if (lists.offsets[0] != 0 || lists.offsets[column.rows()] != lists.offsets.max())
    return say("offsets of lists end elsewhere than the elements");
  if (lists.elements && !this->column(*lists.elements)) return false;
  return std::all_of(lists.items.begin(), lists.items.end(),
                     [&](const auto& item) { return !item.second || this->column(*item.second); });
}

bool Verifier::values(const Column& c) {
  bool has_integers = c.coding() == Coding::integers || c.coding() == Coding::codes || c.coding() == Coding::any;
  if (has_integers && !integers(c.integers(), "a value")) return false;
  switch (c.coding()) {
    case Coding::codes:
      if (!texts(c.dictionary(), true)) return false;
      return (c.integers().min() >= 0 && c.integers().max() < int64_t{c.dictionary().size()}) ||
             say("a code is not in the dictionary");
    case Coding::texts: return texts(c.dictionary(), false);
    case Coding::any: {
      bool tags = c.integers().min() >= 1 && c.integers().max() <= static_cast<int64_t>(Tag::text);
      return (tags || say("a tag means nothing")) && texts(c.dictionary(), false);
    }
    case Coding::bits: return bits(c.truths());
    case Coding::doubles:
      return std::all_of(c.doubles().begin(), c.doubles().end(), [](double d) { return std::isfinite(d); }) ||
             say("a number is not finite");
    case Coding::list: return lists(c);
    default: return true;
  }
}

bool Verifier::column(const Column& c) {
  if (!c.all_known()) {
    if (!bits(*c.known_bits())) return false;
    if (c.known_bits()->ones() != c.known_rows()) return say("the count of known rows is wrong");
  }
  return values(c);
}

bool Verifier::clocks(const Stream& stream) {
  return integers(stream.occurred_at(), "occurred_at") && integers(stream.seq(), "seq") &&
         integers(stream.lag(), "lag") && integers(stream.source(), "source") &&
         integers(stream.precedence(), "precedence") && (!stream.origin() || column(*stream.origin()));
}

bool Verifier::stream(const Stream& stream) {
  if (!touched(stream.touch_all({})) || !offsets(stream.offsets(), stream.rows()) || !clocks(stream)) return false;
  bool sorted = true;
  stream.offsets().each(0, stream.offsets().customers(), [&](uint32_t, uint32_t begin, uint32_t end) {
    for (uint32_t row = begin + 1; row < end; ++row) {
      auto place = [&](uint32_t r) { return std::pair(stream.occurred_at()[r], stream.seq()[r]); };
      sorted = sorted && place(row - 1) <= place(row);
    }
  });
  if (!sorted) return say("rows are not in order");
  for (size_t i = 0; i < stream.columns(); ++i)
    if (stream.column(i) && !column(*stream.column(i))) return false;
  return true;
}

bool Verifier::order(const Schema& schema, const Part& part) {
  where_ = fmt::format("shard {}, order", part.shard());
  const Order& order = part.order();
  if (!touched(order.touch()) || !offsets(order.offsets(), order.events())) return false;
  if (!integers(order.occurred_at(), "occurred_at") || !integers(order.codes(), "a kind")) return false;
  if (order.events() != 0 && (order.codes().min() < 0 || order.codes().max() >= int64_t(order.kinds().size())))
    return say("a kind that there is not");
  std::vector<uint32_t> counts(order.kinds().size());
  for (uint32_t i = 0; i < order.events(); ++i) ++counts[static_cast<size_t>(order.codes()[i])];
  for (size_t i = 0; i < counts.size(); ++i) {
    const Stream* stream = part.stream(order.kinds()[i]);
    if (!stream || stream->rows() != counts[i])
      return say(fmt::format("another count of {} than in their stream", schema.kinds()[order.kinds()[i]].stream));
  }
  std::vector<uint32_t> next(counts.size());
  for (uint32_t customer = 0; customer < part.size(); ++customer) {
    uint32_t begin = order.offsets().begin(customer), end = order.offsets().end(customer);
    if (begin == end) return say("a customer without events");
    for (uint32_t i = begin; i < end; ++i) {
      if (i > begin && order.occurred_at()[i] < order.occurred_at()[i - 1]) return say("events are not in order");
      auto kind = static_cast<size_t>(order.codes()[i]);
      const Stream& stream = *part.stream(order.kinds()[kind]);
      uint32_t row = next[kind]++;
      bool there = row >= stream.offsets().begin(customer) && row < stream.offsets().end(customer);
      if (!there || stream.occurred_at()[row] != order.occurred_at()[i]) return say("an event is not in its stream");
    }
  }
  return true;
}

void Verifier::entity(const query::Entity& entity, const EntityStream& stream) {
  if (!touched(stream.touch()) || !this->stream(stream.rows())) return;
  if (stream.rows().columns() != entity.fields.size()) {
    say("there are not as many columns as fields");
    return;
  }
  for (const Integers* numbers : {&stream.begins_at(), &stream.changed_at(), &stream.known_by()})
    if (!integers(*numbers, "a moment")) return;
}

void Verifier::part(const Schema& schema, const Part& part) {
  where_ = fmt::format("shard {}, customers", part.shard());
  if (!touched(part.customers().touch()) || !integers(part.customers(), "an id")) return;
  for (uint32_t i = 0; i < part.size(); ++i) {
    bool right = shard_of(part.customer(i)) == part.shard() && (i == 0 || part.customer(i - 1) < part.customer(i));
    if (!right) {
      say("customers of another shard, or not in order");
      return;
    }
  }
  for (size_t kind = 0; kind < part.streams(); ++kind) {
    const Stream* stream = part.stream(static_cast<KindIndex>(kind));
    where_ = fmt::format("shard {}, {}", part.shard(), schema.kinds()[kind].stream);
    if (stream && !this->stream(*stream)) return;
  }
  if (!order(schema, part)) return;
  for (size_t e = 0; e < schema.entities().size(); ++e) {
    where_ = fmt::format("shard {}, {}", part.shard(), schema.entities()[e].name);
    if (part.entity(e)) entity(schema.entities()[e], *part.entity(e));
  }
  for (size_t a = 0; a < schema.attributes().size(); ++a) {
    const AttributeColumn* attribute = part.attribute(a);
    where_ = fmt::format("shard {}, attribute {}", part.shard(), schema.attributes()[a].name);
    if (!attribute) continue;
    if (attribute->now && (!touched(attribute->now->touch()) || !column(*attribute->now))) continue;
    if (touched(attribute->settled->at.touch()) && touched(attribute->settled->known_by.touch()) &&
        integers(attribute->settled->at, "a moment"))
      integers(attribute->settled->known_by, "a moment");
  }
}

}  // namespace

std::vector<std::string> verify(const Schema& schema, const Part& part) {
  std::vector<std::string> findings;
  Verifier(findings).part(schema, part);
  return findings;
}

}  // namespace cairn::timeline

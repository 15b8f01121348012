#include "timeline/attribute_builder.h"

#include <algorithm>

#include "timeline/column_builder.h"
#include "timeline/telling.h"

namespace cairn::timeline {
namespace {

using query::AttributeRule;

constexpr int64_t kNever = INT64_MIN;

/// Streams that decide an attribute, and until when they did, customer by customer.
struct Deciders {
  const Stream* plus = nullptr;
  const Stream* minus = nullptr;
  // Of who is made here, which is source 0, and of parts.
  Selection selection;
  std::vector<int64_t> at, known_by;
  bool decides = false;

  void make(uint32_t customer) {
    int64_t latest = kNever, known = kNever;
    for (const Stream* stream : {plus, minus}) {
      if (!stream) continue;
      uint32_t begin = stream->offsets().begin(customer), end = stream->offsets().end(customer);
      if (begin < end) latest = std::max(latest, stream->occurred_at()[end - 1]);
      for (uint32_t row = begin; row < end; ++row) known = std::max(known, stream->known_at(row));
    }
    decides = decides || latest != kNever;
    selection.add(0, static_cast<uint32_t>(at.size()), 1);
    at.push_back(latest);
    known_by.push_back(known);
  }
  /// Who has no row is given the least moment that there is, so that the range stays narrow. Empty without any.
  static Integers pack(std::vector<int64_t> moments) {
    int64_t least = INT64_MAX;
    for (int64_t moment : moments)
      if (moment != kNever) least = std::min(least, moment);
    if (least == INT64_MAX) return {};
    std::replace(moments.begin(), moments.end(), kNever, least);
    return Integers::pack(moments);
  }
};

__int128 sum(const Stream* stream, const std::optional<ColumnIndex>& index, uint32_t customer) {
  const Column* column = stream && index ? stream->column(*index) : nullptr;
  __int128 out = 0;
  if (!column) return out;
  for (uint32_t row = stream->offsets().begin(customer); row < stream->offsets().end(customer); ++row)
    out += column->integer(row);
  return out;
}

bool has_rows(const Stream* stream, uint32_t customer) {
  return stream && stream->offsets().begin(customer) < stream->offsets().end(customer);
}

void make(const AttributeRules& rules, const Deciders& deciders, uint32_t customer, ColumnBuilder& out) {
  const Stream* stream = deciders.plus;
  if (rules.rule == AttributeRule::balance) {
    if (!has_rows(stream, customer) && !has_rows(deciders.minus, customer)) return out.add_unknown();
    return out.add_number(static_cast<double>(sum(stream, rules.plus_column, customer)) -
                          static_cast<double>(sum(deciders.minus, rules.minus_column, customer)));
  }
  if (!has_rows(stream, customer)) return out.add_unknown();
  uint32_t begin = stream->offsets().begin(customer), end = stream->offsets().end(customer);
  if (rules.rule == AttributeRule::first_at) return out.add_integer(stream->occurred_at()[begin]);
  const Column* column = rules.plus_column ? stream->column(*rules.plus_column) : nullptr;
  while (column && end-- > begin)
    if (column->is_known(end)) return out.append(*column, end, 1);
  out.add_unknown();
}

}  // namespace

struct AttributeBuilder::State {
  const Rules& rules;
  std::vector<Deciders> deciders;
  std::vector<std::vector<size_t>> attributes;  ///< By deciders.
  std::vector<ColumnBuilder> columns;           ///< By attribute; of who is made.
  std::vector<const Part*> parts;

  uint32_t source_of(const Part& part) {
    size_t at = 0;
    while (at < parts.size() && parts[at] != &part) ++at;
    if (at == parts.size()) parts.push_back(&part);
    return static_cast<uint32_t>(at + 1);
  }
  void make(size_t which, uint32_t customer) {
    deciders[which].make(customer);
    for (size_t i : attributes[which]) timeline::make(*rules.attributes[i], deciders[which], customer, columns[i]);
  }
  /// What a part says of the attributes of these deciders; null when it says nothing of any.
  const AttributeColumn* settled(const Part& part, size_t which) const {
    const AttributeColumn* out = nullptr;
    for (size_t i : attributes[which]) out = out ? out : part.attribute(i);
    return out;
  }
  std::shared_ptr<const Settled> settle(size_t which);
};

AttributeBuilder::AttributeBuilder(const Schema& schema, const StreamOf& streams)
    : state_(new State{schema.rules(), std::vector<Deciders>(schema.rules().deciders), {}, {}, {}}) {
  State& s = *state_;
  s.attributes.resize(s.deciders.size());
  for (size_t i = 0; i < s.rules.attributes.size(); ++i) {
    const auto& rules = s.rules.attributes[i];
    s.columns.emplace_back(rules ? rules->property : query::Property());
    if (!rules) continue;
    s.attributes[rules->deciders].push_back(i);
    Deciders& deciders = s.deciders[rules->deciders];
    deciders.plus = rules->plus ? streams(*rules->plus) : nullptr;
    deciders.minus = rules->minus ? streams(*rules->minus) : nullptr;
  }
}

AttributeBuilder::~AttributeBuilder() = default;

void AttributeBuilder::make(uint32_t customer) {
  for (size_t d = 0; d < state_->deciders.size(); ++d) state_->make(d, customer);
}

void AttributeBuilder::make(uint32_t customer, uint64_t told, const Part& from, uint32_t before) {
  State& s = *state_;
  uint32_t source = s.source_of(from);
  for (size_t d = 0; d < s.deciders.size(); ++d) {
    if (told & s.rules.bit_of_deciders(d)) s.make(d, customer);
    else s.deciders[d].selection.add(source, before, 1);
  }
}

void AttributeBuilder::copy(const Part& from, uint32_t first, uint32_t last) {
  uint32_t source = state_->source_of(from);
  for (Deciders& deciders : state_->deciders) deciders.selection.add(source, first, last - first);
}

/// Null when nobody has rows that decide.
std::shared_ptr<const Settled> AttributeBuilder::State::settle(size_t which) {
  Deciders& of = deciders[which];
  std::vector<const AttributeColumn*> said;
  for (const Part* part : parts) said.push_back(settled(*part, which));
  bool any = std::any_of(said.begin(), said.end(), [](const AttributeColumn* column) { return column != nullptr; });
  if (!of.decides && !any) return nullptr;
  auto gather = [&](const std::vector<int64_t>& made, auto of_part) {
    Integers own = Integers::pack(made);
    std::vector<const Integers*> sources = {&own};
    for (const AttributeColumn* column : said) sources.push_back(column ? &of_part(*column->settled) : nullptr);
    return Deciders::pack(gather_numbers(of.selection, sources, kNever));
  };
  auto out = std::make_shared<Settled>();
  out->at = gather(of.at, [](const Settled& s) -> const Integers& { return s.at; });
  out->known_by = gather(of.known_by, [](const Settled& s) -> const Integers& { return s.known_by; });
  return out->at.size() ? out : nullptr;
}

std::vector<std::shared_ptr<const AttributeColumn>> AttributeBuilder::finish(Words words) {
  State& s = *state_;
  std::vector<std::shared_ptr<const AttributeColumn>> out(s.columns.size());
  for (size_t d = 0; d < s.deciders.size(); ++d) {
    auto settled = s.settle(d);
    if (!settled) continue;
    for (size_t i : s.attributes[d]) {
      auto made = s.columns[i].finish();
      std::vector<const Column*> sources = {made.get()};
      for (const Part* part : s.parts) {
        const AttributeColumn* column = part->attribute(i);
        sources.push_back(column ? column->now.get() : nullptr);
      }
      auto now = ColumnBuilder::gather(s.rules.attributes[i]->property, s.deciders[d].selection, sources, words);
      out[i] = std::make_shared<const AttributeColumn>(AttributeColumn{std::move(now), settled});
    }
  }
  return out;
}

}  // namespace cairn::timeline

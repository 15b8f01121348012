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
    at.push_back(latest);
    known_by.push_back(known);
  }
  void copy(const AttributeColumn* from, uint32_t first, uint32_t last) {
    size_t size = at.size();
    at.resize(size + (last - first), kNever);
    known_by.resize(size + (last - first), kNever);
    if (!from) return;
    decides = true;
    from->settled->at.read(first, last - first, at.data() + size);
    from->settled->known_by.read(first, last - first, known_by.data() + size);
  }
  /// Who has no row is given the least moment that there is, so that the range stays narrow.
  static Integers pack(std::vector<int64_t>& moments) {
    int64_t least = INT64_MAX;
    for (int64_t moment : moments)
      if (moment != kNever) least = std::min(least, moment);
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
  std::vector<ColumnBuilder> columns;  ///< By attribute.
};

AttributeBuilder::AttributeBuilder(const Schema& schema, const StreamOf& streams)
    : state_(new State{schema.rules(), std::vector<Deciders>(schema.rules().deciders), {}}) {
  for (const auto& rules : state_->rules.attributes) {
    state_->columns.emplace_back(rules ? rules->property : query::Property());
    if (!rules) continue;
    Deciders& deciders = state_->deciders[rules->deciders];
    deciders.plus = rules->plus ? streams(*rules->plus) : nullptr;
    deciders.minus = rules->minus ? streams(*rules->minus) : nullptr;
  }
}

AttributeBuilder::~AttributeBuilder() = default;

void AttributeBuilder::make(uint32_t customer) {
  State& s = *state_;
  for (Deciders& deciders : s.deciders) deciders.make(customer);
  for (size_t i = 0; i < s.columns.size(); ++i)
    if (const auto& rules = s.rules.attributes[i])
      timeline::make(*rules, s.deciders[rules->deciders], customer, s.columns[i]);
}

void AttributeBuilder::copy(const Part& from, uint32_t first, uint32_t last) {
  State& s = *state_;
  std::vector<const AttributeColumn*> settled(s.deciders.size());
  for (size_t i = 0; i < s.columns.size(); ++i) {
    const auto& rules = s.rules.attributes[i];
    if (!rules) continue;
    const AttributeColumn* column = from.attribute(i);
    if (column) settled[rules->deciders] = column;
    if (column && column->now) s.columns[i].append(*column->now, first, last - first);
    else s.columns[i].add_unknown(last - first);
  }
  for (size_t i = 0; i < settled.size(); ++i) s.deciders[i].copy(settled[i], first, last);
}

std::vector<std::shared_ptr<const AttributeColumn>> AttributeBuilder::finish() {
  State& s = *state_;
  std::vector<std::shared_ptr<const Settled>> settled;
  for (Deciders& deciders : s.deciders) {
    auto made = deciders.decides ? std::make_shared<Settled>() : nullptr;
    if (made) *made = {Deciders::pack(deciders.at), Deciders::pack(deciders.known_by)};
    settled.push_back(std::move(made));
  }
  std::vector<std::shared_ptr<const AttributeColumn>> out;
  for (size_t i = 0; i < s.columns.size(); ++i) {
    const auto& rules = s.rules.attributes[i];
    out.emplace_back();
    if (!rules || !settled[rules->deciders]) continue;
    out.back() =
        std::make_shared<const AttributeColumn>(AttributeColumn{s.columns[i].finish(), settled[rules->deciders]});
  }
  return out;
}

}  // namespace cairn::timeline

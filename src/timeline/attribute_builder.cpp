#include "timeline/attribute_builder.h"

#include <algorithm>
#include <map>

#include "timeline/column_builder.h"

namespace cairn::timeline {
namespace {

using query::Attribute;
using query::AttributeRule;
using query::PropertyType;

constexpr int64_t kNever = INT64_MIN;

/// Streams that decide an attribute, and until when they did, customer by customer.
struct Deciders {
  const Stream* plus = nullptr;
  const Stream* minus = nullptr;
  std::vector<int64_t> at, known_by;

  void make(uint32_t customer) {
    int64_t latest = kNever, known = kNever;
    for (const Stream* stream : {plus, minus}) {
      if (!stream) continue;
      uint32_t begin = stream->offsets().begin(customer), end = stream->offsets().end(customer);
      if (begin < end) latest = std::max(latest, stream->occurred_at()[end - 1]);
      for (uint32_t row = begin; row < end; ++row) known = std::max(known, stream->known_at(row));
    }
    at.push_back(latest);
    known_by.push_back(known);
  }
  /// Who has no row is given the least moment that there is, so that the range stays narrow.
  static Integers pack(std::vector<int64_t>& moments) {
    int64_t least = INT64_MAX;
    for (int64_t moment : moments)
      if (moment != kNever) least = std::min(least, moment);
    for (int64_t& moment : moments)
      if (moment == kNever) moment = least;
    return Integers::pack(moments);
  }
  bool decides() const {
    return std::any_of(at.begin(), at.end(), [](int64_t moment) { return moment != kNever; });
  }
};

struct Build {
  const Attribute* attribute;
  Deciders* deciders;
  const Column* plus = nullptr;
  const Column* minus = nullptr;
  ColumnBuilder out;

  void make(uint32_t customer);
};

__int128 sum(const Stream* stream, const Column* column, uint32_t customer) {
  __int128 out = 0;
  if (!stream || !column) return out;
  for (uint32_t row = stream->offsets().begin(customer); row < stream->offsets().end(customer); ++row)
    out += column->integer(row);
  return out;
}

bool has_rows(const Stream* stream, uint32_t customer) {
  return stream && stream->offsets().begin(customer) < stream->offsets().end(customer);
}

void Build::make(uint32_t customer) {
  const Stream* stream = deciders->plus;
  if (attribute->rule == AttributeRule::balance) {
    if (!has_rows(stream, customer) && !has_rows(deciders->minus, customer)) return out.add_unknown();
    return out.add_number(static_cast<double>(sum(stream, plus, customer)) -
                          static_cast<double>(sum(deciders->minus, minus, customer)));
  }
  if (!has_rows(stream, customer)) return out.add_unknown();
  uint32_t begin = stream->offsets().begin(customer), end = stream->offsets().end(customer);
  if (attribute->rule == AttributeRule::first_at) return out.add_integer(stream->occurred_at()[begin]);
  while (plus && end-- > begin)
    if (plus->is_known(end)) return out.append(*plus, end, 1);
  out.add_unknown();
}

}  // namespace

struct AttributeBuilder::State {
  const Schema& schema;
  std::map<std::pair<std::string, std::string>, Deciders> deciders;
  std::vector<std::unique_ptr<Build>> builds;  ///< By attribute; null where Order says it.
};

AttributeBuilder::AttributeBuilder(const Schema& schema, const StreamOf& streams) : state_(new State{schema, {}, {}}) {
  auto stream_of = [&](const std::string& name) {
    auto kind = schema.find_stream(name);
    return kind ? streams(*kind) : nullptr;
  };
  auto column_of = [&](const std::string& name, const std::string& property, const Stream* stream) {
    auto kind = schema.find_stream(name);
    auto index = kind ? schema.kinds()[*kind].find(property) : std::nullopt;
    return index && stream ? stream->column(*index) : nullptr;
  };
  for (const Attribute& a : schema.attributes()) {
    state_->builds.emplace_back();
    if (a.rule == AttributeRule::first_seen || a.rule == AttributeRule::last_seen) continue;
    Deciders& deciders = state_->deciders[{a.stream, a.minus_stream}];
    deciders.plus = stream_of(a.stream);
    deciders.minus = stream_of(a.minus_stream);
    auto kind = schema.find_stream(a.stream);
    auto index = kind ? schema.kinds()[*kind].find(a.property) : std::nullopt;
    query::Property property{a.name, a.rule == AttributeRule::balance ? PropertyType::number : a.type};
    bool is_read = a.rule == AttributeRule::last_known && index;
    if (is_read) property = schema.kinds()[*kind].columns[*index].property;
    state_->builds.back() =
        std::make_unique<Build>(Build{&a, &deciders, column_of(a.stream, a.property, deciders.plus),
                                      column_of(a.minus_stream, a.property, deciders.minus), ColumnBuilder(property)});
  }
}

AttributeBuilder::~AttributeBuilder() = default;

void AttributeBuilder::make(uint32_t customer) {
  for (auto& [streams, deciders] : state_->deciders) deciders.make(customer);
  for (auto& build : state_->builds)
    if (build) build->make(customer);
}

void AttributeBuilder::copy(const Part& from, uint32_t first, uint32_t last) {
  std::map<Deciders*, const AttributeColumn*> settled;
  for (size_t i = 0; i < state_->builds.size(); ++i) {
    Build* build = state_->builds[i].get();
    if (!build) continue;
    const AttributeColumn* column = from.attribute(i);
    settled.emplace(build->deciders, column);
    if (column && column->now) build->out.append(*column->now, first, last - first);
    else build->out.add_unknown(last - first);
  }
  for (auto [shared, column] : settled) {
    Deciders& deciders = *shared;
    auto take = [&](const Integers* numbers, std::vector<int64_t>& out) {
      out.resize(out.size() + (last - first), kNever);
      if (numbers) numbers->read(first, last - first, out.data() + out.size() - (last - first));
    };
    take(column ? &column->settled->at : nullptr, deciders.at);
    take(column ? &column->settled->known_by : nullptr, deciders.known_by);
  }
}

std::vector<std::shared_ptr<const AttributeColumn>> AttributeBuilder::finish() {
  std::map<const Deciders*, std::shared_ptr<const Settled>> settled;
  for (auto& [streams, deciders] : state_->deciders) {
    if (!deciders.decides()) continue;
    auto shared = std::make_shared<Settled>();
    shared->at = Deciders::pack(deciders.at);
    shared->known_by = Deciders::pack(deciders.known_by);
    settled[&deciders] = std::move(shared);
  }
  std::vector<std::shared_ptr<const AttributeColumn>> out;
  for (auto& build : state_->builds) {
    out.emplace_back();
    auto shared = build ? settled[build->deciders] : nullptr;
    if (!shared) continue;
    out.back() = std::make_shared<const AttributeColumn>(AttributeColumn{build->out.finish(), std::move(shared)});
  }
  return out;
}

}  // namespace cairn::timeline

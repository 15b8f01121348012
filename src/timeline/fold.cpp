#include "timeline/fold.h"

#include "timeline/entity_builder.h"

namespace cairn::timeline {
namespace {

using query::AttributeRule;
using query::Value;

bool is_seen(const Stream& stream, uint32_t row, const AsOf& as_of) {
  return stream.occurred_at()[row] <= as_of.t.micros && (!as_of.as_known || stream.known_at(row) <= as_of.t.micros);
}

/// Calls visit(stream, row) for what is seen of a customer in the stream of that name, in order. False ends it.
template <class F>
void each_seen(const Schema& schema, const Part& part, std::string_view name, uint32_t customer, const AsOf& as_of,
               F visit) {
  auto kind = schema.find_stream(name);
  const Stream* stream = kind ? part.stream(*kind) : nullptr;
  if (!stream) return;
  for (uint32_t row = stream->offsets().begin(customer), end = stream->offsets().end(customer); row < end; ++row)
    if (is_seen(*stream, row, as_of) && !visit(*stream, row)) return;
}

const Column* column_of(const Schema& schema, const Stream& stream, const std::string& kind, std::string_view name) {
  auto index = schema.kinds()[*schema.find_stream(kind)].find(name);
  return index ? stream.column(*index) : nullptr;
}

Value last_known(const Schema& schema, const Part& part, const query::Attribute& a, uint32_t customer, AsOf as_of) {
  const Column* column = nullptr;
  uint32_t last = 0;
  each_seen(schema, part, a.stream, customer, as_of, [&](const Stream& stream, uint32_t row) {
    const Column* here = column_of(schema, stream, a.stream, a.property);
    if (here && here->is_known(row)) {
      column = here;
      last = row;
    }
    return true;
  });
  return column ? column->value(last, schema.reading().currency) : Value();
}

Value balance(const Schema& schema, const Part& part, const query::Attribute& a, uint32_t customer, AsOf as_of) {
  __int128 sums[2] = {};
  bool any = false;
  for (int i : {0, 1}) {
    const std::string& name = i == 0 ? a.stream : a.minus_stream;
    each_seen(schema, part, name, customer, as_of, [&](const Stream& stream, uint32_t row) {
      const Column* column = column_of(schema, stream, name, a.property);
      any = true;
      if (column) sums[i] += column->integer(row);
      return true;
    });
  }
  if (!any) return {};
  return static_cast<double>(sums[0]) - static_cast<double>(sums[1]);
}

/// Time of the first or the last event of any kind that is seen.
Value seen(const Part& part, uint32_t customer, AsOf as_of, bool first) {
  std::optional<int64_t> out;
  for (size_t kind = 0; kind < part.streams(); ++kind) {
    const Stream* stream = part.stream(static_cast<KindIndex>(kind));
    if (!stream) continue;
    for (uint32_t row = stream->offsets().begin(customer), end = stream->offsets().end(customer); row < end; ++row) {
      if (!is_seen(*stream, row, as_of)) continue;
      int64_t at = stream->occurred_at()[row];
      if (!out || (first ? at < *out : at > *out)) out = at;
    }
  }
  return out ? Value(Time{*out}) : Value();
}

}  // namespace

std::shared_ptr<const EntityStream> refold(const Schema& schema, const Part& part, size_t entity, uint32_t customer,
                                           AsOf as_of) {
  EntityBuilder builder(schema, entity, [&](KindIndex kind) { return part.stream(kind); });
  builder.fold(customer, as_of);
  return builder.finish();
}

Value attribute_at(const Schema& schema, const Part& part, size_t attribute, uint32_t customer, AsOf as_of) {
  const query::Attribute& a = schema.attributes()[attribute];
  switch (a.rule) {
    case AttributeRule::last_known: return last_known(schema, part, a, customer, as_of);
    case AttributeRule::balance: return balance(schema, part, a, customer, as_of);
    case AttributeRule::first_seen: return seen(part, customer, as_of, true);
    case AttributeRule::last_seen: return seen(part, customer, as_of, false);
    case AttributeRule::first_at: break;
  }
  Value out;
  each_seen(schema, part, a.stream, customer, as_of, [&](const Stream& stream, uint32_t row) {
    out = Time{stream.occurred_at()[row]};
    return false;
  });
  return out;
}

}  // namespace cairn::timeline

#include "timeline/part_builder.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "timeline/attribute_builder.h"
#include "timeline/entity_builder.h"
#include "timeline/telling.h"

namespace cairn::timeline {
namespace {

/// What a stream will be made of.
struct KindPlan {
  Selection selection;
  std::vector<std::pair<uint32_t, uint32_t>> counts;  ///< (customer, rows), those with rows.
  std::vector<std::pair<uint32_t, int64_t>> origins;  ///< (row, customer in the log), where it is another.

  void add(uint32_t customer, uint32_t source, uint32_t first, uint32_t count) {
    if (counts.empty() || counts.back().first != customer) counts.emplace_back(customer, 0);
    counts.back().second += count;
    selection.add(source, first, count);
  }
};

struct Source {
  const Part* part = nullptr;
  Batch* batch = nullptr;
  /// Of a batch, by kind and column.
  std::vector<std::vector<std::shared_ptr<const Column>>> columns;

  const Stream* stream(KindIndex kind) const { return part ? part->stream(kind) : nullptr; }
  const std::vector<RowHead>& heads(KindIndex kind) const { return batch->kind(kind)->heads; }
  const Column* column(KindIndex kind, size_t index) const {
    if (part) return part->stream(kind)->column(index);
    return index < columns[kind].size() ? columns[kind][index].get() : nullptr;
  }
};

/// Customers that are copied from a part; or one who is made: anew (part is null), or but for what new rows tell.
struct Segment {
  const Part* part = nullptr;
  uint32_t first = 0;
  uint32_t last = 0;
  Rules::Bits told = 0;
};

}  // namespace

struct PartBuilder::State {
  State(const Schema& of, int number, Words how) : schema(of), shard(number), words(how) {}
  const Schema& schema;
  int shard;
  Words words;
  std::vector<Source> sources;
  std::vector<Segment> segments;
  std::vector<int64_t> ids;
  std::vector<CustomerId> gone;
  std::vector<KindPlan> kinds;
  std::vector<uint32_t> order_offsets = {0};
  std::vector<int64_t> order_at;
  std::vector<KindIndex> order_kinds;

  KindPlan& plan(KindIndex kind) {
    if (kinds.size() <= kind) kinds.resize(kind + size_t{1});
    return kinds[kind];
  }
  uint32_t source_of(const Part& part);
  void copy_stream(const Part& part, uint32_t source, KindIndex kind, uint32_t first, uint32_t last);
  void copy_order(const Part& part, uint32_t first, uint32_t last);
  void add_row(CustomerId id, const RowRef& row);
  std::shared_ptr<const Stream> build_stream(KindIndex kind) const;
  template <class FromPart, class FromHead>
  std::vector<int64_t> numbers(KindIndex kind, FromPart from_part, FromHead from_head) const;
  std::shared_ptr<const EntityStream> build_entity(size_t entity, const StreamOf& streams) const;
  std::vector<std::shared_ptr<const AttributeColumn>> build_attributes(const StreamOf& streams) const;
  std::vector<uint32_t> offsets(const KindPlan& plan) const;
  void build_order(Order& out) const;
};

PartBuilder::PartBuilder(const Schema& schema, int shard, Words words)
    : state_(std::make_unique<State>(schema, shard, words)) {}
PartBuilder::~PartBuilder() = default;

uint32_t PartBuilder::add_source(Batch& batch) {
  Source source{nullptr, &batch, {}};
  source.columns.resize(batch.kinds());
  for (size_t kind = 0; kind < batch.kinds(); ++kind) {
    KindBatch* rows = batch.kind(static_cast<KindIndex>(kind));
    if (!rows) continue;
    for (auto& column : rows->columns) {
      if (column) column->skip_to(static_cast<uint32_t>(rows->heads.size()));
      source.columns[kind].push_back(column ? column->finish() : nullptr);
      column.reset();
    }
  }
  state_->sources.push_back(std::move(source));
  return static_cast<uint32_t>(state_->sources.size() - 1);
}

uint32_t PartBuilder::State::source_of(const Part& part) {
  for (size_t i = 0; i < sources.size(); ++i)
    if (sources[i].part == &part) return static_cast<uint32_t>(i);
  sources.push_back({&part, nullptr, {}});
  return static_cast<uint32_t>(sources.size() - 1);
}

Result<void> PartBuilder::collect(const Part& part, uint32_t customer, std::vector<RowRef>& out) {
  uint32_t source = state_->source_of(part);
  TRY(part.touch({customer, customer + size_t{1}}));
  for (size_t k = 0; k < part.streams(); ++k) {
    auto kind = static_cast<KindIndex>(k);
    const Stream* stream = part.stream(kind);
    if (!stream) continue;
    for (uint32_t row = stream->offsets().begin(customer), end = stream->offsets().end(customer); row < end; ++row) {
      bool moved = stream->origin() && stream->origin()->is_known(row);
      int64_t origin = moved ? stream->origin()->integer(row) : part.customer(customer).value;
      out.push_back({stream->occurred_at()[row], stream->seq()[row], origin, source, row, kind});
    }
  }
  return {};
}

void PartBuilder::collect(uint32_t source, std::vector<Owned>& out) const {
  Batch& batch = *state_->sources[source].batch;
  for (size_t k = 0; k < batch.kinds(); ++k) {
    auto kind = static_cast<KindIndex>(k);
    const KindBatch* rows = batch.kind(kind);
    for (uint32_t row = 0; rows && row < rows->heads.size(); ++row) {
      const RowHead& head = rows->heads[row];
      out.push_back({head.customer, {head.occurred_at.micros, head.seq.value, head.origin.value, source, row, kind}});
    }
  }
}

void PartBuilder::State::copy_stream(const Part& part, uint32_t source, KindIndex kind, uint32_t first, uint32_t last) {
  const Stream* stream = part.stream(kind);
  if (!stream) return;
  uint32_t begin = stream->offsets().begin(first), end = stream->offsets().end(last - 1);
  if (begin == end) return;
  KindPlan& to = plan(kind);
  auto base = static_cast<uint32_t>(ids.size());
  stream->offsets().each(first, last, [&](uint32_t customer, uint32_t from, uint32_t until) {
    to.counts.emplace_back(base + (customer - first), until - from);
  });
  if (stream->origin())
    for (uint32_t row = begin; row < end; ++row)
      if (stream->origin()->is_known(row))
        to.origins.emplace_back(to.selection.rows() + (row - begin), stream->origin()->integer(row));
  to.selection.add(source, begin, end - begin);
}

void PartBuilder::State::copy_order(const Part& part, uint32_t first, uint32_t last) {
  const Order& order = part.order();
  uint32_t begin = order.offsets().begin(first), end = order.offsets().end(last - 1);
  uint32_t base = order_offsets.back() - begin;
  for (uint32_t c = first; c < last; ++c) order_offsets.push_back(base + order.offsets().end(c));
  size_t at = order_at.size();
  order_at.resize(at + (end - begin));
  order.occurred_at().read(begin, end - begin, order_at.data() + at);
  order.codes().visit([&](auto code) {
    for (uint32_t i = begin; i < end; ++i) order_kinds.push_back(order.kinds()[static_cast<size_t>(code[i])]);
  });
}

Result<void> PartBuilder::copy(const Part& part, uint32_t first, uint32_t last) {
  if (first == last) return {};
  State& s = *state_;
  TRY(part.touch({first, last}));
  uint32_t source = s.source_of(part);
  for (size_t kind = 0; kind < part.streams(); ++kind)
    s.copy_stream(part, source, static_cast<KindIndex>(kind), first, last);
  s.copy_order(part, first, last);
  for (uint32_t c = first; c < last; ++c) s.ids.push_back(part.customer(c).value);
  s.segments.push_back({&part, first, last});
  return {};
}

namespace {

auto place_of(const RowRef& row) { return std::pair(row.at, row.seq); }

void sort_rows(std::span<RowRef> rows) {
  auto before = [](const RowRef& a, const RowRef& b) { return place_of(a) < place_of(b); };
  if (!std::is_sorted(rows.begin(), rows.end(), before)) std::sort(rows.begin(), rows.end(), before);
}

}  // namespace

void PartBuilder::State::add_row(CustomerId id, const RowRef& row) {
  KindPlan& to = plan(row.kind);
  if (row.origin != id.value) to.origins.emplace_back(to.selection.rows(), row.origin);
  to.add(static_cast<uint32_t>(ids.size()), row.source, row.row, 1);
  order_at.push_back(row.at);
  order_kinds.push_back(row.kind);
}

void PartBuilder::make(CustomerId id, std::span<RowRef> rows) {
  if (rows.empty()) return let_go(id);
  State& s = *state_;
  sort_rows(rows);
  const RowRef* last = nullptr;
  for (const RowRef& row : rows) {
    // A row that came twice: whichever is taken, it is the same row.
    if (last && place_of(*last) == place_of(row)) continue;
    last = &row;
    s.add_row(id, row);
  }
  auto customer = static_cast<uint32_t>(s.ids.size());
  s.order_offsets.push_back(static_cast<uint32_t>(s.order_at.size()));
  s.ids.push_back(id.value);
  s.segments.push_back({nullptr, customer, customer + 1});
}

Result<void> PartBuilder::extend(const Place& place, std::span<RowRef> added) {
  State& s = *state_;
  const Part& part = *place.part;
  uint32_t c = place.customer;
  CustomerId id = part.customer(c);
  TRY(part.touch({c, c + size_t{1}}));
  sort_rows(added);
  Rules::Bits told = 0;
  for (const RowRef& row : added) told |= s.schema.rules().told_by(row.kind);
  const Order& order = part.order();
  bool is_later = added.front().at > order.occurred_at()[order.offsets().end(c) - 1];
  if (!is_later) {
    std::vector<RowRef> rows;
    TRY(collect(part, c, rows));
    rows.insert(rows.end(), added.begin(), added.end());
    make(id, rows);
  } else {
    uint32_t source = s.source_of(part);
    for (size_t kind = 0; kind < part.streams(); ++kind)
      s.copy_stream(part, source, static_cast<KindIndex>(kind), c, c + 1);
    s.copy_order(part, c, c + 1);
    s.order_offsets.pop_back();
    int64_t last = INT64_MIN;
    for (const RowRef& row : added) {
      if (row.seq != last) s.add_row(id, row);
      last = row.seq;
    }
    s.order_offsets.push_back(static_cast<uint32_t>(s.order_at.size()));
    s.ids.push_back(id.value);
    s.segments.emplace_back();
  }
  s.segments.back() = {&part, c, c + 1, told};
  return {};
}

void PartBuilder::let_go(CustomerId id) { state_->gone.push_back(id); }

std::vector<uint32_t> PartBuilder::State::offsets(const KindPlan& plan) const {
  std::vector<uint32_t> out(ids.size() + 1);
  for (auto [customer, count] : plan.counts) out[customer + size_t{1}] = count;
  for (size_t i = 1; i < out.size(); ++i) out[i] += out[i - 1];
  return out;
}

template <class FromPart, class FromHead>
std::vector<int64_t> PartBuilder::State::numbers(KindIndex kind, FromPart from_part, FromHead from_head) const {
  const Selection& selection = kinds[kind].selection;
  std::vector<int64_t> out(selection.rows());
  for (size_t i = 0; i < selection.sources(); ++i) {
    if (!selection.rows_of(i)) continue;
    if (sources[i].part) {
      const Integers& all = from_part(*sources[i].stream(kind));
      if (all.size()) all.visit([&](auto at) { selection.take(i, at, out.data()); });
    } else {
      const std::vector<RowHead>& heads = sources[i].heads(kind);
      for (const Taken& t : selection.of(i))
        for (uint32_t k = 0; k < t.count; ++k) out[t.to + k] = from_head(heads[t.from + k]);
    }
  }
  return out;
}

std::shared_ptr<const Stream> PartBuilder::State::build_stream(KindIndex kind) const {
  const KindPlan& plan = kinds[kind];
  if (plan.selection.rows() == 0) return nullptr;
  auto out = std::make_shared<Stream>();
  out->offsets_ = Offsets::pack(offsets(plan));
  auto pack = [&](auto from_part, auto from_head) { return Integers::pack(numbers(kind, from_part, from_head)); };
  out->occurred_at_ = pack([](const Stream& s) -> const Integers& { return s.occurred_at(); },
                           [](const RowHead& head) { return head.occurred_at.micros; });
  out->seq_ = pack([](const Stream& s) -> const Integers& { return s.seq(); },
                   [](const RowHead& head) { return head.seq.value; });
  out->lag_ = pack([](const Stream& s) -> const Integers& { return s.lag(); },
                   [](const RowHead& head) { return (head.known_at - head.occurred_at).micros; });
  if (out->lag_.min() == 0 && out->lag_.max() == 0) out->lag_ = {};
  if (schema.kinds()[kind].is_told) {
    out->source_ = pack([](const Stream& s) -> const Integers& { return s.source(); },
                        [](const RowHead& head) { return int64_t{head.source}; });
    out->precedence_ = pack([](const Stream& s) -> const Integers& { return s.precedence(); },
                            [](const RowHead& head) { return int64_t{head.precedence}; });
  }
  if (!plan.origins.empty()) {
    ColumnBuilder origins(query::PropertyType::integer);
    for (auto [row, origin] : plan.origins) {
      origins.skip_to(row);
      origins.add_integer(origin);
    }
    origins.skip_to(plan.selection.rows());
    out->origin_ = origins.finish();
  }
  std::vector<const Column*> from(plan.selection.sources());
  for (size_t i = 0; i < schema.kinds()[kind].columns.size(); ++i) {
    for (size_t source = 0; source < from.size(); ++source)
      from[source] = plan.selection.rows_of(source) ? sources[source].column(kind, i) : nullptr;
    out->columns_.push_back(
        ColumnBuilder::gather(schema.kinds()[kind].columns[i].property, plan.selection, from, words));
  }
  while (!out->columns_.empty() && !out->columns_.back()) out->columns_.pop_back();
  return out;
}

void PartBuilder::State::build_order(Order& out) const {
  std::vector<int64_t> code_of(kinds.size(), -1), codes(order_kinds.size());
  for (size_t kind = 0; kind < kinds.size(); ++kind) {
    if (kinds[kind].selection.rows() == 0) continue;
    code_of[kind] = static_cast<int64_t>(out.kinds_.size());
    out.kinds_.push_back(static_cast<KindIndex>(kind));
  }
  for (size_t i = 0; i < codes.size(); ++i) codes[i] = code_of[order_kinds[i]];
  out.offsets_ = Offsets::pack(order_offsets);
  out.codes_ = Integers::pack(codes);
  out.occurred_at_ = Integers::pack(order_at);
}

std::shared_ptr<const EntityStream> PartBuilder::State::build_entity(size_t entity, const StreamOf& streams) const {
  EntityBuilder builder(schema, entity, streams);
  if (!builder.reads_any()) return nullptr;
  uint32_t customer = 0;
  for (const Segment& segment : segments) {
    bool is_copied = segment.part && !(segment.told & Rules::bit_of_entity(entity));
    if (is_copied) builder.copy(segment.part->entity(entity), segment.first, segment.last);
    else builder.fold(customer);
    customer += segment.last - segment.first;
  }
  return builder.finish(words);
}

std::vector<std::shared_ptr<const AttributeColumn>> PartBuilder::State::build_attributes(
    const StreamOf& streams) const {
  AttributeBuilder builder(schema, streams);
  uint32_t customer = 0;
  for (const Segment& segment : segments) {
    if (!segment.part) builder.make(customer);
    else if (segment.told) builder.make(customer, segment.told, *segment.part, segment.first);
    else builder.copy(*segment.part, segment.first, segment.last);
    customer += segment.last - segment.first;
  }
  return builder.finish(words);
}

std::shared_ptr<const Part> PartBuilder::finish() {
  State& s = *state_;
  auto out = std::make_shared<Part>();
  out->shard_ = s.shard;
  out->gone_ = std::move(s.gone);
  CHECK(std::adjacent_find(s.ids.begin(), s.ids.end(), std::greater_equal<>()) == s.ids.end(),
        "customers not in order");
  out->customers_ = Integers::pack(s.ids);
  s.build_order(out->order_);
  s.order_at = {};
  s.order_kinds = {};
  for (size_t kind = 0; kind < s.kinds.size(); ++kind) {
    out->streams_.push_back(s.build_stream(static_cast<KindIndex>(kind)));
    s.kinds[kind] = {};
  }
  StreamOf streams = [&](KindIndex kind) { return out->stream(kind); };
  for (size_t entity = 0; entity < s.schema.entities().size(); ++entity)
    out->entities_.push_back(s.build_entity(entity, streams));
  out->attributes_ = s.build_attributes(streams);
  return out;
}

namespace {

using Parts = std::vector<std::shared_ptr<const Part>>;

/// So many parts of about one size, the new one among them, become one. Fewer would copy each row more often, more
/// would make readers look in more places; a shard has some twenty parts at most.
constexpr size_t kAlike = 6;
/// A part that is no small one and has so much of the base stays as it is until all become one with it: there cannot be
/// many.
constexpr uint64_t kShareOfBase = 32;
constexpr uint64_t kSmall = 4096;

/// What it costs to have it beside others.
uint64_t weight(const Part& part) { return part.events() + part.gone().size(); }

uint64_t events_of(const Change& change) {
  uint64_t out = std::max<size_t>(1, change.rows.size());
  if (!change.besides) return out;
  auto [part, customer] = *change.besides;
  return out + part->order().offsets().end(customer) - part->order().offsets().begin(customer);
}

/// The first customer of a part from `at` on who does not lie before `id`; `last` when there is none.
uint32_t first_from(const Part& part, uint32_t at, uint32_t last, CustomerId id) {
  while (at < last) {
    uint32_t middle = at + (last - at) / 2;
    if (part.customer(middle) < id) at = middle + 1;
    else last = middle;
  }
  return at;
}

/// Everybody who counts in `parts` as they are, but those who are made anew.
Result<void> weave(PartBuilder& builder, const Parts& parts, Remade& remade) {
  auto next = remade.begin();
  auto make_next = [&]() -> Result<void> {
    Change& change = next->second;
    if (change.besides) TRY(builder.extend(*change.besides, change.rows));
    else builder.make(next->first, change.rows);
    ++next;
    return {};
  };
  for (const Run& run : runs_of(parts))
    for (uint32_t at = run.first; at < run.last;) {
      while (next != remade.end() && next->first < run.part->customer(at)) TRY(make_next());
      if (next != remade.end() && next->first == run.part->customer(at)) {
        TRY(make_next());
        ++at;
        continue;
      }
      uint32_t until = next == remade.end() ? run.last : first_from(*run.part, at, run.last, next->first);
      TRY(builder.copy(*run.part, at, until));
      at = until;
    }
  while (next != remade.end()) TRY(make_next());
  return {};
}

/// The first of the newest parts that become one with a new one of `size`: parts.size() is none.
size_t first_to_join(const Parts& parts, uint64_t size) {
  for (size_t first = parts.size();;) {
    size_t alike = first;
    uint64_t together = size;
    if (first > 1 && size > kSmall && size * kShareOfBase >= weight(*parts.front())) return first;
    while (alike > 0 && first - alike < kAlike && weight(*parts[alike - 1]) < 2 * size)
      together += weight(*parts[--alike]);
    if (first - alike + 1 < kAlike) return first;
    first = alike;
    size = together;
  }
}

/// Adds who is gone by one of the parts, and is neither made anew nor came again.
void add_gone(const Parts& parts, Remade& remade) {
  for (const auto& part : parts)
    for (CustomerId id : part->gone())
      if (!find_in(parts, id)) remade.try_emplace(id);
}

}  // namespace

Result<std::shared_ptr<const Part>> merge(const Schema& schema, int shard, const Parts& parts, Words words) {
  PartBuilder builder(schema, shard, words);
  Remade nobody;
  TRY(weave(builder, parts, nobody));
  return builder.finish();
}

Result<void> remake(PartBuilder& builder, Remade& customers, Parts& parts) {
  if (customers.empty()) return {};
  uint64_t size = 0;
  for (const auto& [id, change] : customers) size += events_of(change);
  size_t first = first_to_join(parts, size);
  Parts taken(parts.begin() + static_cast<ptrdiff_t>(first), parts.end());
  if (first > 0) add_gone(taken, customers);
  TRY(weave(builder, taken, customers));
  parts.resize(first);
  parts.push_back(builder.finish());
  // With nothing below it, nobody can be gone from there.
  if (first == 0 && parts.back()->size() == 0) parts.pop_back();
  return {};
}

}  // namespace cairn::timeline

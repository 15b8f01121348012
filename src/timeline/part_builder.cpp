#include "timeline/part_builder.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "timeline/attribute_builder.h"
#include "timeline/entity_builder.h"

namespace cairn::timeline {
namespace {

/// Rows that follow one another in a source, or that stand in KindPlan::scattered.
struct Piece {
  uint32_t source;
  uint32_t first;
  uint32_t count;
  bool scattered;
};

/// What a stream will be made of.
struct KindPlan {
  std::vector<Piece> pieces;
  std::vector<uint32_t> scattered;
  std::vector<std::pair<uint32_t, uint32_t>> counts;  ///< (customer, rows), those with rows.
  std::vector<std::pair<uint32_t, int64_t>> origins;  ///< (row, customer in the log), where it is another.
  uint32_t rows = 0;

  void add_run(uint32_t source, uint32_t first, uint32_t count) {
    bool follows = !pieces.empty() && !pieces.back().scattered && pieces.back().source == source &&
                   pieces.back().first + pieces.back().count == first;
    if (follows) pieces.back().count += count;
    else pieces.push_back({source, first, count, false});
    rows += count;
  }
  void add_row(uint32_t source, uint32_t row) {
    bool joins = !pieces.empty() && pieces.back().scattered && pieces.back().source == source;
    if (joins) ++pieces.back().count;
    else pieces.push_back({source, static_cast<uint32_t>(scattered.size()), 1, true});
    scattered.push_back(row);
    ++rows;
  }
  /// Calls visit(row of the source) for each.
  template <class F>
  void each(const Piece& piece, F visit) const {
    for (uint32_t i = 0; i < piece.count; ++i) visit(piece.scattered ? scattered[piece.first + i] : piece.first + i);
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

/// Customers that are copied, or one that is made (part is null).
struct Segment {
  const Part* part = nullptr;
  uint32_t first = 0;
  uint32_t last = 0;
};

}  // namespace

struct PartBuilder::State {
  State(const Schema& of, int number) : schema(of), shard(number) {}
  const Schema& schema;
  int shard;
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
  std::shared_ptr<const Stream> build_stream(KindIndex kind) const;
  std::shared_ptr<const Column> build_column(KindIndex kind, size_t index) const;
  template <class FromPart, class FromHead>
  std::vector<int64_t> numbers(KindIndex kind, FromPart from_part, FromHead from_head) const;
  std::vector<uint32_t> offsets(const KindPlan& plan) const;
  void build_order(Order& out) const;
};

PartBuilder::PartBuilder(const Schema& schema, int shard) : state_(std::make_unique<State>(schema, shard)) {}
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
        to.origins.emplace_back(to.rows + (row - begin), stream->origin()->integer(row));
  to.add_run(source, begin, end - begin);
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

void PartBuilder::make(CustomerId id, std::span<RowRef> rows) {
  if (rows.empty()) return let_go(id);
  State& s = *state_;
  auto place = [](const RowRef& row) { return std::pair(row.at, row.seq); };
  auto before = [&](const RowRef& a, const RowRef& b) { return place(a) < place(b); };
  if (!std::is_sorted(rows.begin(), rows.end(), before)) std::sort(rows.begin(), rows.end(), before);
  auto customer = static_cast<uint32_t>(s.ids.size());
  const RowRef* last = nullptr;
  for (const RowRef& row : rows) {
    // A row that came twice: whichever is taken, it is the same row.
    if (last && place(*last) == place(row)) continue;
    last = &row;
    KindPlan& to = s.plan(row.kind);
    if (to.counts.empty() || to.counts.back().first != customer) to.counts.emplace_back(customer, 0);
    ++to.counts.back().second;
    if (row.origin != id.value) to.origins.emplace_back(to.rows, row.origin);
    to.add_row(row.source, row.row);
    s.order_at.push_back(row.at);
    s.order_kinds.push_back(row.kind);
  }
  s.order_offsets.push_back(static_cast<uint32_t>(s.order_at.size()));
  s.ids.push_back(id.value);
  s.segments.push_back({nullptr, customer, customer + 1});
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
  const KindPlan& plan = kinds[kind];
  std::vector<int64_t> out;
  out.reserve(plan.rows);
  for (const Piece& piece : plan.pieces) {
    const Source& source = sources[piece.source];
    if (source.part) {
      const Integers& all = from_part(*source.stream(kind));
      if (all.size() == 0) out.insert(out.end(), piece.count, 0);
      else all.visit([&](auto at) { plan.each(piece, [&](uint32_t row) { out.push_back(at[row]); }); });
    } else {
      const std::vector<RowHead>& heads = source.heads(kind);
      plan.each(piece, [&](uint32_t row) { out.push_back(from_head(heads[row])); });
    }
  }
  return out;
}

std::shared_ptr<const Column> PartBuilder::State::build_column(KindIndex kind, size_t index) const {
  const KindPlan& plan = kinds[kind];
  bool any = std::any_of(plan.pieces.begin(), plan.pieces.end(),
                         [&](const Piece& piece) { return sources[piece.source].column(kind, index) != nullptr; });
  if (!any) return nullptr;
  ColumnBuilder out(schema.kinds()[kind].columns[index].property);
  for (const Piece& piece : plan.pieces) {
    const Column* column = sources[piece.source].column(kind, index);
    if (!column) out.add_unknown(piece.count);
    else if (piece.scattered) out.append(*column, std::span(plan.scattered).subspan(piece.first, piece.count));
    else out.append(*column, piece.first, piece.count);
  }
  return out.finish();
}

std::shared_ptr<const Stream> PartBuilder::State::build_stream(KindIndex kind) const {
  const KindPlan& plan = kinds[kind];
  if (plan.rows == 0) return nullptr;
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
    origins.skip_to(plan.rows);
    out->origin_ = origins.finish();
  }
  for (size_t i = 0; i < schema.kinds()[kind].columns.size(); ++i) out->columns_.push_back(build_column(kind, i));
  while (!out->columns_.empty() && !out->columns_.back()) out->columns_.pop_back();
  return out;
}

void PartBuilder::State::build_order(Order& out) const {
  std::vector<int64_t> code_of(kinds.size(), -1), codes(order_kinds.size());
  for (size_t kind = 0; kind < kinds.size(); ++kind) {
    if (kinds[kind].rows == 0) continue;
    code_of[kind] = static_cast<int64_t>(out.kinds_.size());
    out.kinds_.push_back(static_cast<KindIndex>(kind));
  }
  for (size_t i = 0; i < codes.size(); ++i) codes[i] = code_of[order_kinds[i]];
  out.offsets_ = Offsets::pack(order_offsets);
  out.codes_ = Integers::pack(codes);
  out.occurred_at_ = Integers::pack(order_at);
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
  for (size_t entity = 0; entity < s.schema.entities().size(); ++entity) {
    EntityBuilder builder(s.schema, entity, streams);
    bool any = builder.reads_any();
    for (const Segment& segment : s.segments) {
      if (!any) break;
      if (segment.part) builder.copy(segment.part->entity(entity), segment.first, segment.last);
      else builder.fold(segment.first);
    }
    out->entities_.push_back(any ? builder.finish() : nullptr);
  }
  AttributeBuilder attributes(s.schema, streams);
  for (const Segment& segment : s.segments) {
    if (segment.part) attributes.copy(*segment.part, segment.first, segment.last);
    else attributes.make(segment.first);
  }
  out->attributes_ = attributes.finish();
  return out;
}

namespace {

using Parts = std::vector<std::shared_ptr<const Part>>;

/// What it costs to have it beside others.
uint64_t weight(const Part& part) { return part.events() + part.gone().size(); }

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
  auto make_next = [&] {
    builder.make(next->first, next->second);
    ++next;
  };
  for (const Run& run : runs_of(parts))
    for (uint32_t at = run.first; at < run.last;) {
      while (next != remade.end() && next->first < run.part->customer(at)) make_next();
      if (next != remade.end() && next->first == run.part->customer(at)) {
        make_next();
        ++at;
        continue;
      }
      uint32_t until = next == remade.end() ? run.last : first_from(*run.part, at, run.last, next->first);
      TRY(builder.copy(*run.part, at, until));
      at = until;
    }
  while (next != remade.end()) make_next();
  return {};
}

/// Adds who is gone by one of the parts, and is neither made anew nor came again.
void add_gone(const Parts& parts, Remade& remade) {
  for (const auto& part : parts)
    for (CustomerId id : part->gone())
      if (!find_in(parts, id)) remade.try_emplace(id);
}

}  // namespace

Result<std::shared_ptr<const Part>> merge(const Schema& schema, int shard, const Parts& parts) {
  PartBuilder builder(schema, shard);
  Remade nobody;
  TRY(weave(builder, parts, nobody));
  return builder.finish();
}

Result<void> remake(PartBuilder& builder, Remade& customers, Parts& parts) {
  if (customers.empty()) return {};
  uint64_t size = 0;
  for (const auto& [id, rows] : customers) size += std::max<size_t>(1, rows.size());
  size_t first = parts.size();
  while (first > 0 && weight(*parts[first - 1]) < 2 * size) size += weight(*parts[--first]);
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

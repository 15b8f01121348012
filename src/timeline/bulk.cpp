#include "timeline/bulk.h"

#include <algorithm>
#include <tuple>

#include "timeline/intake.h"
#include "timeline/part_builder.h"

namespace cairn::timeline {

struct Bulk::State {
  State(std::shared_ptr<const Schema> schema, Options given, Shards range)
      : options(std::move(given)), intake(std::move(schema), options), shards(range) {
    for (int s = shards.first; s < shards.end; ++s) batches.push_back(std::make_unique<Batch>(intake.schema()));
  }
  Options options;
  Intake intake;
  Shards shards;
  std::vector<std::unique_ptr<Batch>> batches;
};

namespace {

std::shared_ptr<const Part> build(const Schema& schema, int shard, Batch& batch) {
  PartBuilder builder(schema, shard);
  std::vector<PartBuilder::Owned> rows;
  rows.reserve(batch.rows());
  builder.collect(builder.add_source(batch), rows);
  auto before = [](const PartBuilder::Owned& a, const PartBuilder::Owned& b) {
    return std::tuple(a.customer, a.row.at, a.row.seq) < std::tuple(b.customer, b.row.at, b.row.seq);
  };
  std::sort(rows.begin(), rows.end(), before);
  std::vector<RowRef> own;
  for (size_t first = 0; first < rows.size();) {
    own.clear();
    size_t last = first;
    for (; last < rows.size() && rows[last].customer == rows[first].customer; ++last) own.push_back(rows[last].row);
    builder.make(rows[first].customer, own);
    first = last;
  }
  rows = {};
  return builder.finish();
}

}  // namespace

Bulk::Bulk(std::shared_ptr<const Schema> schema, Options options, Shards shards)
    : state_(std::make_unique<State>(std::move(schema), std::move(options), shards)) {}
Bulk::~Bulk() = default;

void Bulk::add(std::span<const Row> rows, Executor& executor) {
  State& s = *state_;
  Intake::Shards placed = s.intake.place(rows);
  executor.parallel_for(s.batches.size(), [&](size_t i) {
    s.batches[i]->set_schema(s.intake.schema());
    for (const PlacedRow& row : placed[static_cast<size_t>(s.shards.first) + i])
      s.batches[i]->add(row.kind, row.head, row.properties);
  });
}

Batch& Bulk::batch(int shard) { return *state_->batches[static_cast<size_t>(shard - state_->shards.first)]; }

std::shared_ptr<const Schema> Bulk::schema() const { return state_->intake.schema(); }

std::vector<std::shared_ptr<const Part>> Bulk::finish(Executor& executor) {
  State& s = *state_;
  std::vector<std::shared_ptr<const Part>> out(s.batches.size());
  executor.parallel_for(out.size(), [&](size_t i) {
    out[i] = build(*s.intake.schema(), s.shards.first + static_cast<int>(i), *s.batches[i]);
    s.batches[i] = std::make_unique<Batch>(s.intake.schema());
  });
  return out;
}

}  // namespace cairn::timeline

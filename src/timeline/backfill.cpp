#include "timeline/backfill.h"

#include <algorithm>

#include "timeline/batch.h"

namespace cairn::timeline {

Backfill::Backfill(std::shared_ptr<const Schema> schema, KindIndex kind, ColumnIndex column) {
  const query::Property& property = schema->kinds()[kind].columns[column].property;
  state_.reset(new State{std::move(schema), kind, column, ColumnBuilder(property), {}, json::Reader()});
}
Backfill::~Backfill() = default;

void Backfill::add(const Row& row) {
  State& s = *state_;
  if (s.schema->find_kind(row.kind) != s.kind) return;
  auto value = s.reader.read(row.properties);
  if (!value || !(*value)->is_object()) return;
  const json::Object& event = (*value)->get_object();
  const query::Property& property = s.schema->kinds()[s.kind].columns[s.column].property;
  const json::Value* told = json::find(event, property.name);
  if (!told) return;
  read_property(*told, property, event, s.schema->reading(), s.values);
  s.seqs.push_back(row.seq.value);
}

BackfillPart::BackfillPart(Backfill& backfill) : state_(*backfill.state_), values_(state_.values.finish()) {
  by_seq_.reserve(state_.seqs.size());
  for (size_t i = 0; i < state_.seqs.size(); ++i) by_seq_.emplace_back(state_.seqs[i], static_cast<uint32_t>(i));
  std::sort(by_seq_.begin(), by_seq_.end());
}

/// What the column had already stays: rows that came while the log was read have it.
std::shared_ptr<const Column> BackfillPart::merged(const Stream& stream) const {
  const Column* present = stream.column(state_.column);
  ColumnBuilder out(state_.schema->kinds()[state_.kind].columns[state_.column].property);
  for (uint32_t row = 0; row < stream.rows(); ++row) {
    if (present && present->is_known(row)) {
      out.append(*present, row, 1);
      continue;
    }
    auto found = std::lower_bound(by_seq_.begin(), by_seq_.end(), std::pair(stream.seq()[row], uint32_t{0}));
    bool has = values_ && found != by_seq_.end() && found->first == stream.seq()[row];
    if (has) out.append(*values_, found->second, 1);
    else out.add_unknown();
  }
  return out.finish();
}

Result<std::shared_ptr<const Part>> BackfillPart::fill(const std::shared_ptr<const Part>& part) const {
  const Stream* stream = part->stream(state_.kind);
  if (!stream) return part;
  TRY(stream->touch_all({}));
  auto filled = std::make_shared<Stream>(*stream);
  if (filled->columns_.size() <= state_.column) filled->columns_.resize(state_.column + size_t{1});
  filled->columns_[state_.column] = merged(*stream);
  auto out = std::make_shared<Part>(*part);
  out->streams_[state_.kind] = std::move(filled);
  return std::shared_ptr<const Part>(std::move(out));
}

}  // namespace cairn::timeline

// Puts what a Backfill gathered into parts.
#pragma once
#include <memory>
#include <utility>
#include <vector>

#include "json/reader.h"
#include "timeline/column_builder.h"
#include "timeline/timeline.h"

namespace cairn::timeline {

struct Backfill::State {
  std::shared_ptr<const Schema> schema;
  KindIndex kind;
  ColumnIndex column;
  ColumnBuilder values;
  std::vector<int64_t> seqs;  ///< By row of `values`.
  json::Reader reader;
};

class BackfillPart {
 public:
  /// The backfill is spent.
  explicit BackfillPart(Backfill& backfill);
  KindIndex kind() const { return state_.kind; }
  ColumnIndex column() const { return state_.column; }
  /// The part with the column; the same part when it has no such rows. Error corrupt.
  Result<std::shared_ptr<const Part>> fill(const std::shared_ptr<const Part>& part) const;

 private:
  std::shared_ptr<const Column> merged(const Stream& stream) const;
  Backfill::State& state_;
  std::vector<std::pair<int64_t, uint32_t>> by_seq_;
  std::shared_ptr<const Column> values_;
};

}  // namespace cairn::timeline

#include "engine/step_rows.h"

#include <algorithm>

namespace cairn::engine {

bool are_fast(const Sequence& steps, const RowFilter& filter, const Look& look) {
  if (look.as_known || !steps.on.empty()) return false;
  return std::all_of(steps.steps.begin(), steps.steps.end(),
                     [&](const Subject& step) { return !step.is_entity && filter.is_fast(step.where); });
}

void StepRows::read(const Subject& step, const timeline::Part& part, Block& block, Time until) {
  stream_ = step.exists ? part.stream(static_cast<timeline::KindIndex>(step.index)) : nullptr;
  if (!stream_) return;
  offsets_.resize(block.size() + 1);
  stream_->offsets().read(block.first(), block.size(), offsets_.data());
  uint32_t base = offsets_.front(), count = offsets_.back() - base;
  times_.resize(count);
  stream_->occurred_at().read(base, count, times_.data());
  cuts_ = stream_->occurred_at().max() > until.micros;
  until_ = until.micros;
  mask_.clear();
  if (step.where == kNone) return;
  mask_.resize(count);
  block.filter().mask(step.where, *stream_, base, count, mask_.data());
}

}  // namespace cairn::engine

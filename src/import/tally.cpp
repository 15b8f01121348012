#include "import/tally.h"

#include <algorithm>

#include "base/check.h"

namespace cairn::import {

using events::Fate;

Tally::Tally(std::vector<Range> before) : before_(std::move(before)) {
  for (const Range& range : before_) counted_.emplace_back(static_cast<size_t>(range.last - range.first + 1));
}

bool Tally::was_kept_before(Seq seq) {
  auto it = std::upper_bound(before_.begin(), before_.end(), seq.value,
                             [](int64_t value, const Range& range) { return value < range.first; });
  if (it == before_.begin()) return false;
  --it;
  if (seq.value > it->last) return false;
  std::vector<bool>& counted = counted_[static_cast<size_t>(it - before_.begin())];
  auto at = static_cast<size_t>(seq.value - it->first);
  if (counted[at]) return false;
  counted[at] = true;
  return true;
}

Counts& Tally::file(uint32_t index) {
  if (files_.size() <= index) files_.resize(index + 1);
  return files_[index];
}

std::vector<Reject> Tally::count(const Batch& batch, const std::vector<events::Outcome>& outcomes) {
  CHECK(outcomes.size() == batch.events.size(), "{} outcomes of {} events", outcomes.size(), batch.events.size());
  std::vector<bool> kept(outcomes.size());
  for (size_t i = 0; i < outcomes.size(); ++i) {
    const events::NewEvent& event = batch.events[i];
    kept[i] =
        outcomes[i].fate == Fate::kept || (outcomes[i].fate == Fate::already_there && was_kept_before(outcomes[i].seq));
    if (outcomes[i].fate != Fate::refused) {
      first_ = first_ ? std::min(*first_, event.occurred_at) : event.occurred_at;
      last_ = last_ ? std::max(*last_, event.occurred_at) : event.occurred_at;
    }
    if (!kept[i]) continue;
    ++kinds_[event.kind];
    ++events_kept_;
  }
  constexpr uint32_t kNone = UINT32_MAX;
  struct State {
    bool kept = false;
    uint32_t refused = kNone;
  };
  std::vector<State> rows(batch.rows.size());
  for (Batch::Link link : batch.links) {
    State& row = rows[link.row];
    row.kept = row.kept || kept[link.event];
    if (outcomes[link.event].fate == Fate::refused && row.refused == kNone) row.refused = link.event;
  }
  std::vector<Reject> refused;
  for (size_t i = 0; i < rows.size(); ++i) {
    Counts& counts = file(batch.rows[i].file);
    if (rows[i].kept) ++counts.kept;
    else if (rows[i].refused == kNone) ++counts.already_there;
    else
      refused.push_back(
          {batch.rows[i], outcomes[rows[i].refused].error.field, outcomes[rows[i].refused].error.message});
  }
  return refused;
}

void Tally::count_reject(const std::vector<FileState>& files, const Reject& reject) {
  constexpr size_t kExamples = 10;
  ++file(reject.row.file).rejected;
  if (examples_.size() < kExamples)
    examples_.push_back(
        {files[reject.row.file].path, static_cast<int64_t>(reject.row.line), reject.column, reject.reason});
}

Counts Tally::rows() const {
  Counts sum;
  for (const Counts& counts : files_) {
    sum.kept += counts.kept;
    sum.already_there += counts.already_there;
    sum.rejected += counts.rejected;
  }
  sum.read = sum.kept + sum.already_there + sum.rejected;
  return sum;
}

Summary Tally::summary(const std::vector<FileState>& files) const {
  static constexpr std::string_view kUses[] = {"facts", "lookup", "not_used"};
  Summary out;
  for (uint32_t i = 0; i < files.size(); ++i) {
    FileSummary file{files[i].path, files[i].what, std::string(kUses[static_cast<size_t>(files[i].use)]), {}, 0};
    if (i < files_.size()) file.rows = files_[i];
    file.rows.read = static_cast<int64_t>(files[i].read);
    file.converted = static_cast<int64_t>(files[i].converted);
    out.files.push_back(std::move(file));
  }
  out.rows = rows();
  out.events = kinds_;
  out.events_kept = events_kept_;
  out.examples = examples_;
  if (first_) out.first_at = to_rfc3339(*first_);
  if (last_) out.last_at = to_rfc3339(*last_);
  return out;
}

}  // namespace cairn::import

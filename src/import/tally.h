// Counts what became of rows, from what became of the events made of them.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "events/model.h"
#include "import/model.h"
#include "import/preset.h"
#include "import/store.h"

namespace cairn::import {

class Tally {
 public:
  /// `before`: the rows of the log that earlier attempts of the same run kept. The first time one of them is found to
  /// be there already, it counts as kept: an import in two attempts counts as one.
  explicit Tally(std::vector<Range> before);

  /// Counts a batch; returns the rows that the log refused. REQUIRES: one outcome an event.
  std::vector<Reject> count(const Batch& batch, const std::vector<events::Outcome>& outcomes);
  void count_reject(const std::vector<FileState>& files, const Reject& reject);

  /// Over all files of facts: read is what was counted.
  Counts rows() const;
  int64_t events_kept() const { return events_kept_; }
  /// The parts of a summary that are counted here.
  Summary summary(const std::vector<FileState>& files) const;

 private:
  bool was_kept_before(Seq seq);
  Counts& file(uint32_t index);

  std::vector<Range> before_;
  std::vector<std::vector<bool>> counted_;  // by range
  std::vector<Counts> files_;
  std::map<std::string, int64_t> kinds_;
  int64_t events_kept_ = 0;
  std::optional<Time> first_, last_;
  std::vector<Example> examples_;
};

}  // namespace cairn::import

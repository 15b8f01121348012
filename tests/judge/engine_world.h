// Timelines out of the judge's rows, so that the engine is asked of the same log.
#pragma once
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "engine/plan.h"
#include "judge/judge.h"
#include "timeline/timeline.h"

namespace cairn::judge {

/// How rows come into a timeline. Whatever is chosen, answers are the same.
struct Arrival {
  std::vector<size_t> cuts;  ///< Rows [0, cuts[0]), [cuts[0], cuts[1]), … are one batch each; then the rest.
  bool folds = false;        ///< Whether everything is made into one part at the end.
  /// Not 0: people come under several ids that are merged on the way, are merged with others and unmerged, and are
  /// erased with their rows coming anew under another id; at the end everybody is who the rows say.
  uint64_t identity = 0;
};

class EngineWorld {
 public:
  /// Every property of the catalogue has a column. REQUIRES the brand to live.
  explicit EngineWorld(const Brand& brand);
  std::shared_ptr<const timeline::Version> build(std::span<const Row> rows, const Arrival& arrival = {}) const;
  std::shared_ptr<const engine::Plan> plan(const query::Checked& checked) const;
  const engine::Setting& setting() const { return setting_; }
  std::shared_ptr<const timeline::Schema> schema() const { return schema_; }

 private:
  const Brand& brand_;
  std::shared_ptr<const timeline::Schema> schema_;
  engine::Setting setting_;
};

}  // namespace cairn::judge

// Where one customer stands, read from their own rows alone.
#pragma once
#include <memory>
#include <vector>

#include "measures/lanes.h"
#include "measures/standing.h"

namespace cairn::measures {

/// For versions of one schema. Safe from any thread.
class OneCustomer {
 public:
  explicit OneCustomer(std::shared_ptr<const timeline::Schema> schema);

  /// As of `until`. What several sources tell of one thing at several customers counts at each of them here. REQUIRES
  /// a version of the schema, a place of it that is touched. Time goes with the customer's events.
  Explained standing(const timeline::Version& version, const timeline::Place& place, Time until) const;

 private:
  std::shared_ptr<const timeline::Schema> schema_;
  std::vector<KindPlan> plans_;
};

/// Whether anybody's order was ever delivered: see AsOf::tells_deliveries.
bool tells_deliveries(const timeline::Version& version);

}  // namespace cairn::measures

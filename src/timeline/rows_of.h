// Which rows of the log a person has: the timelines know it, for the log has no index by customer.
#pragma once
#include <span>
#include <vector>

#include "base/result.h"
#include "timeline/version.h"

namespace cairn::timeline {

/// Rows of these customers in the version, ascending. An id that is no customer's has none.
Result<std::vector<Seq>> rows_of(const Version& version, std::span<const CustomerId> customers);

/// Rows of a kind that happened before, of everybody; ascending.
Result<std::vector<Seq>> rows_before(const Version& version, std::string_view kind, Time before);

}  // namespace cairn::timeline

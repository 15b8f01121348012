// Rows of segments.
#pragma once
#include <functional>
#include <vector>

#include "db/session.h"
#include "segments/model.h"

namespace cairn::segments {

Result<std::vector<Definition>> read_definitions(db::Session& session);
/// Gives the id.
Result<int64_t> add_definition(db::Transaction& tx, const Definition& definition);
/// As it stands now, by its id.
Result<void> change_definition(db::Transaction& tx, const Definition& definition);

/// Every change up to here is recorded.
struct Cursor {
  Seq seq;
  Time at;
};
Result<std::optional<Cursor>> read_cursor(db::Session& session);
Result<void> write_cursor(db::Transaction& tx, const Cursor& cursor);

struct Baseline {
  int64_t segment = 0;
  int shard = 0;
  Seq seq;  ///< Events behind this tell what changed since.
  Time at;
  std::vector<CustomerId> members;  ///< Ascending.
};
Result<void> write_baseline(db::Transaction& tx, const Baseline& baseline);
Result<void> read_baselines(db::Session& session, const std::function<void(Baseline)>& visit);
/// Segments that have been computed.
Result<std::vector<int64_t>> read_computed(db::Session& session);
/// The segment is to be computed anew.
Result<void> drop_baselines(db::Transaction& tx, int64_t segment);

Result<void> count_day(db::Transaction& tx, int64_t segment, const DayCounts& counts);
Result<std::vector<DayCounts>> read_days(db::Session& session, int64_t segment);

/// Ascending ids as differences in LEB128.
std::string pack_ids(const std::vector<CustomerId>& ids);
std::vector<CustomerId> unpack_ids(std::string_view bytes);

}  // namespace cairn::segments

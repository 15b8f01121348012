// All that is stored, read past the code under test: SQL of its own on a connection of its own.
#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace cairn::sim {

struct StoredRow {
  int64_t seq = 0, shard = 0, customer = 0;
  Time occurred_at, known_at;
  std::string source, kind, key, identifiers, properties;
  int64_t flags = 0, source_id = 0;
};
struct StoredIdentifier {
  std::string name;  ///< `kind=value`, as in the rows.
  int64_t shard = 0, customer = 0, run = 0;
};
struct StoredMerge {
  int64_t seq = 0, a = 0, b = 0, into = 0, undone_seq = 0;
  std::string rule;
};
struct StoredCall {
  std::string body, state;
};
/// An erasure.
struct StoredRequest {
  int64_t id = 0;
  std::string state;
  std::vector<CustomerId> ids;
  int64_t noted = 0;  ///< Identifiers that are searched for.
};
struct StoredRun {
  int64_t id = 0;
  std::string files, state;
};

struct Snapshot {
  std::vector<StoredRow> rows;  ///< In order of seq.
  std::vector<StoredIdentifier> identifiers;
  std::map<int64_t, std::pair<int64_t, int64_t>> customers;  ///< id → shard, run.
  std::vector<StoredMerge> merges;                           ///< In order of seq.
  std::vector<StoredRun> runs;
  std::vector<StoredCall> refused;
  std::vector<StoredRequest> requests;
  std::set<int64_t> in_conflict;  ///< Customers whose identifier came with another's.
  std::string integrity;          ///< "ok"
};

/// `[1,2]`
std::vector<CustomerId> ids_of(std::string_view list);

/// One consistent state of the database at `path`.
Result<Snapshot> read_snapshot(const std::string& path);

}  // namespace cairn::sim

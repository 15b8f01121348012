// What a reader has: all shards at one moment, for as long as it holds them.
//
//     auto version = timeline.version();
//     for (int s = 0; s < kShards; ++s)                      // side by side, the answers merge
//       for (const Run& run : version->shard(s).runs())      // customers in order of their ids
//         if (const Stream* orders = run.part->stream(kind))
//           orders->offsets().each(run.first, run.last, [&](uint32_t customer, uint32_t begin, uint32_t end) { … });
#pragma once
#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/hash.h"
#include "timeline/part.h"

namespace cairn::timeline {

/// Customers [first, last) of a part: neighbours by id, and nobody of another part is between them.
struct Run {
  const Part* part = nullptr;
  uint32_t first = 0;
  uint32_t last = 0;
};

/// Of parts, the oldest first, every customer who counts: ascending by id. Takes time with everybody in newer parts.
std::vector<Run> runs_of(const std::vector<std::shared_ptr<const Part>>& parts);

/// Where a customer is.
struct Place {
  const Part* part = nullptr;
  uint32_t customer = 0;
};

/// Where a customer is who counts.
std::optional<Place> find_in(const std::vector<std::shared_ptr<const Part>>& parts, CustomerId customer);

class Shard {
 public:
  /// `parts`: the oldest first; of a customer the newest part counts.
  explicit Shard(std::vector<std::shared_ptr<const Part>> parts);
  const std::vector<std::shared_ptr<const Part>>& parts() const { return parts_; }
  /// Every customer once, ascending by id: sums of doubles over these are the same in every version. Found out when
  /// somebody asks first: of the versions of a flood nobody sees most.
  const std::vector<Run>& runs() const { return all().runs; }
  /// Nothing when there is no such customer.
  std::optional<Place> find(CustomerId customer) const { return find_in(parts_, customer); }
  uint32_t customers() const { return all().customers; }
  uint64_t events() const { return all().events; }

 private:
  struct All {
    std::vector<Run> runs;
    uint32_t customers = 0;
    uint64_t events = 0;
  };
  const All& all() const;
  std::vector<std::shared_ptr<const Part>> parts_;
  mutable std::once_flag asked_;
  mutable All all_;  // once asked_
};

class Version {
 public:
  using Shards = std::array<std::shared_ptr<const Shard>, kShards>;
  Version(std::shared_ptr<const Schema> schema, Shards shards, Seq last)
      : schema_(std::move(schema)), shards_(std::move(shards)), last_(last) {}
  const Schema& schema() const { return *schema_; }
  const Shard& shard(int shard) const { return *shards_[static_cast<size_t>(shard)]; }
  const Shards& shards() const { return shards_; }
  std::shared_ptr<const Schema> shared_schema() const { return schema_; }
  /// REQUIRES the customer's id as it stands now, after aliases.
  std::optional<Place> find(CustomerId customer) const { return shard(shard_of(customer)).find(customer); }
  /// Every row of the log up to this is in it.
  Seq last() const { return last_; }
  uint64_t events() const;
  uint64_t customers() const;

 private:
  std::shared_ptr<const Schema> schema_;
  Shards shards_;
  Seq last_;
};

}  // namespace cairn::timeline

// Which rows count, whose they are, of what kind: the first step of every way in.
#pragma once
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "timeline/batch.h"
#include "timeline/timeline.h"

namespace cairn::timeline {

struct PlacedRow {
  KindIndex kind = 0;
  RowHead head;
  std::string_view properties;
};

class Intake {
 public:
  Intake(std::shared_ptr<const Schema> schema, const Options& options)
      : schema_(std::move(schema)), options_(options) {}
  /// By shard. Kinds that nobody declared join the schema. Views are those of `rows`.
  using Shards = std::array<std::vector<PlacedRow>, kShards>;
  Shards place(std::span<const Row> rows);
  const std::shared_ptr<const Schema>& schema() const { return schema_; }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  std::optional<KindIndex> kind_of(std::string_view name);
  std::shared_ptr<const Schema> schema_;
  std::shared_ptr<Schema> growing_;  ///< The same, once a kind turned up; nobody else has it yet.
  const Options& options_;
  std::unordered_map<std::string, std::optional<KindIndex>, Hash, std::equal_to<>> kinds_;
};

}  // namespace cairn::timeline

#include "timeline/intake.h"

#include "base/hash.h"

namespace cairn::timeline {

std::optional<KindIndex> Intake::kind_of(std::string_view name) {
  auto known = kinds_.find(name);
  if (known != kinds_.end()) return known->second;
  auto kind = schema_->find_kind(name);
  if (!kind) {
    if (!growing_) {
      growing_ = std::make_shared<Schema>(*schema_);
      schema_ = growing_;
    }
    kind = growing_->ensure_kind(name);
  }
  kinds_.emplace(name, kind);
  return kind;
}

Intake::Shards Intake::place(std::span<const Row> rows) {
  Shards out;
  growing_ = nullptr;  // who asked for the schema shares what was grown before
  for (const Row& row : rows) {
    if (row.flags & options_.leave_out) continue;
    auto kind = kind_of(row.kind);
    if (!kind) continue;
    CustomerId home = options_.canonical ? options_.canonical(row.customer) : row.customer;
    RowHead head{home, row.customer, row.seq, row.occurred_at, row.known_at, row.source, row.precedence};
    out[static_cast<size_t>(shard_of(home))].push_back({*kind, head, row.properties});
  }
  return out;
}

}  // namespace cairn::timeline

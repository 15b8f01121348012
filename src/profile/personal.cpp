#include "profile/personal.h"

#include "base/hash.h"
#include "profile/store.h"

namespace cairn::profile {

Result<json::Value> export_profile(db::Session& session, std::span<const CustomerId> ids) {
  json::Object out;
  out["notes"] = json::encode(TRY(rows::notes_of(session, ids, 1'000'000)));
  out["tags"] = json::encode(TRY(rows::tags_of(session, ids)));
  return json::Value(std::move(out));
}

Result<void> erase_profile(db::Transaction& tx, std::span<const CustomerId> ids) {
  for (CustomerId customer : ids)
    for (std::string_view query :
         {"profile.erase_notes", "profile.erase_tags", "profile.erase_names", "profile.erase_orders"})
      TRY(tx.run(query, {{"shard", shard_of(customer)}, {"customer", customer}}));
  return {};
}

}  // namespace cairn::profile

#include "profile/personal.h"

#include <algorithm>

#include "base/hash.h"
#include "people/normal.h"
#include "profile/names.h"
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

Result<void> take_out_of_index(db::Transaction& tx, std::span<const CustomerId> customers,
                               std::span<const events::Identifier> identifiers) {
  auto is_theirs = [&](const rows::Name& name) {
    return std::any_of(identifiers.begin(), identifiers.end(), [&](const events::Identifier& id) {
      if (name.kind == 'p') return id.kind == "phone" && id.value == name.text;
      if (id.kind != "email") return false;
      if (name.kind == 'e') return id.value == name.text || people::normal_email(name.text) == id.value;
      // Who gives no name often gives an e-mail for one.
      auto turns = turns_of(id.value);
      return std::find(turns.begin(), turns.end(), name.text) != turns.end();
    });
  };
  for (CustomerId customer : customers)
    for (const rows::Name& name : TRY(rows::names_of(tx, customer)))
      if (is_theirs(name)) TRY(rows::remove_name(tx, name));
  return {};
}

}  // namespace cairn::profile

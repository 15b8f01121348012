// Events that Cairn itself tells of a customer whom it knows: they carry the customer's id as an identifier of its own,
// and find them by it.
#pragma once
#include <string_view>
#include <vector>

#include "events/log.h"

namespace cairn::events {

inline constexpr std::string_view kOwnIdentifier = "external:cairn";
/// Two ids are one person from here on; they are not any more (aliases.h).
inline constexpr std::string_view kCustomersMerged = "Customers Merged";
inline constexpr std::string_view kCustomersUnmerged = "Customers Unmerged";

/// What such an event carries.
std::vector<Identifier> own_identifiers(CustomerId customer);

/// For an append of such events alone.
class ById final : public Identify {
 public:
  Result<CustomerId> identify(db::Transaction& tx, const std::vector<Identifier>& identifiers,
                              const Context& context) override;
};

}  // namespace cairn::events

// Customers without identity's rules.
#pragma once
#include <string>
#include <vector>

#include "events/log.h"

namespace cairn::test {

/// Everybody is a customer of their own, by the number in their identifier.
class ByNumber final : public events::Identify {
 public:
  Result<CustomerId> identify(db::Transaction&, const std::vector<events::Identifier>& identifiers,
                              const Context&) override {
    return CustomerId{std::stoll(identifiers.front().value)};
  }
};

}  // namespace cairn::test

#include "events/own.h"

#include <charconv>

namespace cairn::events {

std::vector<Identifier> own_identifiers(CustomerId customer) {
  return {{std::string(kOwnIdentifier), std::to_string(customer.value)}};
}

Result<CustomerId> ById::identify(db::Transaction&, const std::vector<Identifier>& identifiers, const Context&) {
  const std::string& text = identifiers.at(0).value;
  CustomerId out;
  std::from_chars(text.data(), text.data() + text.size(), out.value);
  return out;
}

}  // namespace cairn::events

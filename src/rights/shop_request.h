// What a shop asks for its customers, as Shopify's mandatory webhooks say it (customers/data_request, customers/redact,
// shop/redact: the platform's privacy law compliance documentation).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "events/model.h"
#include "rights/model.h"

namespace cairn::rights {

struct ShopRequest {
  Act act = Act::erase;
  std::string key;  ///< The webhook's id: each counts once.
  /// The person, the surest first: an id decides before an e-mail, an e-mail before a telephone number.
  std::vector<events::Identifier> identifiers;
};

/// Whether the shop signed these bytes: base64 of HMAC-SHA-256 over the raw body. Takes a time that tells nothing.
bool is_signed(std::string_view secret, std::string_view body, std::string_view signature);

/// `topic` as the header says it. `source`: whose ids are `external:<source>`. Errors: invalid for an unknown topic or
/// a body that is none.
Result<ShopRequest> read_shop_request(std::string_view topic, std::string_view key, std::string_view body,
                                      std::string_view source);

}  // namespace cairn::rights

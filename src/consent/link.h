// The signed link to a customer's preference page.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/secret.h"

namespace cairn::consent {

/// Whose page it is. An id says nothing of a person, and stands in the link for all to read.
struct Link {
  CustomerId customer;
  std::optional<Time> expires_at = {};  ///< To the second.
  std::optional<Time> made_at = {};     ///< Absent: of those from before links said it.
};

/// Fit for a URL's path.
std::string make_link(const crypto::Key& key, const Link& link);
/// Error not_found for a link that we did not make, and for one that has expired.
Result<Link> read_link(const crypto::Key& key, std::string_view token, Time now);

}  // namespace cairn::consent

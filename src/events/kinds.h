// The kinds of event that Cairn declares: the field's own names (the e-commerce, chat and e-mail vocabularies
// that shops already send) and, where the field has none, ours.
#pragma once
#include "query/catalogue.h"

namespace cairn::events {

/// Every declared kind with its properties, business key and stage.
const query::Catalogue& declared_kinds();

/// `Completed Order` → `Order Completed` and the like: names of the first version of the e-commerce vocabulary, and
/// what common exports say (`view`, `cart`, `purchase`). A name that is none of these is returned as it is.
std::string_view current_name(std::string_view kind);

}  // namespace cairn::events

// Entities and attributes from rows. The rules are query/entities.h; docs/reference/query.md says what they mean.
#pragma once
#include <memory>

#include "query/value.h"
#include "timeline/part.h"

namespace cairn::timeline {

/// One customer's entities as of a moment, as a stream of one customer with index 0. For the customers of whom
/// EntityStream says that they stand not as they are stored; some microseconds. Null when there is none.
std::shared_ptr<const EntityStream> refold(const Schema& schema, const Part& part, size_t entity, uint32_t customer,
                                           AsOf as_of);

/// An attribute of one customer as of a moment, of any rule. Exact for every t; slower than AttributeColumn.
query::Value attribute_at(const Schema& schema, const Part& part, size_t attribute, uint32_t customer, AsOf as_of);

}  // namespace cairn::timeline

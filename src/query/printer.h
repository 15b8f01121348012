// The canonical text of a tree: one spacing, as few brackets as keep the meaning. For every tree that the parser or
// Query's functions made within the limits: parse(print(x)) is the same as x, and so print(parse(print(x))) is
// print(x).
#pragma once
#include <string>

#include "query/expression.h"

namespace cairn::query {

std::string print(const Query& query);
/// One node with what is below it: for `explain`.
std::string print(const Query& query, NodeId id);

}  // namespace cairn::query

// A person in other people's rows: identifiers that came with somebody else's event and stayed their owner's (a
// family's e-mail), and those of the time when two were taken for one. An erasure takes them out.
//
// Invariants:
// 1. Whose rows they may be in is noted in the transaction that hides the person: after it nothing leads there.
// 2. Only what came up to then is touched. Whoever brings such an identifier later has it for their own.
// 3. A step may be cut off anywhere and is done again: rows tell what is left to do, and `is_changed`, written with
//    them, what the timelines may still hold.
#pragma once
#include <span>

#include "events/model.h"
#include "rights/eraser.h"

namespace cairn::rights {

/// REQUIRES: conflicts and merges of these ids are still there. `own`: their identifiers.
Result<void> note_mentions(db::Transaction& tx, RequestId request, std::span<const CustomerId> ids,
                           std::span<const events::Identifier> own);

/// Takes them out of rows, timelines and what modules made of them. Not on the writer's thread. Error overloaded: a
/// snapshot is being written; come again.
Result<void> take_out_mentions(const Parts& parts, RequestId request);

}  // namespace cairn::rights

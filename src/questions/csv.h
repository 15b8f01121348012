// Answers as CSV (RFC 4180): a header line, lines end with CR LF, quotes where they must be.
//
// 1. Text that a spreadsheet would take for a formula (it begins with = + - @, a tab or a carriage return) gets an
//    apostrophe before it.
// 2. Money is three columns: decimal text, `.minor`, `.currency`. A duration is its seconds, `.seconds`.
// 3. What begins a span of calendar time is written as the brand's calendar names it: `2026-01`, `2026-Q1`.
#pragma once
#include <string>

#include "questions/answer.h"

namespace cairn::questions {

/// A table of the answer.
std::string to_csv(const Table& table, const Zone& zone);
/// The facts: one row.
std::string facts_csv(const Answer& answer);

}  // namespace cairn::questions

// Rows of the log as text, for people and for other programs.
#pragma once
#include <string>

#include "events/log.h"

namespace cairn::events {

/// {"seq","customer","kind","occurred_at","known_at","source","source_key","identifiers":{…},"cause","depth","flags",
/// "properties":{…}}, without a line break; `identifiers` as a list of [kind, value]. Ids of 64 bits are text, because
/// JavaScript's numbers are not that wide.
void append_json(std::string& out, const LogRow& row, const Log& names);
/// `seq  occurred_at  source  kind  identifiers  properties`, the last cut.
void append_line(std::string& out, const LogRow& row, const Log& names);

}  // namespace cairn::events

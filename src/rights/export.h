// Everything that Cairn has about a person, for them: as JSON for machines, and as a page that can be read and sent.
// Both are written as they are read, so that a hundred thousand events take the memory of a few.
#pragma once
#include <functional>
#include <string_view>

#include "i18n/language.h"
#include "rights/eraser.h"

namespace cairn::rights {

/// Takes the next piece of text; false to stop.
using Sink = std::function<bool(std::string_view)>;

enum class ExportForm { json, page };

/// `{"customer","ids","exported_at","identifiers","attributes","merges","conflicts","held":{module:…},"events":[…]}`;
/// the form is in docs/reference/rights.md. Not on the writer's thread. Errors: not_found; conflict when the sink
/// stopped it.
Result<void> export_person(const Parts& parts, CustomerId customer, ExportForm form, i18n::Language language,
                           const Sink& sink);

}  // namespace cairn::rights

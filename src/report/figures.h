// A figure as people read it, by its unit.
#pragma once
#include <string>

#include "base/money.h"
#include "i18n/words.h"
#include "measures/definitions.h"

namespace cairn::report {

/// `55.2%`, `34 points`, `€41.20`, `3.5 h`, `12 days`, `1,234`, `31.5 per 1,000`, `2.4`.
std::string in_unit(const i18n::Words& words, measures::Unit unit, double value, Currency currency);
/// The same without the unit's word, for a table's narrow columns.
std::string bare(const i18n::Words& words, measures::Unit unit, double value, Currency currency);

}  // namespace cairn::report

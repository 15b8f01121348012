// Segments that most shops want, as texts of the language. Where a preset is relative to everybody (recency, frequency,
// value), its thresholds are the quintiles of the moment, written into the text: it means the same from then on, and
// its description says of when they are.
#pragma once
#include <string>
#include <vector>

#include "base/executor.h"
#include "i18n/language.h"
#include "json/describe.h"
#include "timeline/version.h"

namespace cairn::segments {

struct Preset {
  std::string id;    ///< `champions`
  std::string name;  ///< For people, and what the segment is called when it is made.
  std::string query;
  std::string description;
};
BOOST_DESCRIBE_STRUCT(Preset, (), (id, name, query, description))

/// By countries and quintiles of the version at the moment. Error corrupt.
Result<std::vector<Preset>> presets(const timeline::Version& version, Executor& executor, Time now,
                                    i18n::Language language);

}  // namespace cairn::segments

// Segments that most shops want, as texts of the language. Where a preset is relative to everybody (recency, frequency,
// value), its thresholds are the quintiles of the moment, written into the text: it means the same until they are taken
// anew (service_presets.cpp), and its description says of when they are.
#pragma once
#include <string>
#include <vector>

#include "base/executor.h"
#include "engine/ask.h"
#include "i18n/language.h"
#include "json/describe.h"
#include "timeline/version.h"

namespace cairn::segments {

struct Preset {
  std::string id;    ///< `champions`
  std::string name;  ///< For people, and what the segment is called when it is made.
  std::string query;
  std::string description;
  bool is_dated = false;  ///< Relative to everybody: the thresholds are of the moment.
};
BOOST_DESCRIBE_STRUCT(Preset, (), (id, name, query, description, is_dated))

/// By countries and quintiles of the version at the moment. Errors: corrupt; conflict when `progress` was cancelled.
Result<std::vector<Preset>> presets(const timeline::Version& version, Executor& executor, Time now,
                                    i18n::Language language, engine::Progress* progress = nullptr);
/// Whether a description is what a dated preset says of itself on some day, in either language.
bool is_dated_description(std::string_view description);

}  // namespace cairn::segments

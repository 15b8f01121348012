// What a segment is, as people made it.
#pragma once
#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "i18n/language.h"
#include "json/describe.h"
#include "query/checker.h"

namespace cairn::segments {

struct Definition {
  int64_t id = 0;
  std::string name;   ///< What `segment("…")` says; 1–60 bytes.
  std::string query;  ///< Canonical.
  std::string description;
  Time created_at;
  Time changed_at;
  std::optional<Time> archived_at;
  std::string preset = {};                       ///< That it was made of, and follows; empty: a text of its own.
  i18n::Language language = i18n::Language::en;  ///< Of the preset's description.
  std::optional<Time> thresholds_at = {};        ///< Of a preset that is relative to everybody: of when it is.
};
BOOST_DESCRIBE_STRUCT(Definition, (),
                      (id, name, query, description, created_at, changed_at, archived_at, preset, language,
                       thresholds_at))

/// Those that are not archived, all at one moment. Never changes.
struct Set {
  uint64_t generation = 0;
  std::map<int64_t, Definition> definitions;
  std::map<std::string, query::Checked> checked;  ///< By name.
  std::map<int64_t, std::string> findings;        ///< Why one of them cannot be checked any more.

  /// The text with those of the segments that it names: what its members depend on.
  std::string meaning(const Definition& definition) const;
  /// Names of those that name it, or one that does, …
  std::vector<std::string> dependents(const std::string& name) const;
};

/// What is recorded of one calendar day.
struct DayCounts {
  Day day;
  int64_t entered = 0, left = 0;
  int64_t silent = 0;  ///< What no event tells of: an imported past, the first computation.
};

struct PersonalColumn {
  std::string_view table;
  std::string_view column;
  std::string_view why;
};
inline constexpr std::array kPersonalColumns = {
    PersonalColumn{"segment_baselines", "members", "who is in a segment, by id alone"},
};

}  // namespace cairn::segments

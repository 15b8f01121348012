// What is stored of a customer besides their events.
#pragma once
#include <array>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/time.h"

namespace cairn::people {

struct StoredIdentifier {
  std::string kind;
  std::string value;
  Time known_at;    ///< When the event that brought it became known.
  SourceId source;  ///< Who said so.
};

/// A stored column that can tell who a person is: what an erasure must empty. Every module that stores one lists it in
/// a table of this form, and a test compares the tables with the schema.
struct PersonalColumn {
  std::string_view table;
  std::string_view column;
  std::string_view why;
};

inline constexpr std::array kPersonalColumns = {
    PersonalColumn{"identifiers", "value", "e-mail, phone, user id: who they are"},
};

}  // namespace cairn::people

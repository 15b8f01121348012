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
  Seq seq;          ///< The event that brought it; not set for those from before this was kept.
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
    PersonalColumn{"merges", "evidence", "the identifiers by which two customers were found to be one"},
    PersonalColumn{"merges", "actor", "who of the brand's people merged them"},
    PersonalColumn{"merges", "undone_by", "who of the brand's people took it back"},
    PersonalColumn{"merges", "undone_why", "what a person wrote of why they are two"},
    PersonalColumn{"identifier_conflicts", "value", "an identifier that came with somebody else, too"},
};

}  // namespace cairn::people

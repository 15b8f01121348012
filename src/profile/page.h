// A page of one customer's events, newest first: which rows of the log it is made of. Pure.
#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "profile/reading.h"

namespace cairn::profile {

/// The place of an event in a timeline; pages go on behind it. `1767225600000000.42` as text.
struct Cursor {
  int64_t at = INT64_MAX;
  int64_t seq = INT64_MAX;
  auto operator<=>(const Cursor&) const = default;
};
std::string to_text(const Cursor& cursor);
/// Error invalid, field cursor.
Result<Cursor> parse_cursor(std::string_view text);

struct Filter {
  std::set<timeline::KindIndex> kinds;  ///< Empty: all.
  std::optional<Time> since, until;     ///< [since, until)
  std::string channel;                  ///< Empty: any.
};

/// One event that a page may have.
struct Place {
  Cursor cursor;
  timeline::KindIndex kind = 0;
};

/// At most `most` events behind the cursor that pass the filter, newest first. Reads clocks and kinds alone: 100,000
/// events take some 100 µs.
std::vector<Place> places_behind(const Look& look, const Cursor& cursor, const Filter& filter, size_t most);

}  // namespace cairn::profile

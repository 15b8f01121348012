// What an event is, on its way in and in the log.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace cairn::events {

/// What a source knows a customer by: kind `user_id`, `email`, `phone`, `anonymous_id`, `card`, or
/// `external:NAME` for an id of another system. Value: 1–200 bytes of UTF-8 without control characters.
struct Identifier {
  std::string kind;
  std::string value;
  bool operator==(const Identifier&) const = default;
};

/// Bits of the log row's `flags`.
enum Flag : uint32_t {
  kHistorical = 1,  ///< Imported past: known_at = occurred_at, and the reactor stays still.
  kErased = 2,      ///< The person was erased: a fresh id, and only the properties that are not personal.
  kBot = 4,         ///< Set apart by a rule when it came: a program's visit, not a customer's.
  kStaff = 8,       ///< Set apart: the brand's own people.
  kTest = 16,       ///< Set apart: a trial of the shop.
};
/// Rows with one of these are kept, but no measure counts them.
inline constexpr uint32_t kSetApart = kBot | kStaff | kTest;

/// An event on its way in. Move it; it is built once a row.
struct NewEvent {
  std::string kind;  ///< `Order Completed`; unknown ones are accepted and catalogued.
  Time occurred_at;
  std::string source_key;               ///< Unique within the source; empty means "never the same as another".
  std::vector<Identifier> identifiers;  ///< Strongest first; at least one.
  std::string properties = "{}";        ///< A JSON object as text.
  std::optional<Time> known_at;         ///< Absent: now, or occurred_at when historical.
  Seq cause;                            ///< The event this one follows from, if any.
  int depth = 0;                        ///< Length of the chain of causes, for stopping loops.
  uint32_t flags = 0;
};

/// An event that an append writes of its own accord, behind those that it was given: it tells of one customer.
struct Told {
  CustomerId customer;
  NewEvent event;
};

/// What became of one NewEvent.
enum class Fate { kept, already_there, refused };
struct Outcome {
  Fate fate = Fate::refused;
  Seq seq;              ///< The kept row, or the row that was there.
  CustomerId customer;  ///< When kept.
  Error error;          ///< When refused: what is wrong with it.
};

/// One row of the log as a reader sees it; views are valid during the visit only.
struct LogRow {
  Seq seq;
  int shard = 0;
  CustomerId customer;  ///< As resolved when it came, before any alias.
  KindId kind;
  Time occurred_at;
  Time known_at;
  SourceId source;
  std::string_view source_key;
  std::string_view identifiers;  ///< As join_identifiers writes them.
  Seq cause;
  int depth = 0;
  uint32_t flags = 0;
  std::string_view properties;
};

/// `user_id=42\nanonymous_id=x`: the identifiers an event came with, in the row for ever (until erased), so that
/// whatever is decided about identity later can be decided anew.
std::string join_identifiers(const std::vector<Identifier>& identifiers);
/// The same, appended.
void append_identifiers(std::string& out, const std::vector<Identifier>& identifiers);
std::vector<Identifier> split_identifiers(std::string_view text);
/// Error: which one and what is wrong with it.
Result<void> check_identifier(const Identifier& identifier);
/// What append refuses an event for, but for what only the store knows. Error: invalid, the field in our own words.
Result<void> check_event(const NewEvent& event);

}  // namespace cairn::events

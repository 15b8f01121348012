// Calls in the form that Segment's SDKs send (track, identify, page, screen, group, alias) to events.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/zone.h"
#include "events/model.h"
#include "events/property_writer.h"

namespace cairn::events {

/// What is known of a call besides itself. Views live as long as the reading.
struct CallContext {
  std::string_view type = {};             ///< As the address says it; empty: the call's own `type`.
  const json::Object* context = nullptr;  ///< The batch's, under the call's own.
  std::optional<Time> received_at = {};   ///< Absent in a file, where a call must name its own time.
  std::optional<Time> sent_at = {};       ///< By the sender's clock; of the batch.
  std::string_view ip = {};               ///< Of the client, for calls that do not name one.
  std::string_view device = {};           ///< Likewise: `mobile`, `tablet`, `desktop`.
  Zone zone = {};                         ///< Of times without an offset.
};

/// The property that has what a banner was answered, as `analytics=1 marketing=0`: `context.consent` of Segment's
/// libraries, `context.consentManagement` of RudderStack's.
inline constexpr std::string_view kConsentCategories = "consent_categories";
/// False when an event's `properties`, as stored, have no such property. Quick, for every row of a flood.
bool may_have_answers(std::string_view properties);

/// `track` and the like, in lower case.
bool is_call_type(std::string_view type);

/// Whole numbers in digits; text without the spaces around it; empty for all else.
std::string word_of(const json::Value* value);
/// Appends an identifier unless its value says nothing or it is there already. E-mails in lower case.
void add_identifier(std::vector<Identifier>& to, std::string kind, std::string value);

/// An event as the call that would make it.
std::string call_of(const NewEvent& event);

/// Keeps small caches; one thread's.
class CallReader {
 public:
  PropertyWriter& properties() { return writer_; }
  /// Fills kind, occurred_at, source_key, identifiers and properties.
  ///
  /// The time is `received_at − (sentAt − timestamp)`: the sender's clock may be wrong, what lies between its two
  /// readings is not. Without sentAt it is `timestamp`; without that, `received_at`. Beside an `originalTimestamp`,
  /// which then stands in its place, `timestamp` has been put right already. It is never after `received_at`.
  /// Errors: invalid with the field in its sender's name (`event`, `userId`, `timestamp`, `type`).
  Result<void> read(const json::Object& call, const CallContext& given, NewEvent& event);
  /// The name of what happened, cached kind_of.
  const std::string& kind_named(std::string_view name);
  /// Members of a context that are worth a property.
  void write_context(const json::Object* own, const json::Object* batch);

 private:
  struct Parts;
  Result<void> take_apart(const json::Object& call, Parts& parts);
  void write_properties(const Parts& parts, const CallContext& given, NewEvent& event);

  PropertyWriter writer_;
  std::unordered_map<std::string, std::string> kinds_;
  std::string scratch_;
};

}  // namespace cairn::events

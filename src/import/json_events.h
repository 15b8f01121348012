// Lines of JSON to events: calls in Segment's form (type, event, userId, properties, context …) and plain objects
// ({"event": …, "user_id": …, "timestamp": …, and properties beside them or in "properties").
#pragma once
#include <memory>
#include <string>
#include <unordered_map>

#include "events/calls.h"
#include "import/csv_events.h"
#include "import/lines.h"
#include "json/value.h"

namespace cairn::import {

class JsonEvents {
 public:
  explicit JsonEvents(Reading reading) : reading_(std::move(reading)) {
    calls_.properties().on_undeclared(reading_.on_undeclared);
  }
  /// Nothing when `event` is made.
  std::optional<Refusal> read(std::string_view line, events::NewEvent& event);

 private:
  struct Parts;
  std::optional<Refusal> read_object(const json::Object& object, events::NewEvent& event);
  std::optional<Refusal> read_parts(const json::Object& object, Parts& parts);
  const Meaning& cached_meaning(std::string_view key);
  void write_properties(const Parts& parts, events::NewEvent& event);

  Reading reading_;
  events::CallReader calls_;
  std::unordered_map<std::string, Meaning> meanings_;
  Occurrences occurrences_;
};

}  // namespace cairn::import

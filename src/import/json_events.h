// Lines of JSON to events: calls in Segment's form (type, event, userId, properties, context …) and plain objects
// ({"event": …, "user_id": …, "timestamp": …, and properties beside them or in "properties").
#pragma once
#include <memory>
#include <string>
#include <unordered_map>

#include "import/csv_events.h"
#include "import/lines.h"
#include "json/value.h"

namespace cairn::import {

class JsonEvents {
 public:
  explicit JsonEvents(Reading reading) : reading_(std::move(reading)) {}
  /// Nothing when `event` is made.
  std::optional<Refusal> read(std::string_view line, events::NewEvent& event);

 private:
  struct Parts;
  std::optional<Refusal> read_parts(const json::Object& object, Parts& parts);
  std::optional<Refusal> read_call(const json::Object& object, Parts& parts);
  const Meaning& cached_meaning(std::string_view key);
  const std::string& cached_kind(std::string_view name);
  void write_properties(const Parts& parts, std::string& out);
  void write_property(const Parts& parts, std::string_view name, const json::Value& value, std::string& out);

  Reading reading_;
  std::unordered_map<std::string, Meaning> meanings_;
  std::unordered_map<std::string, std::string> kinds_;
  Occurrences occurrences_;
};

}  // namespace cairn::import

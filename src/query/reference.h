// The generated part of docs/reference/query.md: every word with its worked example, every entity, attribute and limit.
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace cairn::query {

/// The customer of the examples: their events in time order, of a brand with EUR and UTC. `properties` is JSON.
struct SampleEvent {
  std::string_view kind;         ///< `Order Completed`
  std::string_view occurred_at;  ///< RFC 3339
  std::string_view properties;
};
std::span<const SampleEvent> sample_events();
/// The moment of the examples, RFC 3339.
inline constexpr std::string_view kSampleMoment = "2026-03-31T12:00:00Z";
/// The segment that the examples name, and what it is.
inline constexpr std::string_view kSampleSegment = "buyers";
inline constexpr std::string_view kSampleSegmentCondition = "exists(orders)";

/// What stands between the two marks of the page, the marks included.
std::string generated_reference();
inline constexpr std::string_view kReferenceBegins = "<!-- From here on generated from src/query/words.cpp. -->";
inline constexpr std::string_view kReferenceEnds = "<!-- End of what is generated. -->";

}  // namespace cairn::query

// Time zones of the IANA database (the system's /usr/share/zoneinfo).
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace date {
class time_zone;
}

namespace cairn {

/// A zone by its IANA name. Cheap to copy; reading is safe from any thread.
class Zone {
 public:
  /// UTC.
  Zone();
  /// Error: Code::invalid with the name when it is unknown.
  static Result<Zone> find(std::string_view name);

  std::string_view name() const;
  LocalTime local(Time time) const;
  Day day(Time time) const;
  /// A reading that happens twice (clocks set back) means the earlier moment; one that never happens (clocks set
  /// forward) means the moment of the change.
  Time moment(LocalTime local) const;
  /// The first moment of a calendar day here.
  Time start_of(Day day) const;

 private:
  explicit Zone(const date::time_zone* zone) : zone_(zone) {}
  const date::time_zone* zone_;
};

/// A text of parse_time as a moment: one without an offset is read in `zone`.
Result<Time> parse_moment(std::string_view text, const Zone& zone);

}  // namespace cairn
